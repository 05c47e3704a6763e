"""Many alerts in few messages: what was waiting after an absence, quiet hours or a pause. Each is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.measure import units

_LIMIT = 3900  # UTF-16 units: Telegram's 4,096, less what the head takes


def summaries(briefs: Sequence[str], now: datetime, zone: ZoneInfo) -> list[str]:
    """As few messages as hold every brief (one line of HTML each), in their order."""
    pages: list[list[str]] = [[]]
    room = _LIMIT
    for brief in briefs:
        size = units(brief) + 1
        if size > room and pages[-1]:
            pages.append([])
            room = _LIMIT
        pages[-1].append(brief)
        room -= size
    heads = [f"<b>{len(briefs)} statements</b> that waited, told {escape(moment(now, zone))}"] + [
        f"<b>continued</b>, {number} of {len(pages)}" for number in range(2, len(pages) + 1)
    ]
    return ["\n".join([head, *page]) for head, page in zip(heads, pages, strict=True)]
