"""The line by which an alert grows: who else has carried the statement since, how soon, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from bot.alerts.excerpt import in_line
from bot.languages import ENGLISH, Words
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


def growth(repeats: Sequence[Repeat], first_at: datetime, *, t: Words = ENGLISH) -> str | None:
    """Give «Also: @b +6 min (forward) · @c +31 min (copy) · +37 more» as HTML; None where there is nothing to add.

    The earliest are named. An original that came after its forward is told apart, as the first.
    """
    told = [repeat for repeat in repeats if repeat.how is not Joined.ORIGINAL]
    if not told:
        return None
    told.sort(key=lambda repeat: (repeat.posted_at, repeat.name))
    gone = t(", deleted")
    named = [
        f"{_linked(repeat, t=t)} {later(repeat.posted_at - first_at, t=t)} "
        f"({t(repeat.how.value)}{gone if repeat.deleted else ''})"
        for repeat in told[:NAMED]
    ]
    more = [t("+{more} more", more=len(told) - NAMED)] if len(told) > NAMED else []
    return t("Also: ") + " · ".join(named + more)


def later(after: timedelta, *, t: Words = ENGLISH) -> str:
    """Give a distance in time as people say it: «+40 s», «+6 min», «+2 h 05 min», «+3 d»; «−6 min» for before."""
    sign = "−" if after < timedelta(0) else "+"
    seconds = int(abs(after).total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return t("{sign}{days} d", sign=sign, days=days)
    if hours:
        return t("{sign}{hours} h {minutes:02d} min", sign=sign, hours=hours, minutes=minutes % 60)
    return (
        t("{sign}{minutes} min", sign=sign, minutes=minutes)
        if minutes
        else t("{sign}{seconds} s", sign=sign, seconds=seconds)
    )


def _linked(repeat: Repeat, *, t: Words = ENGLISH) -> str:
    name = in_line(repeat.name, _TITLE, t("a channel"))
    return f'<a href="{escape(repeat.link)}">{name}</a>' if repeat.link else name
