"""Posts for which all of a search holds, in the order of time or of relevance.

Words are looked for in what a post says now and in each of its earlier versions: one version must have them all.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Final, NamedTuple

from storage import earlier
from storage.records import Order, Search
from storage.times import first_id, posted_at

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
    "irrelevant": f"EXISTS ({_REVIEW} AND r.state = 'not relevant')",
    "noted": f"EXISTS (SELECT 1 FROM note n WHERE n.post_id = {_FIRST})",
    "assigned": f"EXISTS (SELECT 1 FROM assignment n WHERE n.post_id = {_FIRST} AND n.assignee IS NOT NULL)",
    "mentions": "EXISTS (SELECT 1 FROM post_place x WHERE x.post_id = p.id)",
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


RANKED: Final = 4_000
"""By relevance, so many of the newest posts that are found are ranked: to weigh every one takes too long."""
_FEW: Final = (
    20_000  # posts of channels: so many are held against the words faster than every hit is looked up
)


class After(NamedTuple):
    """A post that is found; a page ends with one, and the next page begins after it."""

    post_id: int
    rank: float = 0  # only by relevance; the lower the better
    version: int | None = (
        None  # the earlier revision in which the words stand; None: in what the post says now
    )


def ids(db: sqlite3.Connection, search: Search, *, limit: int, after: After | None = None) -> list[int]:
    """Row ids of the posts that are found, in their order; `after` is the last one of the page before."""
    return [hit.post_id for hit in page(db, search, limit=limit, after=after)]


def page(db: sqlite3.Connection, search: Search, *, limit: int, after: After | None = None) -> list[After]:
    """A page of what is found; its last item is where the next page begins."""
    return list(islice(stream(db, search, after), limit))


def count(db: sqlite3.Connection, search: Search, *, most: int) -> int:
    """How many posts are found, as far as `most`."""
    return sum(1 for _ in islice(_by_time(db, search, None), most))


def among(db: sqlite3.Connection, search: Search, post_ids: Iterable[int]) -> set[int]:
    """Those of the posts for which all of a search holds, its claims left aside."""
    wanted = frozenset(post_ids)
    if not wanted:
        return set()
    return {hit.post_id for hit in _by_time(db, replace(search, only=wanted), None)}


def counted(
    db: sqlite3.Connection, post_ids: Iterable[int], *, sure: float, states: Sequence[str]
) -> tuple[dict[int, int], dict[int, int], dict[str, int]]:
    """How many of the posts there are by place, by channel and in each of those states."""
    ids = (json.dumps(list(post_ids)),)
    these = "(SELECT value FROM json_each(?))"
    by_place = db.execute(
        f"SELECT place_id, count(*) FROM post_place WHERE post_id IN {these} AND confidence >= ? GROUP BY 1",
        (*ids, sure),
    )
    by_channel = db.execute(f"SELECT channel_id, count(*) FROM post WHERE id IN {these} GROUP BY 1", ids)
    sums = ", ".join(f"coalesce(sum({_STATES[name]}), 0)" for name in states)
    of_states = db.execute(f"SELECT {sums} FROM post p WHERE p.id IN {these}", ids).fetchone()
    return dict(by_place.fetchall()), dict(by_channel.fetchall()), dict(zip(states, of_states, strict=True))


def ranked_since(db: sqlite3.Connection, search: Search) -> datetime | None:
    """The time of the oldest post that takes part in the order of relevance; None where all of them do."""
    if not _by_relevance(search):
        return None
    oldest = next(islice(_by_time(db, search, None), RANKED - 1, None), None)
    return None if oldest is None else posted_at(oldest.post_id)


def stream(db: sqlite3.Connection, search: Search, after: After | None = None) -> Iterator[After]:
    """Everything that is found, one by one in its order, each post once."""
    if not _by_relevance(search):
        return _by_time(db, search, after)
    best = sorted(_ranked(db, search), key=_order)
    # The rank of a post is the same number each time: nothing is lost or repeated between pages.
    first = 0 if after is None else bisect_right(best, _order(after), key=_order)
    return iter(best[first:])


def _ranked(db: sqlite3.Connection, search: Search) -> list[After]:
    """The newest posts that are found, `RANKED` at most, as `_by_time` gives them: many, so each costs little here."""
    few = _few(db, search)
    found: dict[int, tuple[float, int | None]] = {}
    for row, rank in _rows(db, search, _PAST, None, True, few):
        post_id, number = earlier.revision_of(row)
        if post_id not in found:  # the newest revision comes first
            if len(found) == RANKED:
                break
            found[post_id] = rank, number
    for post_id, rank in islice(_rows(db, search, _NOW, None, True, few), RANKED):
        found[post_id] = rank, None
    return [After(post_id, *found[post_id]) for post_id in sorted(found, reverse=True)[:RANKED]]


def _order(hit: After) -> tuple[float, int]:
    return hit.rank, -hit.post_id


def _by_relevance(search: Search) -> bool:
    return search.order is Order.RELEVANCE and search.match is not None


def _by_time(db: sqlite3.Connection, search: Search, after: After | None) -> Iterator[After]:
    """Posts in the order of time; what one says now comes before what it said."""
    few = _few(db, search)
    now = (After(post_id) for post_id, _ in _rows(db, search, _NOW, after, False, few))
    if search.match is None:
        return now
    past = (
        After(post_id, version=number)
        for row, _ in _rows(db, search, _PAST, after, False, few)
        for post_id, number in [earlier.revision_of(row)]
    )
    newest_first = search.order is not Order.OLDEST
    merged = heapq.merge(now, past, key=_post_id, reverse=newest_first)
    return (next(same) for _, same in groupby(merged, key=_post_id))


_post_id = attrgetter("post_id")


class _Index(NamedTuple):
    """One of the two indexes of words."""

    table: str
    words: str  # its vocabulary
    post_id: str  # from its row
    bits: int  # of its rows, below the post's id


_NOW: Final = _Index("post_fts", "post_word", "f.rowid", 0)
_PAST: Final = _Index("earlier_fts", "earlier_word", f"(f.rowid >> {earlier.BITS})", earlier.BITS)


def _rows(
    db: sqlite3.Connection, search: Search, index: _Index, after: After | None, ranks: bool, few: bool
) -> Iterator[tuple[int, float]]:
    """(row, rank) of an index, or (post, 0) where no words are looked for; `few`: the channels' posts are."""
    conditions = _Conditions()
    if few and search.channels is not None:
        marks = ",".join("?" * len(search.channels))
        among = f"SELECT id FROM post WHERE channel_id IN ({marks})"
        conditions.add(f"+{index.post_id} IN ({among})", *sorted(search.channels))
        search = replace(search, channels=None)
    table, row, key = _table(search, index, conditions)
    oldest_first = search.order is Order.OLDEST
    bits = index.bits
    if after is not None and oldest_first:
        conditions.add(f"{row} >= ?", (after.post_id + 1) << bits)
    elif after is not None:
        conditions.add(f"{row} < ?", after.post_id << bits)
    if search.only is not None:
        # The index of words is gone through between the first and the last of them, not asked for each.
        conditions.add(f"{row} >= ?", min(search.only) << bits)
        conditions.add(f"{row} < ?", (max(search.only) + 1) << bits)
        conditions.among(key if search.match is None else f"+{key}", search.only)
    if search.since is not None:
        conditions.add(f"{row} >= ?", first_id(search.since) << bits)
    if search.until is not None:
        conditions.add(f"{row} < ?", first_id(search.until) << bits)
    _of_posts(search, conditions, key)
    return db.execute(
        f"SELECT {row}, {'f.rank' if ranks else '0'} FROM {table} WHERE {' AND '.join(conditions.sql) or '1'} "
        f"ORDER BY {row} {'' if oldest_first else 'DESC'}",
        conditions.values,
    )


def _few(db: sqlite3.Connection, search: Search) -> bool:
    return search.channels is not None and search.match is not None and _are_few(db, search.channels)


def _are_few(db: sqlite3.Connection, channels: Iterable[int]) -> bool:
    wanted = sorted(channels)
    marks = ",".join("?" * len(wanted))
    (posts,) = db.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM post WHERE channel_id IN ({marks}) LIMIT {_FEW + 1})", wanted
    ).fetchone()
    return int(posts) <= _FEW


def standing(db: sqlite3.Connection, forms: Iterable[str]) -> frozenset[str]:
    """Those of the folded words that stand in some post; of several in a row, where each does.

    A guessed form that stands nowhere would take as long in every search as one that does. From each form the
    vocabulary is asked for its next word, so that all the forms before that one are passed over together.
    """
    wanted = sorted({part for form in forms for part in form.split(" ")})
    there = _walk(db, _NOW.words, wanted) | _walk(db, _PAST.words, wanted)
    return frozenset(form for form in forms if there.issuperset(form.split(" ")))


def _walk(db: sqlite3.Connection, words: str, wanted: list[str]) -> set[str]:
    found: set[str] = set()
    at = 0
    while at < len(wanted):
        row = db.execute(f"SELECT term FROM {words} WHERE term >= ? LIMIT 1", (wanted[at],)).fetchone()
        if row is None:
            break
        at = bisect_left(wanted, row[0])
        if at < len(wanted) and wanted[at] == row[0]:
            found.add(row[0])
            at += 1
    return found


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


def _table(search: Search, index: _Index, conditions: _Conditions) -> tuple[str, str, str]:
    """What is gone through (the words, one place's posts, or every post), its row, and the post's id."""
    joined = " CROSS JOIN post p ON p.id = " if _looks_at_posts(search) else None
    if search.match is not None:
        conditions.add(f"{index.table} MATCH ?", search.match)
        return (
            f"{index.table} f{joined}{index.post_id}" if joined else f"{index.table} f",
            "f.rowid",
            index.post_id,
        )
    if len(search.places) >= 1 and len(search.places[0]) == 1:
        (place_id,) = search.places[0]
        conditions.add("x.place_id = ? AND x.confidence >= ?", place_id, search.min_confidence)
        return f"post_place x{joined}x.post_id" if joined else "post_place x", "x.post_id", "x.post_id"
    return "post p", "p.id", "p.id"


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
