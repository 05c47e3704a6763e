"""Every schema that there ever was is brought to the newest with all that was kept, and its backup is as it was before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.proof import verify
from storage import backup
from storage.checking import check
from storage.database import StorageError, connect_writer, migrations
from storage.store import Store
from tests import upgrading

POSTS = 120
NEWEST = migrations()[-1].version


@pytest.mark.parametrize("schema", [m.version for m in migrations()])
async def test_an_archive_of_any_schema_is_upgraded_and_nothing_is_lost(tmp_path: Path, schema: int) -> None:
    path = tmp_path / "placewatch.db"
    upgrading.make(path, schema, POSTS)
    before = upgrading.kept(path)
    assert before["post"][0] == POSTS
    saved: list[Path] = []

    def save(archive: Path, _: int) -> None:
        saved.append(backup.make(archive, tmp_path / "saved.db").path)

    store = await Store.open(path, write=True, before_upgrade=save)
    try:
        assert upgrading.kept(path) == before
        assert (await verify(store, [], lambda *_: None)).intact
        assert [
            broken for _, broken in await store.read(lambda db: list(check(db, tmp_path))) if broken
        ] == []
        assert await store.read(lambda db: db.execute("PRAGMA user_version").fetchone()[0]) == NEWEST
    finally:
        await store.close()
    # 120 posts, a fifth with a place, in turn; "раньше" stands only in what was said before an edit.
    assert list(upgrading.found(path, ["Село1", "Село6", "раньше"])) == [3, 3, 0]
    assert len(saved) == (schema < NEWEST)
    for one in saved:
        assert upgrading.kept(one) == before


def test_an_archive_of_a_newer_schema_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "placewatch.db"
    upgrading.make(path, NEWEST, 5)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {NEWEST + 1}")
        db.commit()
    before = upgrading.kept(path)
    with pytest.raises(StorageError, match="made by a newer placewatch"):
        connect_writer(path)
    assert upgrading.kept(path) == before


def test_an_upgrade_that_is_cut_short_goes_on_from_the_step_that_was_done(tmp_path: Path) -> None:
    path = tmp_path / "placewatch.db"
    upgrading.make(path, 1, POSTS)
    before = upgrading.kept(path)
    with closing(sqlite3.connect(path)) as db:  # in the way of one of the steps
        db.execute("CREATE TABLE pulse(x)")
        db.commit()
    with pytest.raises(sqlite3.OperationalError):
        connect_writer(path).close()
    with closing(sqlite3.connect(path)) as db:
        reached = db.execute("PRAGMA user_version").fetchone()[0]
        assert 1 < reached < NEWEST
        db.execute("DROP TABLE pulse")
        db.commit()
    connect_writer(path).close()
    assert upgrading.kept(path) == before
