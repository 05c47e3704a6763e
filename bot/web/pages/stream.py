"""The stream: the newest statements, narrowed by words and filters, with what was not read where it falls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.archive import stream
from bot.archive.finding import remarks
from bot.archive.here import Here, marker
from bot.archive.hits import Hit
from bot.archive.parser import parse
from bot.archive.query import LANGUAGE, QueryError
from bot.errors import Mendable
from bot.web import site
from bot.web.filters import STATES, Filters, cursor, read, read_cursor, search_of
from bot.web.rendering import show
from bot.web.site import Site
from bot.web.views import Unread, View, side_colours, speaker, unread, views
from storage import channels, places
from storage.records import Channel, Order, Place, Search

AT_ONCE: Final = 30
_ANNOUNCED: Final = 50  # new statements that are counted
_OPTIONS: Final = 12  # of one filter that are shown at once


class Row(NamedTuple):
    """A line of the stream: a day begins, something was not read, or a statement."""

    day: date | None = None
    gap: Unread | None = None
    view: View | None = None


class Option(NamedTuple):
    """A value by which the stream can be narrowed."""

    words: str
    posts: int
    chosen: bool
    filters: Filters  # with it, or without it where it is chosen
    side: int = 0


class Facet(NamedTuple):
    """A filter with its values, those that are chosen and the most frequent first."""

    words: str
    options: list[Option]
    more: list[Option]


async def page(request: Request) -> Response:
    """What was said last."""
    here = site.of(request)
    filters = read(request.query_params)
    after = read_cursor(request.query_params.get("after", ""))

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        try:
            search = search_of(db, filters, here)
        except (QueryError, Mendable) as problem:
            return {
                "filters": filters,
                "problem": problem,
                "typed": LANGUAGE,
                "broken": _broken(filters, problem),
            }
        found = stream.page(db, search, here.claims, now=here.now(), limit=AT_ONCE, after=after)
        shown = views(db, found.shown, _marks(db, filters), sure=here.sure)
        facets, counted = _facets(db, search, filters, here)
        newest = max((view.kept.id for view in shown), default=0)
        return {
            "filters": filters,
            "problem": None,
            "rows": list(_rows(shown, unread(found.gaps), search.order, here)),
            "newest": newest if after is None else None,
            "first_page": after is None,
            "after": None if found.after is None else cursor(found.after),
            "facets": facets,
            "counted": counted,
            "whole": counted < stream.COUNTED,
            "counted_at_most": stream.COUNTED,
            "remarks": remarks(db, search, found.judged, here.zone),
            "empty": not db.execute("SELECT 1 FROM post LIMIT 1").fetchone(),
            "speaker": speaker,
            "now": here.now(),
        }

    return await show(request, "stream.html", look)


async def new(request: Request) -> Response:
    """How many statements there are that were said after the newest one that a page shows."""
    here = site.of(request)
    filters = read(request.query_params)
    after = read_cursor(request.query_params.get("after", "0"))

    def look(db: sqlite3.Connection) -> int:
        search = search_of(db, filters, here)
        return stream.newer(db, search, here.claims, after.post_id if after else 0, most=_ANNOUNCED)

    count = await here.store.read(look)
    return JSONResponse({"count": count, "more": count >= _ANNOUNCED})


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


def _facets(db: sqlite3.Connection, search: Search, filters: Filters, here: Site) -> tuple[list[Facet], int]:
    """What the stream can be narrowed to, with how many of the posts that are found would be left."""
    total, by_place, by_channel, by_state = stream.counts(db, search, here.claims)
    tracked = places.by_ids(db, {*by_place, *filters.places})
    known = {channel.id: channel for channel in channels.known(db)}
    return [
        _facet("State", [_state(filters, name, words, by_state[name]) for name, words in STATES]),
        _facet("Place", _of_places(filters, by_place, tracked)),
        _facet("Side", _of_sides(filters, by_channel, known)),
        _facet("Channel", _of_channels(filters, by_channel, known)),
    ], total


def _state(filters: Filters, name: str, words: str, count: int) -> Option:
    return Option(words, count, name in filters.states, filters.toggled("states", name))


def _of_places(filters: Filters, counts: dict[int, int], known: dict[int, Place]) -> list[Option]:
    return [
        Option(place.name, counts.get(number, 0), number in filters.places, filters.toggled("places", number))
        for number, place in known.items()
    ]


def _of_channels(filters: Filters, counts: dict[int, int], known: dict[int, Channel]) -> list[Option]:
    colours = side_colours(known.values())
    return [
        Option(
            speaker(known[number]),
            counts.get(number, 0),
            number in filters.channels,
            filters.toggled("channels", number),
            colours.get(known[number].side or "", 0),
        )
        for number in {*counts, *filters.channels}
        if number in known
    ]


def _of_sides(filters: Filters, counts: dict[int, int], known: dict[int, Channel]) -> list[Option]:
    colours = side_colours(known.values())
    sums = dict.fromkeys(filters.sides, 0)
    for number, count in counts.items():
        side = known[number].side if number in known else None
        if side:
            sums[side] = sums.get(side, 0) + count
    return [
        Option(side, count, side in filters.sides, filters.toggled("sides", side), colours.get(side, 0))
        for side, count in sums.items()
    ]


def _facet(words: str, options: list[Option]) -> Facet:
    there = [one for one in options if one.posts or one.chosen]
    if words != "State":
        there.sort(key=lambda one: (not one.chosen, -one.posts, one.words.casefold()))
    return Facet(words, there[:_OPTIONS], there[_OPTIONS:])


def without(filters: Filters) -> Filters:
    """Nothing is left out but what mentions no place."""
    return replace(Filters(), everything=filters.everything)
