"""The sign of life of whoever holds the data folder."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.times import from_ms, to_ms


def note(db: sqlite3.Connection, *, now: datetime) -> None:
    """Write down that a service is alive now: a real write, as durable as a post."""
    db.execute(
        "INSERT INTO alive(id, at) VALUES (1, ?) ON CONFLICT(id) DO UPDATE SET at = excluded.at",
        (to_ms(now),),
    )


def last(db: sqlite3.Connection) -> datetime | None:
    """When a service last said that it was alive; None where none ever did."""
    row = db.execute("SELECT at FROM alive").fetchone()
    return None if row is None else from_ms(row[0])
