"""A page of statements: each once, with those who repeat it, what the team made of it, and what was not read meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from bot.archive.answer import told
from bot.archive.finding import Found, find
from bot.claims import Table
from storage import gaps, reading, repeats, reviews, stories
from storage import search as index
from storage.records import Gap, Handling, Kept, Order, Revision, Search
from storage.repeats import Repeat
from storage.search import After
from storage.times import posted_at

COUNTED: Final = 500
"""So many of the posts that are found are counted by place, channel and state: to count all would keep people waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A statement of a page."""

    kept: Kept
    told: Revision  # the version in which it was found
    first: int  # the story's first post
    repeats: tuple[
        Repeat, ...
    ]  # every post of the story by time, itself among them; () where nobody repeats it
    handling: Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Statements in the order that was asked for."""

    shown: tuple[Shown, ...]
    after: After | None  # where the next page begins; None where this is the last one
    judged: Found  # what was left out where claims were asked for
    gaps: tuple[Gap, ...]  # what was not read of the time that is shown, the newest first


def page(
    db: sqlite3.Connection,
    search: Search,
    table: Table | None,
    *,
    now: datetime,
    limit: int,
    after: After | None = None,
) -> Page:
    """At most `limit` statements; of posts that are one statement, the first of those that are found stands for all."""
    chosen: list[After] = []
    last, more, judged = after, True, Found([])
    while more and len(chosen) < limit:
        judged = find(db, search, table, limit=limit + 1, after=last)
        batch = judged.hits
        more = len(batch) > limit
        for hit, leads in _leading(db, search, batch[:limit]):
            if leads and len(chosen) == limit:
                more = True
                break
            last = hit
            if leads:
                chosen.append(hit)
    return Page(
        shown=tuple(_filled(db, chosen)),
        after=last if more else None,
        judged=judged,
        gaps=_unread(db, search, chosen, now, begins=after is None, ends=not more),
    )


def _leading(db: sqlite3.Connection, search: Search, hits: Sequence[After]) -> Iterator[tuple[After, bool]]:
    """Each hit, and whether none of those that are one statement with it and came before it is found as well."""
    earlier = repeats.before(db, [hit.post_id for hit in hits])
    found = index.among(db, search, frozenset().union(*earlier.values()))
    return ((hit, not earlier.get(hit.post_id, frozenset()) & found) for hit in hits)


def _filled(db: sqlite3.Connection, hits: Sequence[After]) -> Iterator[Shown]:
    kept = {one.id: one for one in reading.kept_by_ids(db, [hit.post_id for hit in hits])}
    firsts = {hit.post_id: stories.first_of(db, hit.post_id) for hit in hits}
    every = repeats.of_stories(db, firsts.values())
    handled = reviews.handling(db, firsts.values())
    for hit in hits:
        if hit.post_id in kept:
            first = firsts[hit.post_id]
            yield Shown(
                kept=kept[hit.post_id],
                told=told(kept[hit.post_id], hit),
                first=first,
                repeats=every.get(first, ()),
                handling=handled[first],
            )


def shown(db: sqlite3.Connection, post_id: int) -> Shown:
    """One post as a page shows it; KeyError where there is none."""
    for one in _filled(db, [After(post_id)]) if reading.kept_by_ids(db, [post_id]) else ():
        return one
    raise KeyError(post_id)


def _unread(
    db: sqlite3.Connection, search: Search, hits: Sequence[After], now: datetime, *, begins: bool, ends: bool
) -> tuple[Gap, ...]:
    """What was not read between the first and the last of these posts, and beyond them where nothing else is shown."""
    if search.order is Order.RELEVANCE or (not hits and not (begins and ends)):
        return ()
    times = sorted(posted_at(hit.post_id) for hit in (*hits[:1], *hits[-1:]))
    newest_first = search.order is Order.NEWEST
    open_since, open_until = (ends, begins) if newest_first else (begins, ends)
    since = search.since if open_since or not times else times[0]
    until = search.until if open_until or not times else times[-1]
    wanted = search.channels
    found = [
        gap
        for gap in gaps.unread(db, now, since=since, until=until)
        if (wanted is None or gap.channel.id in wanted) and gap.channel.id not in search.no_channels
    ]
    return tuple(sorted(found, key=lambda gap: gap.until or now, reverse=True))


def counts(
    db: sqlite3.Connection, search: Search, table: Table | None, states: Sequence[str]
) -> tuple[int, dict[int, int], dict[int, int], dict[str, int]]:
    """How many of the first `COUNTED` posts there are: all, by place, by channel and in each of those states."""
    if search.claims and table is not None:
        hits = find(db, search, table, limit=COUNTED).hits
    else:
        hits = list(islice(index.stream(db, search), COUNTED))
    by_place, by_channel, by_state = index.counted(
        db, [hit.post_id for hit in hits], sure=search.min_confidence, states=states
    )
    return len(hits), by_place, by_channel, by_state


def newer(db: sqlite3.Connection, search: Search, table: Table | None, post_id: int, *, most: int) -> int:
    """How many statements there are that were posted after a post, as far as `most`."""
    found = find(db, replace(search, order=Order.NEWEST), table, limit=most)
    new = [hit for hit in found.hits if hit.post_id > post_id]
    return sum(leads for _, leads in _leading(db, search, new)) if new else 0
