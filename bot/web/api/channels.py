"""Channels, and what was not read of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from bot.web.api import making, shapes
from bot.web.api.call import Given
from storage import channels, gaps, health
from storage.records import Channel, Gap


def _channel(db: sqlite3.Connection, channel: Channel, lacking: Iterable[Gap]) -> shapes.Channel:
    lag = health.lag(db, channel)
    return shapes.Channel(
        id=channel.id,
        name=channel.name,
        title=channel.title,
        telegram_id=channel.telegram_id,
        label=channel.label,
        side=channel.side,
        standing=channel.standing,
        owner=channel.owner,
        state=channel.state,
        problem=channel.problem,
        priority=channel.priority,
        joined=channel.joined,
        added_at=channel.added_at,
        read_at=channel.read_at,
        posted_at=channel.posted_at,
        lag_seconds=None if lag is None else lag.total_seconds(),
        gaps=tuple(making.gap(one) for one in lacking if one.channel.id == channel.id),
    )


async def every(given: Given) -> shapes.Channels:
    """Every channel that is followed."""
    now = given.site.now()

    def read(db: sqlite3.Connection) -> shapes.Channels:
        lacking = gaps.unread(db, now)
        return shapes.Channels(channels=tuple(_channel(db, one, lacking) for one in channels.followed(db)))

    return await given.site.store.read(read)


async def one(given: Given) -> shapes.Channel:
    """A channel, followed now or once."""
    now = given.site.now()
    return await given.site.store.read(
        lambda db: _channel(db, channels.by_id(db, given.number), gaps.unread(db, now))
    )
