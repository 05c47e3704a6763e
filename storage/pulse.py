"""A write for its own sake: it tells whether the archive can be written."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.times import from_ms, to_ms


def beat(db: sqlite3.Connection, now: datetime) -> None:
    """Write down that the archive could be written."""
    db.execute(
        "INSERT INTO pulse(one, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at", (to_ms(now),)
    )


def last(db: sqlite3.Connection) -> datetime | None:
    """When a service last beat; None where none ever did."""
    row = db.execute("SELECT at FROM pulse").fetchone()
    return None if row is None else from_ms(row[0])
