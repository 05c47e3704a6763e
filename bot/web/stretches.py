"""The stretch of time that a page is about, cut into the bars or steps by which it is told."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.commands.period import Window, window
from bot.languages import N_, Said
from bot.web.declined import Declined
from bot.web.filters import Filters, moment
from bot.web.site import Site
from storage import channels
from storage.records import Channel

_LONGEST: Final = timedelta(days=366 * 12)
_DAY: Final = timedelta(days=1)
_BACKWARDS: Final = Said(N_("The period ends before it begins: “from” must be earlier than “to”."))
_FAR_AWAY: Final = Said(N_("The archive has nothing of a period so far away."))
LENGTHS: Final = (
    (1, N_("1 day")),
    (7, N_("7 days")),
    (30, N_("30 days")),
    (90, N_("90 days")),
    (365, N_("1 year")),
)
"""Days before now that a page offers, and what they are called."""


class Length(NamedTuple):
    """A stretch of time that can be chosen."""

    words: str
    filters: Filters
    chosen: bool


def stretch(filters: Filters, here: Site, usual: int) -> Window:
    """The period of the filters; so many days up to now where they name no beginning. 400 where it ends before it begins."""
    now = here.now()
    until = moment(filters.until, here.zone, end=True) or now
    since = moment(filters.since, here.zone) or until - timedelta(days=usual)
    if until <= since:
        raise Declined(400, _BACKWARDS)
    span = min(until - since, _LONGEST)
    last = until - timedelta(seconds=1) if filters.until else until
    if span > timedelta(days=2):  # a day on which the clock changes is no longer and no shorter
        days = round(span / _DAY) if filters.until or not filters.since else _days(since, now, here.zone)
        span = timedelta(days=max(days, 1))
    try:
        return window(span, last, here.zone)
    except (OverflowError, ValueError):
        raise Declined(400, _FAR_AWAY) from None


def _days(since: datetime, now: datetime, zone: ZoneInfo) -> int:
    return (now.astimezone(zone).date() - since.astimezone(zone).date()).days + 1


def lengths(filters: Filters, here: Site, usual: int, first: datetime | None = None) -> list[Length]:
    """The stretches up to now that a page offers, one of them all from the `first` on; that which is shown is marked."""
    today = here.now().astimezone(here.zone).date()
    found = []
    for days, words in LENGTHS:
        since = "" if days == usual else (today - timedelta(days=days - 1)).isoformat()
        chosen = not filters.until and filters.since == since
        found.append(Length(words, replace(filters, since=since, until=""), chosen))
    if first is not None:
        since = first.astimezone(here.zone).date().isoformat()
        chosen = not filters.until and filters.since == since and not any(one.chosen for one in found)
        found.append(Length("all", replace(filters, since=since, until=""), chosen))
    return found


def narrowed(filters: Filters, unit: str, start: datetime, end: datetime, zone: ZoneInfo) -> Filters:
    """The same filters for one bar alone."""
    begins, ends = start.astimezone(zone), (end - timedelta(seconds=1)).astimezone(zone)
    if unit == "hour":
        return replace(filters, since=begins.isoformat(), until=end.astimezone(zone).isoformat())
    return replace(filters, since=begins.date().isoformat(), until=ends.date().isoformat())


def heard(db: sqlite3.Connection, filters: Filters) -> tuple[dict[int, Channel], frozenset[int] | None]:
    """Every channel that is known by its row, and the rows of those that the filters leave; None where they leave all."""
    known = {channel.id: channel for channel in channels.known(db)}
    if not (filters.sides or filters.channels):
        return known, None
    return known, frozenset(
        number
        for number, channel in known.items()
        if (not filters.sides or (channel.side or "") in filters.sides)
        and (not filters.channels or number in filters.channels)
    )
