"""A full disk, a read-only one, a busy file: real failures of SQLite; nothing acknowledged is lost, and it goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.copies import Copies
from bot.keeper import Keeper, Plan
from bot.lookout import Lookout
from bot.monitor import Monitor
from storage import channels, pulse
from storage.database import StorageError
from storage.records import Channel
from storage.store import Store, _on_thread
from tests.making import NOW, RULES, follow, keep, minutes, post

Break = Callable[[sqlite3.Connection], None]


def full(db: sqlite3.Connection) -> None:
    """Not one page more: SQLite says SQLITE_FULL, as on a full disk."""
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")


def read_only(db: sqlite3.Connection) -> None:
    """SQLite says SQLITE_READONLY, to root as well."""
    db.execute("PRAGMA query_only = ON")


def mended(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA query_only = OFF")
    db.execute("PRAGMA max_page_count = 1073741823")


async def make_so(store: Store, state: Break) -> None:
    """Change how the writer's connection finds the disk, outside any transaction."""
    assert store._writer is not None
    await _on_thread(store._writer, state)


def monitor(store: Store) -> Monitor:
    lookout = Lookout(store, lambda: NOW)
    return Monitor(store, lookout, RULES, lambda: None, Copies())


def count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM post").fetchone()[0])


@pytest.mark.parametrize(("break_", "words"), [(full, "is full"), (read_only, "can't be written")])
async def test_no_post_is_passed_over_while_nothing_can_be_kept(
    store: Store, break_: Break, words: str
) -> None:
    channel = await store.write(follow)
    take = monitor(store)
    said = [post(channel, n, f"Сводка {n} " * 3000) for n in range(1, 20)]
    await take.take(said[:3], NOW)
    await make_so(store, break_)
    with pytest.raises(StorageError, match=words):
        await take.take(said, NOW)
    assert store.trouble is not None
    kept = await store.read(count)
    assert kept >= 3
    await make_so(store, mended)
    await take.take(said, NOW)
    assert store.trouble is None
    assert await store.read(count) == 19
    assert await store.read(channels.held_ids, channel.id, 1, 19) == set(range(1, 20))


async def test_a_file_that_another_program_writes_is_tried_again(store: Store) -> None:
    await store.write(lambda db: db.execute("PRAGMA busy_timeout = 20"))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="another program"):
            await store.write(pulse.beat, NOW)
        assert await store.read(count) == 0
    await store.write(pulse.beat, NOW)


class Told:
    """The team's chat, past the archive."""

    def __init__(self) -> None:
        self.words: list[tuple[int, str, int]] = []

    async def __call__(self, chat_id: int, html: str, random_id: int) -> None:
        self.words.append((chat_id, html, random_id))


def keeper(store: Store, told: Told, at: list[float], folder: Path, **plan: object) -> Keeper:
    given = {"folder": folder, "every": minutes(60 * 24) - NOW, "keep": 2, **plan}
    return Keeper(
        store,
        Plan(**given),  # type: ignore[arg-type]
        zone=RULES.zone,
        now=lambda: minutes(at[0]),
        chats=lambda: [-1001],
        tell=told,
        on_owed=lambda: None,
    )


def owed_(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT wanted FROM owed ORDER BY id")]


async def test_the_team_is_told_once_that_nothing_can_be_kept_and_once_that_it_can_again(
    store: Store, tmp_path: Path
) -> None:
    await store.write(lambda db: db.execute("INSERT INTO chat(id, added_at) VALUES (-1001, 0)"))
    told, at = Told(), [0.0]
    watching = keeper(store, told, at, tmp_path)
    await watching.look()
    await make_so(store, read_only)
    with pytest.raises(StorageError):
        await store.write(pulse.beat, NOW)
    for minute in (0.0, 0.1, 1, 5):
        at[0] = minute
        await watching.look()
    ((chat_id, words, _),) = told.words
    assert chat_id == -1001
    assert "nothing can be kept" in words
    assert [f.state for f in watching.findings()] == ["bad"]
    await make_so(store, mended)
    await watching.look()
    await watching.look()
    (words,) = await store.read(owed_)
    assert "written again" in words
    assert len(told.words) == 1
    assert watching.findings() == []


def _fail(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA query_only = ON")
    try:
        db.execute("DELETE FROM post")
    finally:
        db.execute("PRAGMA query_only = OFF")


async def test_a_short_trouble_is_told_to_nobody(store: Store, tmp_path: Path) -> None:
    told, at = Told(), [0.0]
    watching = keeper(store, told, at, tmp_path)
    with pytest.raises(StorageError):
        await store.write(_fail)
    await watching.look()
    assert told.words == []
    assert await store.read(owed_) == []


async def test_a_backup_is_made_when_its_time_has_come(store: Store, tmp_path: Path) -> None:
    at = [0.0]
    folder = tmp_path / "backups"
    watching = keeper(store, Told(), at, folder)
    for hours in (0, 1, 23, 25, 30, 50):
        at[0] = hours * 60
        await watching.back_up_if_due()
    assert len(list(folder.iterdir())) == 2
    assert await store.read(lambda db: db.execute("SELECT count(*) FROM backup").fetchone()) == (3,)


async def test_a_backup_from_when_the_clock_was_ahead_holds_up_no_other(store: Store, tmp_path: Path) -> None:
    at = [400 * 24 * 60.0]
    folder = tmp_path / "backups"
    watching = keeper(store, Told(), at, folder)
    await watching.back_up_if_due()
    for hours in (0, 1, 25):
        at[0] = hours * 60
        await watching.back_up_if_due()
    assert await store.read(lambda db: db.execute("SELECT count(*) FROM backup").fetchone()) == (3,)


async def test_a_backup_that_fails_is_told_once_a_day_and_tried_again(store: Store, tmp_path: Path) -> None:
    await store.write(lambda db: db.execute("INSERT INTO chat(id, added_at) VALUES (-1001, 0)"))
    at = [0.0]
    folder = tmp_path / "backups"
    folder.write_text("in the way")
    watching = keeper(store, Told(), at, folder)
    for hours in (0, 0.5, 2, 4):
        at[0] = hours * 60
        await watching.back_up_if_due()
    (words,) = await store.read(owed_)
    assert "backup failed" in words
    folder.unlink()
    at[0] = 6 * 60
    await watching.back_up_if_due()
    assert len(list(folder.iterdir())) == 1


async def test_what_is_put_off_for_a_bad_function_is_not_written_for_it(store: Store) -> None:
    """The search index is written at the end of a commit: what a failed function had for it is dropped."""
    channel = await store.write(follow)

    def bad(db: sqlite3.Connection) -> None:
        _say(db, channel, 1)
        raise ValueError("no")

    outcomes = await asyncio.gather(
        store.write(_say, channel, 1),
        store.write(bad),
        store.write(_say, channel, 2),
        return_exceptions=True,
    )
    assert [type(o).__name__ for o in outcomes] == ["bool", "ValueError", "bool"]
    searched = await store.read(lambda db: db.execute("SELECT count(*) FROM post_fts_docsize").fetchone())
    assert searched == (2,)


def _say(db: sqlite3.Connection, channel: Channel, number: int) -> bool:
    return keep(db, post(channel, number, "Слова"))
