"""The stream: the newest statements, narrowed by words and filters, with what was not read where it falls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from bot.archive import stream
from bot.archive.finding import remarks
from bot.archive.here import Here, marker
from bot.archive.hits import Hit
from bot.archive.parser import parse
from bot.archive.query import LANGUAGE, QueryError
from bot.errors import Mendable
from bot.web import site
from bot.web.facets import facets
from bot.web.filters import Filters, cursor, read, read_cursor, search_of
from bot.web.rendering import show, words
from bot.web.site import Site
from bot.web.views import Unread, View, speaker, unread, views
from storage import channels
from storage.records import Order

AT_ONCE: Final = 30


class Row(NamedTuple):
    """A line of the stream: a day begins, something was not read, or a statement."""

    day: date | None = None
    gap: Unread | None = None
    view: View | None = None


async def page(request: Request) -> Response:
    """What was said last."""
    here = site.of(request)
    filters = read(request.query_params)
    after = read_cursor(request.query_params.get("after", ""))

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        try:
            search = search_of(db, filters, here)
        except Mendable as problem:
            return {
                "filters": filters,
                "problem": problem.said(words(request)),
                "typed": LANGUAGE,
                "broken": _broken(filters, problem),
            }
        found = stream.page(db, search, here.claims, now=here.now(), limit=AT_ONCE, after=after)
        known = {channel.id: channel for channel in channels.known(db)}
        shown = views(db, found.shown, _marks(db, filters), known, sure=here.sure)
        narrower, counted = facets(db, request, search, filters, known)
        newest = max((view.kept.id for view in shown), default=0)
        return {
            "filters": filters,
            "problem": None,
            "rows": list(_rows(shown, unread(found.gaps), search.order, here)),
            "newest": newest if after is None else None,
            "first_page": after is None,
            "after": None if found.after is None else cursor(found.after),
            "facets": narrower,
            "counted": counted,
            "whole": counted < stream.COUNTED,
            "counted_at_most": stream.COUNTED,
            "remarks": remarks(db, search, found.judged, here.zone),
            "empty": not db.execute("SELECT 1 FROM post LIMIT 1").fetchone(),
            "speaker": speaker,
            "now": here.now(),
        }

    return await show(request, "stream.html", look)


def _broken(filters: Filters, problem: Exception) -> tuple[str, str] | None:
    """The query before and from where it broke on."""
    if not isinstance(problem, QueryError):
        return None
    return filters.query[: problem.at], filters.query[problem.at :]


def _marks(db: sqlite3.Connection, filters: Filters) -> Callable[[str], list[Hit]]:
    return marker(Here.of(db), parse(filters.query).text) if filters.query else lambda _: []


def _rows(shown: Sequence[View], lacking: Sequence[Unread], order: Order, here: Site) -> Iterator[Row]:
    """Statements with the days on which they were said, and what was not read where that falls."""
    if order is Order.RELEVANCE:
        yield from (Row(view=view) for view in shown)
        return
    newest_first = order is Order.NEWEST
    waiting = list(lacking) if newest_first else list(reversed(lacking))
    day = None
    for view in shown:
        at = view.kept.post.posted_at
        while waiting and _comes_before(waiting[0], at, newest_first):
            yield Row(gap=waiting.pop(0))
        local = at.astimezone(here.zone).date()
        if local != day:
            day = local
            yield Row(day=day)
        yield Row(view=view)
    yield from (Row(gap=one) for one in waiting)


def _comes_before(one: Unread, at: datetime, newest_first: bool) -> bool:
    if newest_first:
        return (one.gap.until or datetime.max.replace(tzinfo=UTC)) >= at
    return one.gap.since <= at
