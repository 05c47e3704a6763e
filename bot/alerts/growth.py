"""The line by which an alert grows: who else has carried the statement since, how soon, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from bot.alerts.excerpt import in_line
from storage.records import Joined

NAMED = 5  # further copies are only counted
_TITLE = 60  # UTF-16 units of a channel's name: one title never fills the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A later post of a story, as the alert names it."""

    name: str  # @username, or the channel's title
    how: Joined
    posted_at: datetime
    link: str | None = None
    deleted: bool = False


def growth(repeats: Sequence[Repeat], first_at: datetime) -> str | None:
    """Give «Also: @b +6 min (forward) · @c +31 min (copy) · +37 more» as HTML; None where there is nothing to add.

    The earliest are named. An original that came after its forward is told apart, as the first.
    """
    told = [repeat for repeat in repeats if repeat.how is not Joined.ORIGINAL]
    if not told:
        return None
    told.sort(key=lambda repeat: (repeat.posted_at, repeat.name))
    named = [
        f"{_linked(repeat)} {later(repeat.posted_at - first_at)} ({repeat.how}{', deleted' if repeat.deleted else ''})"
        for repeat in told[:NAMED]
    ]
    more = [f"+{len(told) - NAMED} more"] if len(told) > NAMED else []
    return "Also: " + " · ".join(named + more)


def later(after: timedelta) -> str:
    """Give a distance in time as people say it: «+40 s», «+6 min», «+2 h 05 min», «+3 d»; «−6 min» for before."""
    sign = "−" if after < timedelta(0) else "+"
    seconds = int(abs(after).total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return f"{sign}{days} d"
    if hours:
        return f"{sign}{hours} h {minutes % 60:02d} min"
    return f"{sign}{minutes} min" if minutes else f"{sign}{seconds} s"


def _linked(repeat: Repeat) -> str:
    name = in_line(repeat.name, _TITLE, "a channel")
    return f'<a href="{escape(repeat.link)}">{name}</a>' if repeat.link else name
