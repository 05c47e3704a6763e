"""What was told for a date or a time: once, whatever the clock does."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

from storage.times import from_ms, to_ms

DIGEST = "digest"


def tell(db: sqlite3.Connection, chat_id: int, what: str, period: str, *, now: datetime) -> bool:
    """Write down that it is told; False where it was before."""
    return (
        db.execute(
            "INSERT OR IGNORE INTO told(chat_id, what, period, at) VALUES (?, ?, ?, ?)",
            (chat_id, what, period, to_ms(now)),
        ).rowcount
        > 0
    )


def forget(db: sqlite3.Connection, what: str) -> None:
    """Every chat is told of that anew, should it come again."""
    db.execute("DELETE FROM told WHERE what = ?", (what,))


def digest_days(db: sqlite3.Connection, chat_id: int) -> set[date]:
    """The local dates whose digests the chat has had."""
    rows = db.execute("SELECT period FROM told WHERE chat_id = ? AND what = ?", (chat_id, DIGEST))
    return {date.fromisoformat(period) for (period,) in rows}


def times(db: sqlite3.Connection, chat_id: int, what: str) -> list[datetime]:
    """When the chat was told of that, oldest first."""
    rows = db.execute("SELECT at FROM told WHERE chat_id = ? AND what = ? ORDER BY at", (chat_id, what))
    return [from_ms(at) for (at,) in rows]
