"""How often a place was mentioned, when first and by whom. Post ids are ordered by time: all are ranges of one index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from storage import channels
from storage.records import Channel
from storage.times import first_id, posted_at

COUNTED: Final = 5_000  # each of these posts is looked up: more would keep people waiting


class Count(NamedTuple):
    """Posts that mention a place in a stretch of time."""

    sure: int
    possible: int


def counts(
    db: sqlite3.Connection, place_id: int, edges: Sequence[datetime], *, sure: float, possible: float
) -> list[Count]:
    """How many posts mention a place between each edge and the next.

    `sure` is the confidence from which a mention counts, `possible` the one from which it is shown at all.
    """
    found = []
    for start, end in pairwise(edges):
        shown, of_these_sure = db.execute(
            "SELECT count(*), coalesce(sum(confidence >= ?), 0) FROM post_place "
            "WHERE place_id = ? AND post_id >= ? AND post_id < ? AND confidence >= ?",
            (sure, place_id, first_id(start), first_id(end), possible),
        ).fetchone()
        found.append(Count(sure=of_these_sure, possible=shown - of_these_sure))
    return found


def first(
    db: sqlite3.Connection,
    place_id: int,
    *,
    sure: float,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int | None:
    """The row id of the first post that mentions a place, in a stretch of time or ever."""
    row = db.execute(
        "SELECT post_id FROM post_place WHERE place_id = ? AND post_id >= ? AND post_id < ? AND confidence >= ? "
        "ORDER BY post_id LIMIT 1",
        (
            place_id,
            0 if since is None else first_id(since),
            1 << 62 if until is None else first_id(until),
            sure,
        ),
    ).fetchone()
    return None if row is None else int(row[0])


def by_channel(
    db: sqlite3.Connection, place_id: int, since: datetime, until: datetime, *, sure: float, limit: int
) -> list[tuple[Channel, int]]:
    """Who mentioned a place most often in a stretch of time, and how often, among the newest `COUNTED` posts."""
    rows = db.execute(
        "SELECT p.channel_id, count(*) FROM (SELECT post_id FROM post_place WHERE place_id = ? AND post_id >= ? "
        "AND post_id < ? AND confidence >= ? ORDER BY post_id DESC LIMIT ?) m JOIN post p ON p.id = m.post_id "
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (place_id, first_id(since), first_id(until), sure, COUNTED, limit),
    ).fetchall()
    known = channels.by_ids(db, (channel_id for channel_id, _ in rows))
    return [(known[channel_id], count) for channel_id, count in rows]


def read_since(db: sqlite3.Connection) -> list[tuple[Channel, datetime]]:
    """Each channel that is followed, and from when on the archive holds what it said."""
    found = []
    for channel in channels.followed(db):
        (earliest,) = db.execute("SELECT min(id) FROM post WHERE channel_id = ?", (channel.id,)).fetchone()
        since = channel.added_at if earliest is None else min(channel.added_at, posted_at(earliest))
        found.append((channel, since))
    return found
