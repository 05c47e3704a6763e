"""Lengths of time as people type them, and the stretches of local time that a history is told by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.errors import Mendable
from bot.languages import ENGLISH, Words

_HOURS: Final = {"h": 1, "ч": 1, "d": 24, "д": 24, "w": 168, "m": 720, "y": 8760}
_SPAN = re.compile(r"(\d{1,5})([hчdдwmy])", re.IGNORECASE)
_LONGEST = timedelta(days=2190)  # as many months fit into one message


def read_span(word: str) -> timedelta | None:
    """The length that "12h", "7d", "2w", "3m" or "1y" stands for, six years at most; None where it is none."""
    found = _SPAN.fullmatch(word)
    if found is None or int(found[1]) == 0:
        return None
    return min(timedelta(hours=int(found[1]) * _HOURS[found[2].lower()]), _LONGEST)


def place_and_span(argument: str, otherwise: timedelta, *, t: Words = ENGLISH) -> tuple[str, timedelta]:
    """Read "Stara Zburivka 7d" as a name and a length of time; Mendable where "0d" or "7 days" ends it."""
    rest, _, last = argument.rpartition(" ")
    span = read_span(last)
    if span is None and rest and re.search(r"\d", argument):
        raise Mendable(
            t(
                "I can't read a length of time in “{argument}”. Write it as 12h, 7d, 2w, 3m or 1y.",
                argument=argument[:100],
            )
        )
    return (argument, otherwise) if span is None else (rest.strip(), span)


def written(span: timedelta) -> str:
    """The length as people type it."""
    hours = round(span.total_seconds() / 3600)
    return f"{hours}h" if hours % 24 else f"{hours // 24}d"


def in_words(span: timedelta, *, t: Words = ENGLISH) -> str:
    """The length in a sentence: "24 hours", "7 days"."""
    hours = round(span.total_seconds() / 3600)
    if hours % 24 or hours == 24:
        return t.many("hour", "{number} hours", hours)
    return t.many("{number} days", "{number} days", hours // 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time, cut where the team's clock says so."""

    unit: str  # "hour", "day", "week" or "month"
    span: timedelta
    edges: tuple[datetime, ...]  # UTC; each bar is from one to the next

    @property
    def start(self) -> datetime:
        """Where it begins: the start of an hour, day, week or month of the team's."""
        return self.edges[0]

    @property
    def end(self) -> datetime:
        """The first moment that is not in it."""
        return self.edges[-1]

    @property
    def before(self) -> datetime:
        """A moment that ends the stretch before this one."""
        return self.start - timedelta(seconds=1)

    @property
    def after(self) -> datetime:
        """A moment that ends the stretch after this one, also where the clock is put back or forward in between."""
        slack = timedelta(seconds=1) if self.unit == "hour" else timedelta(hours=3)
        return self.end + (self.end - self.start) - slack


def window(span: timedelta, end: datetime, zone: ZoneInfo) -> Window:
    """The stretch of about `span` before `end`: by the hour up to 2 days, then day, week (over 90 days), month.

    The unit in which `end` lies is in it as a whole, and counts: "7d" are this day and the six before. Hours are
    real hours, 23 to 25 of them a local day; days, weeks and months begin at local midnight, however long they are.
    """
    local = end.astimezone(zone)
    if span <= timedelta(days=2):
        hours = max(1, round(span.total_seconds() / 3600))
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        last = end.astimezone(UTC) - past
        edges = [last + timedelta(hours=n) for n in range(1 - hours, 2)]
        return Window(unit="hour", span=span, edges=tuple(edges))
    unit = "day" if span <= timedelta(days=90) else "week" if span <= timedelta(days=548) else "month"
    day = local.date()
    if unit == "week":
        day -= timedelta(days=day.weekday())
    elif unit == "month":
        day = day.replace(day=1)
    days = [_step(day, unit, 1), day]
    while days[0] - days[-1] < span:
        days.append(_step(days[-1], unit, -1))
    midnights = [datetime.combine(d, time(), tzinfo=zone).astimezone(UTC) for d in reversed(days)]
    return Window(unit=unit, span=span, edges=tuple(midnights))


def _step(day: date, unit: str, by: int) -> date:
    """The next (1) or the previous (-1) first day of a unit."""
    if unit == "month":
        months = day.year * 12 + day.month - 1 + by
        return date(months // 12, months % 12 + 1, 1)
    return day + by * timedelta(days=7 if unit == "week" else 1)
