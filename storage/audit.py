"""Who asked for what: append-only, and the memory that makes a command act once."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from storage.times import from_ms, to_ms

_MOST = 200  # entries about one statement
_ALL = 2**63 - 1  # no entry has this number


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was done, and how it ended."""

    at: datetime
    actor: str
    command: str
    outcome: str


def is_done(db: sqlite3.Connection, chat_id: int, message_id: int) -> bool:
    """Whether the command in that message has been carried out."""
    row = db.execute(
        "SELECT 1 FROM audit WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
    ).fetchone()
    return row is not None


def record(
    db: sqlite3.Connection,
    *,
    at: datetime,
    actor: str,
    command: str,
    outcome: str,
    chat_id: int | None = None,
    message_id: int | None = None,
) -> None:
    """Write down a command and how it ended; sqlite3.IntegrityError where that message was done before."""
    db.execute(
        "INSERT INTO audit(at, chat_id, message_id, actor, command, outcome) VALUES (?, ?, ?, ?, ?, ?)",
        (to_ms(at), chat_id, message_id, actor, command, outcome),
    )


def is_pressed(db: sqlite3.Connection, query_id: int) -> bool:
    """Whether that press of a button has been carried out."""
    return db.execute("SELECT 1 FROM press WHERE query_id = ?", (query_id,)).fetchone() is not None


def press(db: sqlite3.Connection, query_id: int, *, at: datetime) -> None:
    """Write down that a press is carried out; sqlite3.IntegrityError where it was before."""
    db.execute("INSERT INTO press(query_id, at) VALUES (?, ?)", (query_id, to_ms(at)))


def newest(db: sqlite3.Connection, *, before: int | None, limit: int) -> list[tuple[int, Entry]]:
    """Entries with their numbers, the newest first; those before a number where that is given."""
    rows = db.execute(
        "SELECT id, at, actor, command, outcome FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
        (_ALL if before is None else before, limit),
    )
    return [(number, Entry(from_ms(at), actor, command, said)) for number, at, actor, command, said in rows]


def about(db: sqlite3.Connection, subject: str) -> list[Entry]:
    """What was done from the page about a statement, the oldest first."""
    begins = f"review {subject} "
    rows = db.execute(
        "SELECT at, actor, command, outcome FROM audit WHERE command >= ? AND command < ? ORDER BY id DESC LIMIT ?",
        (begins, begins[:-1] + "!", _MOST),
    ).fetchall()
    return [
        Entry(from_ms(at), actor, command.removeprefix(begins), said)
        for at, actor, command, said in reversed(rows)
    ]
