"""Backups: one file that was read back before it got its name, made while others write.

SQLite's backup API copies from a connection of its own that holds one snapshot: so it never begins anew because of a
writer, as it does in small steps without one, where beside a busy writer it may never end (STORAGE.md).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from storage.database import StorageError, check_version, explain
from storage.media import FOLDER
from storage.times import from_ms, to_ms

_STEP = 4096  # pages copied between two looks whether to stop
_SPARE = 64 << 20  # bytes that a backup leaves free, so that the archive itself can be written on


class Why(StrEnum):
    """What a backup was made for."""

    ASKED = "asked"
    SCHEDULE = "schedule"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that was read back."""

    path: Path
    size: int  # bytes
    posts: int
    schema: int
    media: int  # files
    seconds: float  # of copying; reading back comes on top


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the archive knows of a backup of it."""

    began_at: datetime
    path: str
    why: Why
    finished_at: datetime | None
    problem: str | None


class Stopped(Exception):
    """Whoever asked does not want it any more."""


def make(
    archive: Path, target: Path, *, force: bool = False, stopped: Callable[[], bool] = lambda: False
) -> Made:
    """Copy the archive to `target`, read the copy back, and only then give it its name; StorageError says why not.

    A file that is there already stays, unless `force`. Sessions are not in it: whoever has one has the account.
    Where `stopped` becomes true it ends soon, with `Stopped`, and leaves nothing behind.
    """
    if target.is_dir():
        raise StorageError(f"{target} is a folder; give the name of a file in it.")
    if target.exists() and not force:
        raise StorageError(f"{target} exists already. Choose another name, or add --force to replace it.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _room_for(archive, target.parent)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            began = time.monotonic()
            counts = _copy(archive, part, stopped)
            seconds = time.monotonic() - began
            schema = read_back(part, counts, stopped)
            sync(part)
            media = _copy_files(archive.parent / FOLDER, media_of(target), stopped)
            _name(part, target, force=force)
        finally:
            part.unlink(missing_ok=True)
        sync(target.parent)
    except OSError as error:
        raise StorageError(f"No backup at {target}: {error.strerror or error}.") from error
    except sqlite3.Error as error:
        raise StorageError(f"No backup at {target}: {explain(error, part) or error}") from error
    return Made(
        path=target,
        size=target.stat().st_size,
        posts=counts["post"],
        schema=schema,
        media=media,
        seconds=seconds,
    )


def _room_for(archive: Path, folder: Path) -> None:
    log = archive.with_name(archive.name + "-wal")
    needed = archive.stat().st_size + (log.stat().st_size if log.exists() else 0) + _SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"A backup needs {needed / 1e6:,.0f} MB in {folder}, and {free / 1e6:,.0f} MB are free there. "
            "Free some space, or choose a folder on another disk."
        )


def _copy(archive: Path, part: Path, stopped: Callable[[], bool]) -> dict[str, int]:
    """Copy one snapshot; how many rows each of its tables has."""

    def look(_: int, __: int, ___: int) -> None:
        if stopped():
            raise Stopped

    with closing(reading(archive)) as source, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        # Nobody reads the copy before it is whole, and it is synced as a whole then.
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("PRAGMA journal_mode = OFF")
        source.execute("BEGIN")
        counts = _counts(source)
        source.backup(copy, pages=_STEP, progress=look, sleep=0)
        # A file of its own: in WAL mode even reading it would need two more beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    return counts


def reading(path: Path) -> sqlite3.Connection:
    """A connection that reads a file of any schema and changes nothing."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    db.execute("PRAGMA query_only = ON")
    db.execute("PRAGMA busy_timeout = 5000")
    return db


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    names = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND sql NOT LIKE 'CREATE VIRTUAL TABLE%' AND name NOT GLOB '*_fts_*' ORDER BY name"
    ).fetchall()
    return {name: int(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for (name,) in names}


def read_back(
    path: Path, counts: dict[str, int] | None = None, stopped: Callable[[], bool] = lambda: False
) -> int:
    """The schema of an archive's copy that is whole, with as many rows as expected; StorageError says what is wrong.

    A copy just made, of which the rows were counted, is read for what copying can do to it: every page, every row. That
    indexes and references agree too takes as long again and is for the archive's own check, and for a file that
    is to take its place: without that nothing that was said is lost.
    """
    copied = counts is not None
    try:
        with closing(reading(path)) as db:
            db.set_progress_handler(stopped, 1_000_000)
            db.execute("PRAGMA cache_size = -64000")
            version = check_version(db, path)
            if version == 0:
                raise StorageError(f"{path} is not a backup of placewatch: it is empty.")
            looked = db.execute("PRAGMA quick_check(3)" if copied else "PRAGMA integrity_check(3)")
            problems = [row[0] for row in looked if row[0] != "ok"]
            if not copied:
                dangling = db.execute("PRAGMA foreign_key_check")
                problems += [f"{row[0]} row {row[1]} misses its {row[2]}" for row in dangling][:3]
            found = _counts(db)
    except sqlite3.Error as error:
        if stopped():
            raise Stopped from error
        raise StorageError(f"{path} can't be read as a backup ({error}).") from error
    if problems:
        raise StorageError(f"{path} is damaged: {'; '.join(problems)}.")
    if counts is not None and found != counts:
        wrong = [name for name in counts if found.get(name) != counts[name]]
        raise StorageError(f"{path} has not as many rows as the archive: {', '.join(wrong)}.")
    return version


def _name(part: Path, target: Path, *, force: bool) -> None:
    if force:
        part.replace(target)
        return
    try:
        target.hardlink_to(part)  # unlike renaming, it never takes the place of a file that came meanwhile
    except FileExistsError:
        raise StorageError(
            f"{target} exists already. Choose another name, or add --force to replace it."
        ) from None
    except OSError:  # a file system without links
        part.replace(target)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def media_of(backup: Path) -> Path:
    """The folder with the files that came with a backup's posts."""
    return backup.with_name(f"{backup.name}.{FOLDER}")


def _copy_files(folder: Path, target: Path, stopped: Callable[[], bool]) -> int:
    begun = not target.exists()
    try:
        return copy_media(folder, target, stopped)
    except Stopped:
        if begun:
            shutil.rmtree(target, ignore_errors=True)
        raise


def copy_media(folder: Path, target: Path, stopped: Callable[[], bool] = lambda: False) -> int:
    """Have every file of a folder in another one, by a link where the disk allows it; how many there are.

    Files are known by their names, which are hashes of what is in them: one that is there already is the same.
    """
    if not folder.is_dir():
        return 0
    count = 0
    for path in sorted(folder.glob("[0-9a-f][0-9a-f]/[!.]*")):  # not those that are still being fetched
        if stopped():
            raise Stopped
        to = target / path.relative_to(folder)
        count += 1
        if to.exists():
            continue
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # pruned just now
            try:
                to.hardlink_to(path)
            except OSError:  # another disk
                part = to.with_name(f".{to.name}.part")
                shutil.copyfile(path, part)
                part.chmod(0o600)
                sync(part)
                part.replace(to)
    return count


def copy_sessions(folder: Path, target: Path) -> int:
    """Have the accounts' sessions of a folder in another one, where it has none of that name; how many were copied.

    Whoever can read one is that account at Telegram.
    """
    count = 0
    for path in sorted(folder.glob("*.session")):
        to = target / path.name
        if to.exists():
            continue
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if not _is_plain(path):  # sealed with a passphrase, and replaced as a whole whenever it changes
            to.write_bytes(path.read_bytes())
            count += 1
            continue
        with closing(reading(path)) as source, closing(sqlite3.connect(to)) as copy:
            source.backup(copy)
        count += 1
    return count


def _is_plain(session: Path) -> bool:
    with session.open("rb") as file:
        return file.read(16) in (b"SQLite format 3\0", b"")


def sessions_of(backup: Path) -> Path:
    """The folder with the sessions that were asked for with a backup."""
    return backup.with_name(f"{backup.name}.sessions")


# What the archive knows of its backups.


def begun(db: sqlite3.Connection, path: Path, why: Why, *, now: datetime) -> int:
    """Write down that a backup is begun, before it is: so the copy knows of itself."""
    (row,) = db.execute(
        "INSERT INTO backup(began_at, path, why) VALUES (?, ?, ?) RETURNING id", (to_ms(now), str(path), why)
    ).fetchone()
    return int(row)


def ended(
    db: sqlite3.Connection, row: int, *, now: datetime, made: Made | None = None, problem: str | None = None
) -> None:
    """Write down how it went."""
    db.execute(
        "UPDATE backup SET finished_at = ?, bytes = ?, posts = ?, problem = ? WHERE id = ?",
        (to_ms(now), made and made.size, made and made.posts, problem, row),
    )


def newest(db: sqlite3.Connection) -> tuple[Noted | None, Noted | None]:
    """The newest backup that is good, and the newest that failed where it is newer."""
    failed = None
    for row in _noted(db):
        if row.finished_at is not None and row.problem is None:
            return row, failed
        if row.problem is not None:
            failed = failed or row
    return None, failed


def _noted(db: sqlite3.Connection) -> Iterator[Noted]:
    rows = db.execute("SELECT began_at, path, why, finished_at, problem FROM backup ORDER BY id DESC")
    for began, path, why, finished, problem in rows:
        yield Noted(
            began_at=from_ms(began),
            path=path,
            why=Why(why),
            finished_at=from_ms(finished),
            problem=problem,
        )
