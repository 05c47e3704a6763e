"""Backups: read back before they get their name, made beside writers, and never in the way of a file that is there."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage import backup
from storage.backup import Stopped, Why
from storage.backup_folder import asked_name, automatic, make_automatic, scheduled_name, upgrade_name
from storage.database import StorageError, connect_writer, migrations
from storage.store import Store
from tests.making import NOW, follow, keep, minutes, post


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "placewatch.db"
    path.parent.mkdir()
    with closing(connect_writer(path)) as db:
        channel = follow(db)
        for n in range(1, 4):
            keep(db, post(channel, n, f"Сводка {n}"))
    return path


def _posts(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM post").fetchone()[0])


def test_a_backup_is_one_whole_file_for_its_owner_only(archive: Path, tmp_path: Path) -> None:
    made = backup.make(archive, tmp_path / "elsewhere" / "b.db")
    assert (made.posts, _posts(made.path)) == (3, 3)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert [p.name for p in made.path.parent.iterdir()] == ["b.db"]


def test_a_file_that_is_there_is_replaced_only_when_asked(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    target.write_text("mine")
    with pytest.raises(StorageError, match="--force"):
        backup.make(archive, target)
    assert target.read_text() == "mine"
    backup.make(archive, target, force=True)
    assert _posts(target) == 3


async def test_a_backup_is_made_while_others_write(archive: Path, tmp_path: Path) -> None:
    store = await Store.open(archive, write=True)
    channel = await store.write(follow)
    try:
        making = asyncio.create_task(asyncio.to_thread(backup.make, archive, tmp_path / "b.db"))
        written = 0
        while not making.done() or written < 20:
            written += 1
            await store.write(keep, post(channel, 100 + written, f"{written}"), minutes(written))
        made = await making
        assert 3 <= made.posts <= 3 + written
        assert _posts(archive) == 3 + written
    finally:
        await store.close()


def test_what_fails_when_it_is_read_back_gets_no_name(archive: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(archive)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'mention'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with archive.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(StorageError, match=r"damaged|can't be read|malformed"):
        backup.make(archive, tmp_path / "b" / "b.db")
    assert list((tmp_path / "b").iterdir()) == []


def test_a_backup_that_nobody_wants_any_more_leaves_nothing_behind(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        backup.make(archive, tmp_path / "b" / "b.db", stopped=lambda: True)
    assert list((tmp_path / "b").iterdir()) == []


def test_a_backup_that_is_stopped_among_its_files_leaves_nothing_behind(
    archive: Path, tmp_path: Path
) -> None:
    for name in ("aa", "bb"):
        (archive.parent / "media" / name).mkdir(parents=True)
        (archive.parent / "media" / name / f"{name}01").write_bytes(b"x")
    target = tmp_path / "b" / "b.db"
    with pytest.raises(Stopped):
        backup.make(archive, target, stopped=lambda: backup.media_of(target).exists())
    assert list((tmp_path / "b").iterdir()) == []


def _make_theirs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs(x)")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p.touch(), "not a backup"),
        (lambda p: p.write_text("words " * 500), "can't be read"),
        (_make_theirs, "another program"),
    ],
)
def test_what_is_no_backup_is_said(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    path = tmp_path / "x.db"
    make(path)
    with pytest.raises(StorageError, match=words):
        backup.read_back(path)


def test_media_go_along_and_what_is_there_is_not_copied_again(archive: Path, tmp_path: Path) -> None:
    media = archive.parent / "media" / "ab"
    media.mkdir(parents=True)
    (media / "abcd.jpg").write_bytes(b"picture")
    part = archive.parent / "media" / "part" / "7.part"
    part.parent.mkdir()
    part.write_bytes(b"half of a pic")
    made = backup.make(archive, tmp_path / "b.db")
    copied = backup.media_of(made.path) / "ab" / "abcd.jpg"
    assert (made.media, copied.read_bytes()) == (1, b"picture")
    (media / "abcd.jpg").unlink()
    assert copied.read_bytes() == b"picture"


def test_the_newest_automatic_backups_stay_and_nothing_of_anybody_elses_goes(
    archive: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("notes.txt", asked_name(NOW), "placewatch-scheduled.db"):
        (folder / name).write_text("mine")
    for day in range(5):
        at = NOW + timedelta(days=day)
        name = upgrade_name(at, 12) if day == 3 else scheduled_name(at)
        make_automatic(archive, folder, name, keep=2)
    assert [one.at for one in automatic(folder)] == [NOW + timedelta(days=4), NOW + timedelta(days=3)]
    assert len(list(folder.iterdir())) == 5


def test_a_backup_that_fails_deletes_none(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    make_automatic(archive, folder, scheduled_name(NOW), keep=1)
    with pytest.raises(StorageError):
        make_automatic(tmp_path / "nothing.db", folder, scheduled_name(minutes(9)), keep=1)
    assert [one.at for one in automatic(folder)] == [NOW]


def test_the_archive_knows_its_newest_good_backup_and_a_later_failure(archive: Path, tmp_path: Path) -> None:
    with closing(connect_writer(archive)) as db:
        assert backup.newest(db) == (None, None)
        row = backup.begun(db, tmp_path / "b.db", Why.ASKED, now=NOW)
        assert backup.newest(db) == (None, None)
        backup.ended(db, row, now=minutes(1))
        row = backup.begun(db, tmp_path / "c.db", Why.SCHEDULE, now=minutes(2))
        backup.ended(db, row, now=minutes(3), problem="full")
        good, failed = backup.newest(db)
    assert (good and good.began_at, failed and failed.problem) == (NOW, "full")


def test_before_an_upgrade_somebody_may_object(archive: Path) -> None:
    before = migrations()[-1].version - 1
    with closing(sqlite3.connect(archive)) as db:
        db.execute(f"PRAGMA user_version = {before}")
    asked: list[tuple[Path, int]] = []

    def object_(path: Path, schema: int) -> None:
        asked.append((path, schema))
        raise StorageError("no room for a backup")

    with pytest.raises(StorageError, match="no room"):
        connect_writer(archive, object_)
    with closing(sqlite3.connect(archive)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (before,)
    assert [path for path, _ in asked] == [archive]


def test_a_new_archive_needs_no_backup_first(tmp_path: Path) -> None:
    def object_(path: Path, schema: int) -> None:
        raise StorageError("asked")

    connect_writer(tmp_path / "new.db", object_).close()
