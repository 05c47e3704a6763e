"""Posts for which all of a search holds, in the order of time or of relevance."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from storage.records import Order, Search
from storage.times import first_id

_FIRST = "coalesce((SELECT m.first_id FROM story_member m WHERE m.post_id = p.id), p.id)"
_REVIEW = f"SELECT 1 FROM review r WHERE r.post_id = {_FIRST}"
_STATES: Final = {
    "edited": "p.rev > 0",
    "deleted": "p.deleted_at IS NOT NULL",
    "forward": "(p.forward_telegram_id IS NOT NULL OR p.forward_name IS NOT NULL)",
    "copy": "EXISTS (SELECT 1 FROM story_member m WHERE m.post_id = p.id AND m.first_id <> p.id)",
    "reviewed": f"EXISTS ({_REVIEW})",
    "unreviewed": f"(EXISTS (SELECT 1 FROM post_place x WHERE x.post_id = p.id) AND NOT EXISTS ({_REVIEW}))",
    "relevant": f"EXISTS ({_REVIEW} AND r.state = 'relevant')",
    "wrong": f"EXISTS ({_REVIEW} AND r.state = 'wrong')",
    "second-look": f"EXISTS ({_REVIEW} AND r.state = 'second look')",
}
_KIND = "coalesce(json_extract(p.media, '$.kind'), '')"
_MEDIA: Final = {
    "photo": f"{_KIND} = 'photo'",
    "video": f"{_KIND} = 'video'",
    "audio": f"{_KIND} IN ('audio', 'voice')",
    "document": f"{_KIND} = 'document'",
    "media": "p.media IS NOT NULL",
    "link": "(instr(p.text, '://') > 0 OR instr(p.text, 't.me/') > 0 OR instr(p.entities, '\"text_url\"') > 0)",
}


class After(NamedTuple):
    """Where a page ended: the next one begins after this post."""

    post_id: int
    rank: float = 0  # only by relevance


def ids(db: sqlite3.Connection, search: Search, *, limit: int, after: After | None = None) -> list[int]:
    """Row ids of the posts that are found, in their order; `after` is the last one of the page before."""
    return [hit.post_id for hit in page(db, search, limit=limit, after=after)]


def page(db: sqlite3.Connection, search: Search, *, limit: int, after: After | None = None) -> list[After]:
    """A page of what is found; its last item is where the next page begins."""
    return list(islice(_stream(db, search, after), limit))


def count(db: sqlite3.Connection, search: Search, *, most: int) -> int:
    """How many posts are found, as far as `most`."""
    return sum(1 for _ in islice(_stream(db, search, None, ordered=False), most))


def _stream(
    db: sqlite3.Connection, search: Search, after: After | None, *, ordered: bool = True
) -> Iterator[After]:
    conditions = _Conditions()
    by_relevance = search.order is Order.RELEVANCE and search.match is not None and ordered
    table, key = _table(search, conditions)
    if after is not None and by_relevance:
        # The rank of a post is the same number each time: nothing is lost or repeated between pages.
        conditions.add("(f.rank > ? OR (f.rank = ? AND f.rowid < ?))", after.rank, after.rank, after.post_id)
    elif after is not None:
        conditions.add(f"{key} {'>' if search.order is Order.OLDEST else '<'} ?", after.post_id)
    if search.since is not None:
        conditions.add(f"{key} >= ?", first_id(search.since))
    if search.until is not None:
        conditions.add(f"{key} < ?", first_id(search.until))
    _of_posts(search, conditions, key)
    order = (
        "f.rank, f.rowid DESC" if by_relevance else f"{key} {'' if search.order is Order.OLDEST else 'DESC'}"
    )
    rank = "f.rank" if by_relevance else "0"
    rows = db.execute(
        f"SELECT {key}, {rank} FROM {table} WHERE {' AND '.join(conditions.sql) or '1'}"
        + (f" ORDER BY {order}" if ordered else ""),
        conditions.values,
    )
    return (After(post_id, rank) for post_id, rank in rows)


class _Conditions:
    """Conditions of a statement, with their values in the same order."""

    def __init__(self) -> None:
        self.sql: list[str] = []
        self.values: list[object] = []

    def add(self, sql: str, *values: object) -> None:
        self.sql.append(sql)
        self.values += values

    def among(self, column: str, wanted: Iterable[int], *, not_: bool = False) -> None:
        every = sorted(wanted)
        marks = ",".join("?" * len(every))
        self.add(f"{column} {'NOT ' if not_ else ''}IN ({marks})", *every)


def _table(search: Search, conditions: _Conditions) -> tuple[str, str]:
    """What is gone through, and the column with the post's id: the words, one place's posts, or every post."""
    joined = " CROSS JOIN post p ON p.id = " if _looks_at_posts(search) else None
    if search.match is not None:
        conditions.add("post_fts MATCH ?", search.match)
        return f"post_fts f{joined}f.rowid" if joined else "post_fts f", "f.rowid"
    if len(search.places) >= 1 and len(search.places[0]) == 1:
        (place_id,) = search.places[0]
        conditions.add("x.place_id = ? AND x.confidence >= ?", place_id, search.min_confidence)
        return f"post_place x{joined}x.post_id" if joined else "post_place x", "x.post_id"
    return "post p", "p.id"


def _looks_at_posts(search: Search) -> bool:
    return bool(search.channels is not None or search.no_channels or search.states or search.media)


def _of_posts(search: Search, conditions: _Conditions, key: str) -> None:
    """What else must hold of each post."""
    if search.unmatched is not None:
        conditions.add(f"{key} NOT IN (SELECT rowid FROM post_fts WHERE post_fts MATCH ?)", search.unmatched)
    gone_through = search.match is None and bool(search.places) and len(search.places[0]) == 1
    for wanted in search.places[1 if gone_through else 0 :]:
        _mentions(conditions, key, wanted, search.min_confidence)
    if search.no_places:
        _mentions(conditions, key, search.no_places, search.min_confidence, not_=True)
    if search.channels is not None:
        conditions.among("p.channel_id", search.channels)
    if search.no_channels:
        conditions.among("p.channel_id", search.no_channels, not_=True)
    for name, holds in search.states:
        conditions.add(f"{'' if holds else 'NOT '}({_STATES[name]})")
    for name, holds in search.media:
        conditions.add(f"{'' if holds else 'NOT '}({_MEDIA[name]})")


def _mentions(
    conditions: _Conditions, key: str, wanted: frozenset[int], sure: float, *, not_: bool = False
) -> None:
    marks = ",".join("?" * len(wanted))
    conditions.add(
        f"{'NOT ' if not_ else ''}EXISTS (SELECT 1 FROM post_place y WHERE y.post_id = {key} "
        f"AND y.place_id IN ({marks}) AND y.confidence >= ?)",
        *sorted(wanted),
        sure,
    )
