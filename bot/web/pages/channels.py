"""The channels: who speaks there, how well each is read, what is missing, and how much it says."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.commands.period import window
from bot.commands.status import delay
from bot.web import charts, site
from bot.web.filters import read
from bot.web.rendering import show
from bot.web.views import side_colours, speaker
from storage import channels, gaps, health, known, mentioned
from storage.records import Channel, ChannelState, Gap

_DAYS: Final = 30
_STALE: Final = timedelta(minutes=30)  # history is read to its end far more often


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A channel."""

    channel: Channel
    name: str
    side: int  # the number of its side's colour
    lag: str
    stale: bool  # it has not been read for long
    gaps: list[Gap]
    missing: int  # message ids that nobody has asked for, between the first and the last that are known
    posts: list[int]  # by day, the last one is today
    spark: list[tuple[float, float, float, float]]


async def page(request: Request) -> Response:
    """Every channel that is followed, those that need somebody's eye first."""
    here = site.of(request)
    filters = read(request.query_params)
    days = window(timedelta(days=_DAYS), here.now(), here.zone)

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        every = channels.followed(db)
        colours = side_colours(channels.known(db))
        shown = [
            channel
            for channel in every
            if (not filters.sides or (channel.side or "") in filters.sides)
            and (not filters.channels or channel.id in filters.channels)
        ]
        posts = mentioned.posts_by_channel(db, [channel.id for channel in shown], days.edges)
        lacking: dict[int, list[Gap]] = {}
        for gap in gaps.unread(db, here.now()):
            lacking.setdefault(gap.channel.id, []).append(gap)
        rows = [_row(db, channel, posts[channel.id], lacking, colours, here.now()) for channel in shown]
        return {
            "rows": sorted(rows, key=lambda row: (not row.gaps and not row.stale, row.name.casefold())),
            "filters": filters,
            "days": [start for start, _ in pairwise(days.edges)],
            "sides": [
                (side, colours[side], side in filters.sides, filters.toggled("sides", side))
                for side in sorted({channel.side for channel in every if channel.side})
            ],
            "State": ChannelState,
            "none": not every,
        }

    return await show(request, "channels.html", look)


def _row(
    db: sqlite3.Connection,
    channel: Channel,
    posts: list[int],
    lacking: dict[int, list[Gap]],
    colours: dict[str, int],
    now: datetime,
) -> Row:
    late = health.lag(db, channel)
    begins = gaps.start_of(db, channel.id)
    missing = known.missing(db, channel.id, begins + 1, channel.cursor) if channel.cursor > begins else []
    return Row(
        channel=channel,
        name=speaker(channel),
        side=colours.get(channel.side or "", 0),
        lag="" if late is None else delay(late),
        stale=channel.read_at is None or now - channel.read_at > _STALE,
        gaps=lacking.get(channel.id, []),
        missing=sum(high - low + 1 for low, high in missing),
        posts=posts,
        spark=charts.spark(posts),
    )
