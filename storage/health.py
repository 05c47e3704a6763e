"""How well things go: what is waiting, and how late what was said reaches us."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from storage.records import Channel
from storage.times import NUMBER_BITS, first_id, from_ms


class Waiting(NamedTuple):
    """What a chat does not show yet."""

    messages: int
    oldest: datetime  # since when the oldest of them is owed


def waiting(db: sqlite3.Connection) -> dict[int, Waiting]:
    """What each chat waits for, paused and quiet ones included."""
    rows = db.execute("SELECT chat_id, count(*), min(created_at) FROM owed WHERE due = 1 GROUP BY chat_id")
    return {chat_id: Waiting(count, from_ms(oldest)) for chat_id, count, oldest in rows}


def held_back(db: sqlite3.Connection, chat_id: int) -> int:
    """Messages that a chat waits for while it is paused: all but answers and notices, which come whatever the hour."""
    (count,) = db.execute(
        "SELECT count(*) FROM owed WHERE chat_id = ? AND due = 1 AND kind NOT IN ('answer', 'notice')",
        (chat_id,),
    ).fetchone()
    return int(count)


def lag(db: sqlite3.Connection, channel: Channel, *, of: int = 5) -> timedelta | None:
    """The usual time between a channel's newest posts, since it is followed, and our having them; None without any.

    The median, so that one post found late, after an absence, does not stand for all.
    """
    rows = db.execute(
        f"SELECT received_at - (id >> {NUMBER_BITS}) * 1000 FROM post WHERE channel_id = ? AND id >= ? "
        "ORDER BY id DESC LIMIT ?",
        (channel.id, first_id(channel.added_at), of),
    ).fetchall()
    return timedelta(milliseconds=max(0, median(row[0] for row in rows))) if rows else None


def posts_between(db: sqlite3.Connection, channel_id: int, since: datetime, until: datetime) -> int:
    """How many posts of a channel from between two times, whole seconds both included, are kept."""
    row = db.execute(
        "SELECT count(*) FROM post WHERE channel_id = ? AND id >= ? AND id < ?",
        (channel_id, first_id(since), first_id(until + timedelta(seconds=1))),
    ).fetchone()
    return int(row[0])
