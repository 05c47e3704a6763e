"""The map: how often each place was mentioned, and when. The table beside it says the same without a script."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.commands.period import Window
from bot.web import charts, site, stretches
from bot.web.filters import Filters, read
from bot.web.rendering import address, show
from bot.web.views import side_colours, speaker
from storage import mentioned, places
from storage.records import Place

USUAL: Final = 7  # days that are shown where nobody asked for others
_STEPS: Final = 31  # of the slider at most


class Row(NamedTuple):
    """A place of the table."""

    place: Place
    posts: int


def _filters(request: Request) -> Filters:
    return replace(read(request.query_params), query="", states=(), everything=False)


def _shown(db: sqlite3.Connection, filters: Filters) -> list[Place]:
    return [place for place in places.tracked(db) if not filters.places or place.id in filters.places]


async def page(request: Request) -> Response:
    """Places by how often they were mentioned."""
    here = site.of(request)
    filters = _filters(request)
    window = stretches.stretch(filters, here, USUAL)

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        known, among = stretches.heard(db, filters)
        shown = {place.id: place for place in _shown(db, filters)}
        counts = mentioned.by_place(db, shown, (window.start, window.end), among, sure=here.sure)
        rows = [Row(shown[number], posts) for number, (posts,) in counts.items()]
        colours = side_colours(known.values())
        return {
            "filters": filters,
            "window": window,
            "lengths": stretches.lengths(filters, here, USUAL),
            "rows": sorted(rows, key=lambda row: (-row.posts, row.place.name.casefold())),
            "nowhere": sum(row.place.latitude is None for row in rows),
            "quiet": len(shown) - len(rows),
            "sides": [
                (side, colour, side in filters.sides, filters.toggled("sides", side))
                for side, colour in sorted(colours.items())
            ],
            "chosen_channels": [
                (speaker(known[number]), filters.toggled("channels", number))
                for number in filters.channels
                if number in known
            ],
            "chosen_places": [
                (shown[number].name, filters.toggled("places", number))
                for number in filters.places
                if number in shown
            ],
            "tiles": here.settings.web.tiles or "",
            "attribution": here.settings.web.tiles_attribution,
        }

    return await show(request, "map.html", look)


async def data(request: Request) -> Response:
    """The same for the map's script: each place with its numbers, step by step of the slider."""
    here = site.of(request)
    filters = _filters(request)
    window = stretches.stretch(filters, here, USUAL)
    edges = steps(window)

    def look(db: sqlite3.Connection) -> tuple[dict[int, Place], dict[int, list[int]]]:
        _, among = stretches.heard(db, filters)
        shown = {place.id: place for place in _shown(db, filters) if place.latitude is not None}
        return shown, mentioned.by_place(db, shown, edges, among, sure=here.sure)

    shown, counts = await here.store.read(look)
    return JSONResponse(
        {
            "steps": [_called(window, (start, end), here) for start, end in pairwise(edges)],
            "places": [
                {
                    "name": shown[number].name,
                    "region": shown[number].region or "",
                    "at": [shown[number].latitude, shown[number].longitude],
                    "posts": posts,
                    "href": address(request, "place", **{**filters.asked(), "place": number}),
                }
                for number, posts in sorted(counts.items(), key=lambda one: -sum(one[1]))
            ],
        }
    )


def steps(window: Window) -> list[datetime]:
    """The edges of a window, some left out where there are more than a slider has use for."""
    bars = len(window.edges) - 1
    each = -(-bars // _STEPS)
    kept = list(window.edges[:-1:each])
    return [*kept, window.end]


def _called(window: Window, step: tuple[datetime, datetime], here: site.Site) -> str:
    first = charts.label(step[0], window.unit, here.zone)
    later = [edge for edge in window.edges if step[0] < edge < step[1]]
    return f"{first} – {charts.label(later[-1], window.unit, here.zone)}" if later else first
