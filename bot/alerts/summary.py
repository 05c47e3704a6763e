"""Many alerts in few messages: what was waiting after an absence, quiet hours or a pause. Each is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.excerpt import opening
from bot.alerts.measure import bare, formats, visible
from bot.languages import ENGLISH, NN_, Words
from storage.records import OwedKind, Waiting

_LIMIT = 3900  # UTF-16 units: Telegram's 4,096, less what the head takes
_FORMATS = 90  # stretches of formatting: Telegram's 100, less what the head takes; links beyond would be lost

_MESSAGES = NN_(
    "<b>{number} messages</b> that waited, told {when}", "<b>{number} messages</b> that waited, told {when}"
)
_STATEMENTS = NN_(
    "<b>{number} statements</b> that waited, told {when}",
    "<b>{number} statements</b> that waited, told {when}",
)


class Page(NamedTuple):
    """One message of a summary, and how many of the lines it holds."""

    html: str
    lines: int


def together(
    waiting: Sequence[Waiting], *, released: datetime | None, most: int, old_before: datetime
) -> list[list[Waiting]]:
    """Which of a chat's unsent messages come as one summary, by topic; what is left out comes as itself.

    All alerts, where more than `most` wait; those about what was said before `old_before`; and what was owed before
    `released`, when a pause or quiet hours ended. Nothing is summed up that would stand alone: an alert and
    what is said in reply to it are one.
    """
    alerts = [one for one in waiting if one.kind is not OwedKind.UPDATE]
    found: list[list[Waiting]] = []
    by_topic: dict[int | None, list[Waiting]] = defaultdict(list)
    for one in waiting:
        by_topic[one.topic].append(one)
    for same_topic in by_topic.values():
        old = [one for one in same_topic if one.said_at is not None and one.said_at < old_before]
        held = [one for one in same_topic if released is not None and one.owed_at < released]
        many = [one for one in same_topic if one.kind is not OwedKind.UPDATE] if len(alerts) > most else []
        chosen = {one.row_id for group in (old, held, many) if _subjects(group) > 1 for one in group}
        if chosen:
            found.append([one for one in same_topic if one.row_id in chosen])
    return found


def _subjects(group: Sequence[Waiting]) -> int:
    own = {one.row_id for one in group}
    return sum(one.answers not in own for one in group)


def summaries(waiting: Sequence[Waiting], now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> list[Page]:
    """As few messages as hold every line, in their order."""
    pages: list[list[str]] = [[]]
    room, left = _LIMIT, _FORMATS
    for one in waiting:
        line = _cut(one.line)
        size, stretches = visible(line) + 1, formats(line)
        if (size > room or stretches > left) and pages[-1]:
            pages.append([])
            room, left = _LIMIT, _FORMATS
        pages[-1].append(line)
        room -= size
        left -= stretches
    mixed = any(one.kind is OwedKind.UPDATE for one in waiting)
    things = _MESSAGES if mixed else _STATEMENTS
    heads = [t.many(*things, len(waiting), when=escape(moment(now, zone, t=t)))] + [
        t("<b>continued</b>, {number} of {pages}", number=number, pages=len(pages))
        for number in range(2, len(pages) + 1)
    ]
    return [Page("\n".join([head, *page]), len(page)) for head, page in zip(heads, pages, strict=True)]


def _cut(html: str) -> str:
    """A line within one message: the bare words of one that is too long, as many as there is room for."""
    if visible(html) < _LIMIT and formats(html) <= _FORMATS:
        return html
    return escape(opening(bare(html), _LIMIT // 2), quote=False)
