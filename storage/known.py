"""Which message ids of a channel are known: each was asked for, and what stood there then is kept."""

from __future__ import annotations

import sqlite3


def add(db: sqlite3.Connection, channel_id: int, low: int, high: int) -> None:
    """Every id from `low` to `high`, both included, is known now; ValueError where that is no range of ids."""
    if not 0 < low <= high:
        raise ValueError(f"no range of message ids: {low} to {high}")
    touched = db.execute(
        "DELETE FROM known WHERE channel_id = ? AND low <= ? AND high >= ? RETURNING low, high",
        (channel_id, high + 1, low - 1),
    ).fetchall()
    db.execute(
        "INSERT INTO known(channel_id, low, high) VALUES (?, ?, ?)",
        (channel_id, min([low, *(r[0] for r in touched)]), max([high, *(r[1] for r in touched)])),
    )


def ranges(db: sqlite3.Connection, channel_id: int) -> list[tuple[int, int]]:
    """The known ranges of a channel, ascending, both ends included."""
    rows = db.execute("SELECT low, high FROM known WHERE channel_id = ? ORDER BY low", (channel_id,))
    return [(low, high) for low, high in rows]


def missing(db: sqlite3.Connection, channel_id: int, low: int, high: int) -> list[tuple[int, int]]:
    """The ranges of ids from `low` to `high` that are not known, ascending, both ends included."""
    found = []
    for known_low, known_high in ranges(db, channel_id):
        if known_high < low:
            continue
        if known_low > high:
            break
        if known_low > low:
            found.append((low, known_low - 1))
        low = known_high + 1
    if low <= high:
        found.append((low, high))
    return found
