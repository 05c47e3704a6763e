"""The SQLite file: opened safely, and migrated one numbered step at a time."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from storage import earlier, proof
from storage.index import Writer

log = logging.getLogger(__name__)

APPLICATION_ID = 0x706C7774  # "plwt": a file of ours, and of nobody else
_ADOPTED_AT_ONCE = 5_000  # posts or revisions a transaction


# Called with the file and the schema that it is to get; what it raises stops the upgrade.
BeforeUpgrade = Callable[[Path, int], None]


class StorageError(Exception):
    """The archive can't be opened, read or written; the message says what to do. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The file's hash, kept with the version so that a changed file is noticed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> tuple[Migration, ...]:
    """Every migration in order; the version of the newest is what this code needs."""
    files = (
        f for f in resources.files("storage").joinpath("migrations").iterdir() if f.name.endswith(".sql")
    )
    found = [Migration(int(f.name[:4]), f.name, f.read_text(encoding="utf-8")) for f in files]
    return tuple(sorted(found, key=lambda m: m.version))


def _statements(sql: str) -> Iterator[str]:
    """Split a script at statement ends; `executescript` would commit in between."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def check_version(db: sqlite3.Connection, path: Path) -> int:
    """The schema version of an open file; refuses files that are not ours or are newer than this program."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application not in (0, APPLICATION_ID) or (
        application == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    ):
        raise StorageError(
            f"{path} is an SQLite file of another program. Point PLACEWATCH_DATA at another folder, or move it away."
        )
    newest = migrations()[-1].version
    if version > newest:
        raise StorageError(
            f"{path} was made by a newer placewatch (schema {version}; this one knows {newest}). "
            "Upgrade placewatch, or go back to a backup that was made before: placewatch restore FILE"
        )
    return int(version)


def migrate(db: sqlite3.Connection, path: Path, before: BeforeUpgrade | None = None) -> None:
    """Bring the file to the newest schema, one transaction a step; `before` is called before an upgrade of what is kept."""
    version = check_version(db, path)
    newest = migrations()[-1].version
    if before is not None and 0 < version < newest:
        before(path, newest)
    for step in migrations():
        if step.version <= version:
            continue
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in _statements(step.sql):
                db.execute(statement)
            db.execute(
                "INSERT INTO schema_migration(version, name, sha256, applied_at) VALUES (?, ?, ?, ?)",
                (step.version, step.name, step.sha256, int(time.time() * 1000)),
            )
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {step.version}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        log.info("archive migrated version=%d name=%s", step.version, step.name)


def begin_earlier(db: sqlite3.Connection) -> None:
    """Index the revisions from before they were searched, a batch a transaction: cut short, it goes on next time."""
    left = earlier.waiting(db)
    while left:
        log.info("indexing what posts said before their edits revisions=%d", left)
        db.execute("BEGIN IMMEDIATE")
        try:
            left -= earlier.adopt(db, _ADOPTED_AT_ONCE)
            if not left:
                earlier.tidy(db)
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise


def begin_ledger(db: sqlite3.Connection) -> None:
    """Enter what the archive held before there was a ledger, a batch a transaction: cut short, it goes on next time."""
    left = proof.waiting(db)
    while left:
        log.info("entering in the ledger what the archive held before it posts=%d", left)
        db.execute("BEGIN IMMEDIATE")
        try:
            left -= proof.adopt(db, _ADOPTED_AT_ONCE, now=datetime.now(UTC))
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's words about the file into what a person can do."""
    try:
        yield
    except sqlite3.Error as error:
        explanation = explain(error, path)
        if explanation is None:
            raise
        raise StorageError(explanation) from error


def explain(error: sqlite3.Error, path: Path) -> str | None:
    """What a person can do about an SQLite error that concerns the file; None where it is our own fault."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    folder = path.parent
    return {
        sqlite3.SQLITE_FULL: f"The disk under {folder} is full. Free some space; what was kept stays, and what comes is tried again.",
        sqlite3.SQLITE_IOERR: f"The disk under {folder} failed ({error}). Is it full, or going? What was kept is tested by: placewatch check",
        sqlite3.SQLITE_READONLY: f"{path} can't be written. Give yourself the right to: chmod u+rw {path}; chmod u+rwx {folder}. "
        "Where the disk itself is mounted read-only, mount it for writing.",
        sqlite3.SQLITE_CANTOPEN: f"{path} can't be opened. Check that {folder} exists and that you may read and write it.",
        sqlite3.SQLITE_CORRUPT: f"{path} is damaged ({error}). Stop placewatch, and put your newest backup in its place: "
        "placewatch restore FILE",
        sqlite3.SQLITE_NOTADB: f"{path} is not a placewatch archive. Move it away, or point PLACEWATCH_DATA elsewhere.",
        sqlite3.SQLITE_BUSY: f"{path} is being written by another program. Close it; what waits is tried again.",
    }.get(primary if primary is not None else -1)


def connect_writer(path: Path, before: BeforeUpgrade | None = None) -> sqlite3.Connection:
    """The one connection that writes: WAL, durable at every commit, foreign keys held."""
    with suppress(OSError):  # there is one, or SQLite says why there can't be
        # Its owner's alone from the first moment on: SQLite gives its journals the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=Writer)
    try:
        with explained(path):
            db.execute("PRAGMA busy_timeout = 5000")
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA wal_autocheckpoint = 12000")
            db.execute("PRAGMA journal_size_limit = 67108864")
            db.execute("PRAGMA cache_size = -16000")
            earlier.know_folding(db)
            migrate(db, path, before)
            begin_ledger(db)
            begin_earlier(db)
            # A savepoint notes what a post changes, soon more than the 64 KB from which on that is a file, made anew
            # for each. Only now: an index that a migration makes is sorted in a file.
            db.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        db.close()
        raise
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that can't write; it never migrates."""
    if not path.is_file():
        raise StorageError(
            f"There is no archive at {path} yet. `placewatch run` makes one, `placewatch demo` shows one; "
            "or set PLACEWATCH_DATA to the folder where it lies."
        )
    with explained(path):
        # A percent sign or a question mark in a folder's name would end the path of a URI.
        db = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
    try:
        with explained(path):
            db.execute("PRAGMA busy_timeout = 5000")
            db.execute("PRAGMA query_only = ON")
            version = check_version(db, path)
    except BaseException:
        db.close()
        raise
    if version < migrations()[-1].version:
        db.close()
        raise StorageError(
            f"{path} has an older schema. Start `placewatch run` once: it upgrades the archive."
        )
    return db
