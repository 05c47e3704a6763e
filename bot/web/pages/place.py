"""One place: how often it was mentioned, when and by whom, what is claimed about it, and how its names are used."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from bot.archive import stream
from bot.commands.period import Window
from bot.languages import N_, Said
from bot.web import charts, claimed, site, stretches
from bot.web.declined import Declined
from bot.web.filters import Filters, read
from bot.web.rendering import address, show
from bot.web.views import View, side_colours, speaker, unread, views
from storage import gaps, mentioned, places, timeline, uses
from storage.records import Channel, MentionKind, Place, Search
from storage.times import posted_at

USUAL: Final = 30  # days that are shown where nobody asked for others
_NEWEST: Final = 5  # statements
_CHANNELS: Final = 8  # that are shown at once
_ROOM: Final = 320  # characters of a statement
_KINDS: Final = {
    MentionKind.NAME: "the place",
    MentionKind.DIRECTION: "direction",
    MentionKind.DISTRICT: "district",
    MentionKind.REGION: "region",
    MentionKind.ADJECTIVE: "adjective",
}
"""What a name was meant to name, in words."""


class Option(NamedTuple):
    """A side or channel by which the page can be narrowed."""

    words: str
    posts: int
    colour: int
    chosen: bool
    filters: Filters


@dataclass(frozen=True, slots=True)
class Named:
    """A name of a place, and how often it was used."""

    text: str
    language: str
    kind: str  # of name; "" for one that is no name of it any more
    active: bool
    years: str
    uses: dict[str, int]  # by what it was meant to name

    @property
    def posts(self) -> int:
        """In how many posts it stands at most: a post that uses it in two ways is in both numbers."""
        return sum(self.uses.values())


async def page(request: Request) -> Response:
    """The place of an address; 404 where there was never one."""
    here = site.of(request)
    filters = replace(read(request.query_params), query="", places=(), states=(), everything=False)
    number = request.path_params["place"]
    window = stretches.stretch(filters, here, USUAL)

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        place = places.by_ids(db, [number]).get(number) if number < 1 << 62 else None
        if place is None:
            raise Declined(404, Said(N_("No such place is tracked.")))
        known, among = stretches.heard(db, filters)
        colours = side_colours(known.values())
        counts = mentioned.by_channel(db, number, window.edges, sure=here.sure)
        sides, speakers = _options(filters, sum(counts, Counter()), known, colours)
        bars = charts.bars(window, _by_side(counts, known, among), colours, here.zone)
        lacking = gaps.unread(db, here.now(), since=window.start, until=window.end)
        if among is not None:
            lacking = [gap for gap in lacking if gap.channel.id in among]
        first = timeline.first(db, number, sure=here.sure)
        newest, shown = _statements(db, first, number, window, known, among, here)
        return {
            "place": place,
            "names": names(place, uses.of_place(db, number)),
            "filters": filters,
            "window": window,
            "lengths": stretches.lengths(
                filters, here, USUAL, first=None if first is None else posted_at(first)
            ),
            "bars": [(bar, _narrower(request, number, filters, window.unit, bar, here)) for bar in bars],
            "most": max((bar.total for bar in bars), default=0),
            "total": sum(bar.total for bar in bars),
            "told_sides": sorted(
                {side for bar in bars for side in bar.counts}, key=lambda side: (not side, side)
            ),
            "colours": colours,
            "height": charts.HEIGHT,
            "ticks": charts.ticks(window, here.zone),
            "strips": charts.strips(window, lacking, here.now()),
            "gaps": unread(lacking),
            "late": _late(timeline.read_since(db), among, window.start),
            "sides": sides,
            "speakers": speakers[:_CHANNELS],
            "more_speakers": [] if filters.channels else speakers[_CHANNELS:],
            "first": shown[first] if first is not None else None,
            "claims": claimed.of_place(db, number, window, here.claims, among, colours, sure=here.sure)
            if here.claims
            else None,
            "claims_read": claimed.READ,
            "newest": [shown[post_id] for post_id in newest],
            "tiles": here.settings.web.tiles or "",
            "attribution": here.settings.web.tiles_attribution,
            "kinds": _KINDS,
            "now": here.now(),
        }

    return await show(request, "place.html", look)


def _by_side(
    counts: Sequence[Counter[int]], known: Mapping[int, Channel], among: frozenset[int] | None
) -> list[dict[str, int]]:
    found = []
    for bar in counts:
        sides: dict[str, int] = {}
        for number, posts in bar.items():
            if among is None or number in among:
                side = known[number].side or ""
                sides[side] = sides.get(side, 0) + posts
        found.append(sides)
    return found


def _options(
    filters: Filters, counts: Counter[int], known: Mapping[int, Channel], colours: Mapping[str, int]
) -> tuple[list[Option], list[Option]]:
    """The sides and the channels that speak of it, the most frequent first."""
    sides: Counter[str] = Counter(dict.fromkeys(filters.sides, 0))
    for number, posts in counts.items():
        if known[number].side:
            sides[known[number].side or ""] += posts
    of_sides = [
        Option(side, posts, colours.get(side, 0), side in filters.sides, filters.toggled("sides", side))
        for side, posts in sides.most_common()
    ]
    rows = {number: counts.get(number, 0) for number in {*counts, *filters.channels} if number in known}
    of_channels = [
        Option(
            speaker(known[number]),
            posts,
            colours.get(known[number].side or "", 0),
            number in filters.channels,
            filters.toggled("channels", number),
        )
        for number, posts in sorted(rows.items(), key=lambda row: (row[0] not in filters.channels, -row[1]))
    ]
    return of_sides, of_channels


def names(place: Place, used: Sequence[uses.Use]) -> list[Named]:
    """The names of a place, the most used first; among them those by which it was found once and is not any more."""
    counts: dict[str, dict[str, int]] = {}
    for use in used:
        counts.setdefault(use.name, {})[use.kind] = use.posts
    found = [
        Named(
            name.text,
            name.language,
            name.kind,
            name.active,
            _years(name.since, name.until),
            counts.pop(name.text, {}),
        )
        for name in {name.text: name for name in sorted(place.names, key=lambda n: n.active)}.values()
    ]
    found += [Named(text, "", "", False, "", kinds) for text, kinds in counts.items()]
    return sorted(found, key=lambda name: (-name.posts, not name.active, name.text.casefold()))


def _years(since: int | None, until: int | None) -> str:
    return "" if since is None and until is None else f"{since or '…'}–{until or ''}"


def _late(
    read_since: Sequence[tuple[Channel, datetime]], among: frozenset[int] | None, start: datetime
) -> list[tuple[str, datetime]]:
    """Channels of which the archive holds nothing from when the stretch begins."""
    late = [
        (speaker(channel), since)
        for channel, since in read_since
        if since > start and (among is None or channel.id in among)
    ]
    return sorted(late, key=lambda one: (one[1], one[0]), reverse=True)


def _narrower(
    request: Request, place_id: int, filters: Filters, unit: str, bar: charts.Bar, here: site.Site
) -> str:
    """Where a bar leads: to its time alone on this page, an hour to the stream."""
    narrowed = stretches.narrowed(filters, unit, bar.start, bar.end, here.zone)
    page = "stream" if unit == "hour" else "place"
    return address(request, page, **{**narrowed.asked(), "place": place_id})


def _statements(
    db: sqlite3.Connection,
    first: int | None,
    place_id: int,
    window: Window,
    known: Mapping[int, Channel],
    among: frozenset[int] | None,
    here: site.Site,
) -> tuple[list[int], dict[int, View]]:
    """The newest statements of a stretch of time, and these and the first one ever as they are shown."""
    search = Search(
        places=(frozenset([place_id]),),
        channels=among,
        since=window.start,
        until=window.end,
        min_confidence=here.sure,
    )
    found = [*stream.page(db, search, None, now=here.now(), limit=_NEWEST).shown]
    newest = [one.kept.id for one in found]
    if first is not None and first not in newest:
        found.append(stream.shown(db, first))
    every = views(db, found, lambda _: [], known, sure=here.sure, room=_ROOM)
    return newest, {view.kept.id: view for view in every}
