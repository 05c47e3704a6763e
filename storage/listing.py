"""What the API lists page by page: stories, decisions, and how posts are spread."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from storage import reviews, stories
from storage.records import Review
from storage.times import posted_at

_AT_ONCE: Final = 500  # values in one question
_LOOKED_AT: Final = 5_000  # posts that a page of stories goes through at most: most repeat something


class Key(NamedTuple):
    """Where a decision stands among all, by time."""

    at: int  # milliseconds
    post_id: int
    place_id: int


def stories_page(
    db: sqlite3.Connection, *, place_id: int | None, before: int | None, limit: int
) -> tuple[list[int], int | None]:
    """The first posts of the newest stories that mention a place (or any), and the id to go on from, if there is more."""
    start = before if before is not None else 1 << 62
    if place_id is None:
        rows = db.execute(
            "SELECT post_id FROM post_place INDEXED BY post_place_post WHERE post_id < ? ORDER BY post_id DESC",
            (start,),
        )
    else:
        rows = db.execute(
            "SELECT post_id FROM post_place WHERE place_id = ? AND post_id < ? ORDER BY post_id DESC",
            (place_id, start),
        )
    found: list[int] = []
    for looked, (post_id, _) in enumerate(groupby(row[0] for row in rows), 1):
        if stories.first_of(db, post_id) == post_id:
            found.append(post_id)
        if len(found) == limit or looked == _LOOKED_AT:
            return found, post_id
    return found, None


def decisions(
    db: sqlite3.Connection,
    *,
    place_id: int | None,
    verdict: str | None,
    after: Key | None,
    limit: int,
) -> list[tuple[Key, Review]]:
    """Decisions, the newest first; `after` is the last one of the page before."""
    conditions, values = ["1"], list[object]()
    for column, wanted in (("place_id", place_id), ("state", verdict)):
        if wanted is not None:
            conditions.append(f"{column} = ?")
            values.append(wanted)
    if after is not None:
        conditions.append("(at, post_id, place_id) < (?, ?, ?)")
        values += after
    rows = db.execute(
        f"SELECT {reviews.COLUMNS} FROM review WHERE {' AND '.join(conditions)} ORDER BY at DESC, post_id DESC, place_id DESC LIMIT ?",
        (*values, limit),
    )
    # A row begins with post and place; its time is the last but one.
    return [(Key(row[-2], row[0], row[1]), reviews.of_row(row)) for row in rows]


def by_channel(db: sqlite3.Connection, post_ids: Sequence[int]) -> Counter[int]:
    """How many of the posts are whose."""
    return _counted(db, "SELECT channel_id, count(*) FROM post WHERE id IN ({}) GROUP BY 1", post_ids, ())


def by_place(db: sqlite3.Connection, post_ids: Sequence[int], *, sure: float) -> Counter[int]:
    """How many of the posts mention which place."""
    return _counted(
        db,
        "SELECT place_id, count(*) FROM post_place WHERE post_id IN ({}) AND confidence >= ? GROUP BY 1",
        post_ids,
        (sure,),
    )


def _counted(
    db: sqlite3.Connection, sql: str, post_ids: Sequence[int], more: tuple[float, ...]
) -> Counter[int]:
    found: Counter[int] = Counter()
    for at in range(0, len(post_ids), _AT_ONCE):
        ids = post_ids[at : at + _AT_ONCE]
        rows = db.execute(sql.format(",".join("?" * len(ids))), (*ids, *more))
        found.update(dict(rows.fetchall()))
    return found


def times(post_ids: Sequence[int]) -> Iterator[datetime]:
    """When each of the posts was posted, to the second."""
    return map(posted_at, post_ids)
