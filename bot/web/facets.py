"""What the stream can be narrowed to, with how many of the posts that are found would be left."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote_plus

from starlette.requests import Request

from bot.archive import stream
from bot.languages import N_
from bot.web import site
from bot.web.filters import STATES, Filters
from bot.web.rendering import address
from bot.web.views import side_colours, speaker
from storage import places
from storage.records import Channel, Search

_OPTIONS: Final = 10  # of one filter that are shown at once
_MORE: Final = 30  # that are shown on request: the rest is found by typing


_To = Callable[[str, Any], str]
"""From a filter and one of its values to the address of the stream with it, or without it where it is chosen."""


class Option(NamedTuple):
    """A value by which the stream can be narrowed."""

    words: str
    posts: int
    chosen: bool
    address: str  # of the stream with it, or without it where it is chosen
    side: int = 0


class Facet(NamedTuple):
    """A filter with its values, those that are chosen and the most frequent first."""

    words: str
    options: list[Option]
    more: list[Option]


def facets(
    db: sqlite3.Connection, request: Request, search: Search, filters: Filters, known: Mapping[int, Channel]
) -> tuple[list[Facet], int]:
    """Every filter with its values, and how many posts were counted: `bot.archive.stream.COUNTED` at most."""
    to = _addresses(request, filters)
    total, by_place, by_channel, by_state = stream.counts(
        db, search, site.of(request).claims, [name for name, _ in STATES]
    )
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
            N_("State"),
            [
                Option(words, by_state[name], name in filters.states, to("states", name))
                for name, words in STATES
                if by_state[name] or name in filters.states
            ],
            [],
        ),
        _facet(
            N_("Place"),
            "places",
            filters,
            to,
            {n: (named[n].name, count, 0) for n, count in of_places.items() if n in named},
        ),
        _facet(
            N_("Side"),
            "sides",
            filters,
            to,
            {
                side: (side, count, colours.get(side, 0))
                for side, count in _first(by_side, filters.sides).items()
            },
        ),
        _facet(
            N_("Channel"),
            "channels",
            filters,
            to,
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


def _facet(
    words: str, field: str, filters: Filters, to: _To, found: Mapping[Any, tuple[str, int, int]]
) -> Facet:
    chosen = getattr(filters, field)
    options = [
        Option(name, count, value in chosen, to(field, value), colour)
        for value, (name, count, colour) in found.items()
    ]
    return Facet(words, options[:_OPTIONS], options[_OPTIONS:])


def _addresses(request: Request, filters: Filters) -> _To:
    asked = filters.asked()

    @cache
    def around(key: str) -> tuple[str, str]:
        """The address as far as the last value of a filter, and what follows: most links add one value."""
        at = list(asked).index(key) + 1
        before = address(request, "stream", **dict(list(asked.items())[:at]))
        after = address(request, "stream", **dict(list(asked.items())[at:])).partition("?")[2]
        return f"{before}{'&' if '?' in before else '?'}{key}=", after and f"&{after}"

    def to(field: str, value: Any) -> str:
        if value in getattr(filters, field):
            return address(request, "stream", **filters.toggled(field, value).asked())
        before, after = around(field.removesuffix("s"))
        return f"{before}{quote_plus(str(value))}{after}"

    return to
