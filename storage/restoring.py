"""A backup in the archive's place: what the present archive still knows of alerts goes along, and it is kept aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage import backup
from storage.database import StorageError, connect_writer, explain
from storage.former import Former, take_over
from storage.media import FOLDER
from storage.times import from_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put in the archive's place, and what was there before."""

    until: datetime  # what the backup knows of ends here
    posts: int
    media: int
    aside: Path | None  # the archive that was here before
    former: Former


# Owes the team the news of it, in the archive that takes over.
Announce = Callable[[sqlite3.Connection, Restored], None]


def restore(archive: Path, file: Path, *, now: datetime, announce: Announce) -> Restored:
    """Put a backup in the archive's place; StorageError where it is no good, and then nothing has changed.

    Whoever calls holds the data folder. The backup is read through first, and brought to this program's schema.
    """
    if not file.is_file():
        raise StorageError(f"There is no backup {file}.")
    if archive.exists() and file.samefile(archive):
        raise StorageError(f"{file} is the archive itself. Name a backup of it.")
    backup.read_back(file)
    part = archive.with_name(f".{archive.name}.{os.getpid()}.restored")
    _remove(part)
    try:
        try:
            done = _prepare(archive, file, part, now=now, announce=announce)
        except sqlite3.Error as error:
            raise StorageError(f"{file} can't be restored: {explain(error, part) or error}") from error
        except OSError as error:
            raise StorageError(f"{file} can't be restored: {error.strerror or error}.") from error
        backup.sync(part)
        if done.aside is not None:
            _set_aside(archive, done.aside)
        part.replace(archive)
        backup.sync(archive.parent)
    finally:
        _remove(part)
    return done


def told_since(db: sqlite3.Connection, at: datetime) -> bool:
    """Whether the archive was put back after that time by `restore`, which has told of it."""
    return db.execute("SELECT 1 FROM restored WHERE at >= ? LIMIT 1", (to_ms(at),)).fetchone() is not None


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _prepare(archive: Path, file: Path, part: Path, *, now: datetime, announce: Announce) -> Restored:
    """The archive that is to take over, whole and closed, under another name."""
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(backup.reading(file)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    media = backup.copy_media(backup.media_of(file), archive.parent / FOLDER)
    aside = None
    if archive.exists():
        stamp = now.astimezone(UTC).strftime("%Y-%m-%d-%H%M%S")
        aside = archive.with_name(f"{archive.stem}-before-restore-{stamp}{archive.suffix}")
    with closing(connect_writer(part)) as db:
        posts = int(db.execute("SELECT count(*) FROM post").fetchone()[0])
        row, until = _known_until(db, file)
        former = Former() if aside is None else _ask_the_former(db, archive, now)
        done = Restored(until=until, posts=posts, media=media, aside=aside, former=former)
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE backup SET finished_at = began_at WHERE id = ?", (row,))
        db.execute(
            "INSERT INTO restored(at, file, until, aside, told) VALUES (?, ?, ?, ?, ?)",
            (to_ms(now), str(file), to_ms(until), aside and str(aside), done.former.told),
        )
        announce(db, done)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def _known_until(db: sqlite3.Connection, file: Path) -> tuple[int | None, datetime]:
    """When the backup was made, by its own row; else when its file was last changed."""
    row = db.execute("SELECT id, began_at, finished_at FROM backup ORDER BY id DESC LIMIT 1").fetchone()
    if row is not None and row[2] is None:
        return row[0], from_ms(int(row[1]))
    return None, datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _ask_the_former(db: sqlite3.Connection, archive: Path, now: datetime) -> Former:
    """Take over what only the present archive knows, or nothing of it where it is damaged."""
    db.execute("BEGIN IMMEDIATE")
    try:
        with closing(backup.reading(archive)) as old:
            old.execute("BEGIN")
            former = take_over(db, old, now=now)
        db.execute("COMMIT")
    except (sqlite3.Error, ValueError) as error:
        db.execute("ROLLBACK")
        return Former(told=False, damage=str(error))
    return former


def _set_aside(archive: Path, aside: Path) -> None:
    """Give the present archive a second name. It loses its first one only when the backup takes that."""
    try:
        with closing(sqlite3.connect(archive, isolation_level=None)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # damaged: its log is kept beside it below, as it is
    for end in ("", "-wal"):
        path = archive.with_name(archive.name + end)
        if path.exists():
            _second_name(path, aside.with_name(aside.name + end))
    # The log of the former archive must never be read as that of the one that takes over.
    for end in ("-wal", "-shm"):
        archive.with_name(archive.name + end).unlink(missing_ok=True)


def _second_name(path: Path, name: Path) -> None:
    try:
        name.hardlink_to(path)
    except OSError:  # a file system without links
        shutil.copyfile(path, name)
        name.chmod(0o600)
        backup.sync(name)
