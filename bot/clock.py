"""The clock, and the times that people type."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Mendable
from bot.languages import N_

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,6})\s*([mhdw])")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def since(text: str, zone: ZoneInfo, at: datetime) -> datetime:
    """The start of a period as people type it: "7d", "12h", or a date (in the team's zone) or ISO time."""
    if span := _SPAN.fullmatch(text.strip().lower()):
        return at - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Mendable(
            N_(
                "“{text}” is not a time I can read. Give a span like 7d, 12h or 30m, or a date like 2025-11-01."
            ),
            text=text,
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if moment > at:
        raise Mendable(N_("“{text}” lies in the future; history can only be read back."), text=text)
    return moment.astimezone(UTC)
