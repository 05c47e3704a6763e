"""A write for its own sake: it tells whether the archive can be written."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.times import to_ms


def beat(db: sqlite3.Connection, now: datetime) -> None:
    """Write down that the archive could be written."""
    db.execute(
        "INSERT INTO pulse(one, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at", (to_ms(now),)
    )
