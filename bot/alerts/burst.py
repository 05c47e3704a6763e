"""A place that is mentioned many times more than usual says so, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.digest import usually
from bot.alerts.excerpt import shown
from bot.languages import ENGLISH, Words
from bot.languages.places import called
from storage.records import Delivery, Hour, Watch

FEWEST = 5  # statements in the hour
_SOURCES = 2  # independent ones
_TIMES = 5  # so many times the mean of the same hour of the days before
ONCE_IN = timedelta(hours=6)


def is_burst(hour: Hour) -> bool:
    """Whether far more is said than usual, and by more than one source."""
    return (
        hour.said.statements >= FEWEST
        and hour.said.sources >= _SOURCES
        and hour.said.statements >= _TIMES * _mean(hour)
    )


def may_tell(watch: Watch, told: list[datetime], now: datetime) -> bool:
    """Whether a chat wants to hear of a burst of a place now, and has not lately."""
    muted = watch.muted_until is not None and now < watch.muted_until
    # A clock that was wrong for a while must not silence a place for longer than that.
    lately = any(abs(now - at) < ONCE_IN for at in told)
    return watch.delivery is not Delivery.DIGEST and not muted and not lately


def notice(hour: Hour, now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """One line that asserts nothing: how many, how many usually, and the first of them. HTML."""
    first = f'<a href="{shown(hour.first.link)}">{shown(hour.first.channel.name)}</a>'
    return t(
        "📈 <b>{place}</b>: {statements:.0f} statements in the last hour, usually "
        "{usually}. First: {first} · {when}",
        place=shown(called(hour.place, t).name),
        statements=hour.said.statements,
        usually=usually(_mean(hour), t=t),
        first=first,
        when=moment(now, zone, t=t),
    )


def _mean(hour: Hour) -> float:
    return sum(hour.before) / len(hour.before) if hour.before else 0.0
