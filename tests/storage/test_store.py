"""One writer with group commit, and what is said when the file can't be used."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path

import aiosqlite
import pytest

from storage.database import APPLICATION_ID, StorageError, connect_writer, migrations
from storage.store import Store


def _insert(db: sqlite3.Connection, chat_id: int) -> int:
    db.execute("INSERT INTO chat(id, added_at) VALUES (?, 0)", (chat_id,))
    return chat_id


def _count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM chat").fetchone()[0])


async def test_what_was_written_is_read_back(store: Store) -> None:
    assert await store.write(_insert, 7) == 7
    assert await store.read(_count) == 1


async def test_writers_that_wait_together_keep_their_order_and_all_succeed(store: Store) -> None:
    done = await asyncio.gather(*(store.write(_insert, n) for n in range(1, 200)))
    assert done == list(range(1, 200))
    assert await store.read(_count) == 199


async def test_one_bad_function_is_undone_alone(store: Store) -> None:
    def bad(db: sqlite3.Connection) -> None:
        _insert(db, 1000)
        raise ValueError("no")

    outcomes = await asyncio.gather(
        store.write(_insert, 1), store.write(bad), store.write(_insert, 2), return_exceptions=True
    )
    assert [type(o) for o in outcomes] == [int, ValueError, int]
    assert await store.read(_count) == 2


async def test_functions_handed_in_together_keep_their_order_and_a_bad_one_is_undone_alone(
    store: Store,
) -> None:
    def made(number: int, db: sqlite3.Connection) -> int:
        _insert(db, number)
        if number == 600:
            raise ValueError("no")
        return number

    outcomes = await store.write_each(
        [partial(made, n) for n in range(1, 1201)]
    )  # more than one commit takes
    assert [n for n, (_, problem) in enumerate(outcomes, 1) if problem is not None] == [600]
    assert [result for result, _ in outcomes if result is not None] == [n for n in range(1, 1201) if n != 600]
    assert await store.read(_count) == 1199


async def test_a_cancelled_caller_does_not_stop_the_commit(store: Store) -> None:
    task = asyncio.create_task(store.write(_insert, 5))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.write(_insert, 6)
    assert await store.read(_count) == 2


async def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StorageError, match="can't be written"):
        await store.read(_insert, 9)


async def test_aiosqlite_still_runs_whole_functions_on_its_thread(tmp_path: Path) -> None:
    """The contract that `storage.store` rests on: `_execute` and `_conn` of aiosqlite 0.22."""
    db = await aiosqlite.connect(tmp_path / "x.db")
    try:
        assert await db._execute(lambda raw: raw.execute("SELECT 41 + 1").fetchone(), db._conn) == (42,)  # type: ignore[no-untyped-call]
    finally:
        await db.close()


async def test_a_newer_archive_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "placewatch.db"
    db = connect_writer(path)
    db.execute("PRAGMA user_version = 999")
    db.close()
    for write in (True, False):
        with pytest.raises(StorageError, match="newer placewatch"):
            await Store.open(path, write=write)


async def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "placewatch.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE theirs(x)")
    db.commit()
    db.close()
    with pytest.raises(StorageError, match="another program"):
        await Store.open(path, write=True)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "placewatch.db"
    path.write_text("not a database, whatever its name says " * 50)
    with pytest.raises(StorageError, match="not a placewatch archive"):
        await Store.open(path, write=True)


async def test_looking_at_an_archive_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="placewatch run"):
        await Store.open(tmp_path / "placewatch.db", write=False)


async def test_a_folder_with_odd_characters_works(tmp_path: Path) -> None:
    folder = tmp_path / "a b%20?#ї"
    folder.mkdir()
    store = await Store.open(folder / "placewatch.db", write=True)
    try:
        await store.write(_insert, 1)
        assert await store.read(_count) == 1
    finally:
        await store.close()


def test_migrations_are_numbered_without_holes_and_recorded(tmp_path: Path) -> None:
    assert [m.version for m in migrations()] == list(range(1, len(migrations()) + 1))
    db = connect_writer(tmp_path / "placewatch.db")
    rows = db.execute("SELECT version, sha256 FROM schema_migration").fetchall()
    application = db.execute("PRAGMA application_id").fetchone()[0]
    db.close()
    assert rows == [(m.version, m.sha256) for m in migrations()]
    assert application == APPLICATION_ID


_FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from storage.database import StorageError
from storage.store import Store

def fill(db, n):
    db.execute("INSERT INTO chat(id, title, added_at) VALUES (?, ?, 0)", (n, "x" * 50_000))

def count(db):
    return db.execute("SELECT count(*) FROM chat").fetchone()[0]

async def main(path):
    store = await Store.open(path, write=True)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    kept = 0
    try:
        for n in range(1, 100):
            await store.write(fill, n)
            kept += 1
    except StorageError as error:
        print("said:", error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await store.write(fill, 1000)
    print("kept:", kept + 1, "found:", await store.read(count))
    await store.close()

asyncio.run(main(Path(sys.argv[1])))
"""


def test_a_full_disk_is_said_and_what_was_acknowledged_stays(tmp_path: Path) -> None:
    """The kernel's limit on a file's size stands in for a full disk: a write fails half-way."""
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(tmp_path / "placewatch.db")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr
    assert "said: The disk under" in done.stdout
    kept, found = done.stdout.split("kept: ")[1].split(" found: ")
    assert int(kept) == int(found)
