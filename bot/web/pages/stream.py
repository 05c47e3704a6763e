"""The stream: the newest statements, narrowed by words and filters, with what was not read where it falls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from bot.web.filters import STATES, Filters, cursor, read, read_cursor, search_of
from bot.web.rendering import show
from bot.web.site import Site
from bot.web.views import Unread, View, side_colours, speaker, unread, views
from storage import channels, places
from storage.records import Channel, Order, Search

AT_ONCE: Final = 30
_OPTIONS: Final = 10  # of one filter that are shown at once
_MORE: Final = 30  # that are shown on request: the rest is found by typing


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
        known = {channel.id: channel for channel in channels.known(db)}
        shown = views(db, found.shown, _marks(db, filters), known, sure=here.sure)
        facets, counted = _facets(db, search, filters, here, known)
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


def _facets(
    db: sqlite3.Connection, search: Search, filters: Filters, here: Site, known: Mapping[int, Channel]
) -> tuple[list[Facet], int]:
    """What the stream can be narrowed to, with how many of the posts that are found would be left."""
    total, by_place, by_channel, by_state = stream.counts(db, search, here.claims)
    colours = side_colours(known.values())
    by_side: dict[str, int] = {}
    for number, count in by_channel.items():
        side = known[number].side if number in known else None
        if side:
            by_side[side] = by_side.get(side, 0) + count
    of_places = _first(by_place, filters.places)
    named = places.by_ids(db, of_places)
    return [
        Facet(
            "State",
            [
                Option(words, by_state[name], name in filters.states, filters.toggled("states", name))
                for name, words in STATES
                if by_state[name] or name in filters.states
            ],
            [],
        ),
        _facet(
            "Place",
            "places",
            filters,
            {n: (named[n].name, count, 0) for n, count in of_places.items() if n in named},
        ),
        _facet(
            "Side",
            "sides",
            filters,
            {
                side: (side, count, colours.get(side, 0))
                for side, count in _first(by_side, filters.sides).items()
            },
        ),
        _facet(
            "Channel",
            "channels",
            filters,
            {
                n: (speaker(known[n]), count, colours.get(known[n].side or "", 0))
                for n, count in _first(by_channel, filters.channels).items()
                if n in known
            },
        ),
    ], total


def _first(counts: Mapping[Any, int], chosen: Sequence[Any]) -> dict[Any, int]:
    """What is chosen, and of the rest what is found most often."""
    wanted = {one: counts.get(one, 0) for one in chosen}
    rest = sorted(counts.items(), key=lambda one: -one[1])[: _OPTIONS + _MORE]
    return {**wanted, **{one: count for one, count in rest if one not in wanted}}


def _facet(words: str, field: str, filters: Filters, found: Mapping[Any, tuple[str, int, int]]) -> Facet:
    chosen = getattr(filters, field)
    options = [
        Option(name, count, value in chosen, filters.toggled(field, value), colour)
        for value, (name, count, colour) in found.items()
    ]
    return Facet(words, options[:_OPTIONS], options[_OPTIONS:])
