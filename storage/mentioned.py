"""How often places were mentioned, by time and by whom: all of it ranges of one table, in which post ids sort by time."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from storage.times import first_id, posted_at


def by_channel(
    db: sqlite3.Connection, place_id: int, edges: Sequence[datetime], *, sure: float
) -> list[Counter[int]]:
    """How many posts mention a place between each edge and the next, by the row of their channel."""
    # One row for all: to hand a row over takes longer than to read it.
    question = (
        "SELECT json_group_array(channel_id) FROM post_place "
        "WHERE place_id = ? AND post_id >= ? AND post_id < ? AND confidence >= ?"
    )
    return [
        Counter(json.loads(db.execute(question, (place_id, first_id(start), first_id(end), sure)).fetchone()[0]))
        for start, end in pairwise(edges)
    ]


def by_place(
    db: sqlite3.Connection,
    place_ids: Collection[int],
    edges: Sequence[datetime],
    channels: Collection[int] | None,
    *,
    sure: float,
) -> dict[int, list[int]]:
    """How many posts mention each place between each edge and the next; places that nobody mentions are left out."""
    low, high = first_id(edges[0]), first_id(edges[-1])
    among = "" if channels is None else f" AND channel_id IN ({','.join('?' * len(channels))})"
    found: dict[int, list[int]] = {}
    for place_id in place_ids:
        counts = [
            db.execute(
                "SELECT count(*) FROM post_place WHERE place_id = ? AND post_id >= ? AND post_id < ? "
                f"AND confidence >= ?{among}",
                (place_id, first_id(start), first_id(end), sure, *(channels or ())),
            ).fetchone()[0]
            for start, end in (pairwise(edges) if _any(db, place_id, low, high) else ())
        ]
        if any(counts):
            found[place_id] = counts
    return found


def _any(db: sqlite3.Connection, place_id: int, low: int, high: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM post_place WHERE place_id = ? AND post_id >= ? AND post_id < ? LIMIT 1",
        (place_id, low, high),
    ).fetchone()
    return row is not None


def last(db: sqlite3.Connection, place_ids: Collection[int], *, sure: float) -> dict[int, datetime]:
    """When each place was mentioned last; places that nobody mentioned are left out."""
    found = {}
    for place_id in place_ids:
        row = db.execute(
            "SELECT post_id FROM post_place WHERE place_id = ? AND confidence >= ? ORDER BY post_id DESC LIMIT 1",
            (place_id, sure),
        ).fetchone()
        if row is not None:
            found[place_id] = posted_at(row[0])
    return found


def posts_by_channel(
    db: sqlite3.Connection, channel_ids: Collection[int], edges: Sequence[datetime]
) -> dict[int, list[int]]:
    """How many posts each channel has between each edge and the next."""
    return {
        channel_id: [
            db.execute(
                "SELECT count(*) FROM post WHERE channel_id = ? AND id >= ? AND id < ?",
                (channel_id, first_id(start), first_id(end)),
            ).fetchone()[0]
            for start, end in pairwise(edges)
        ]
        for channel_id in channel_ids
    }
