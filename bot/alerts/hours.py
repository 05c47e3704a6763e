"""A chat's quiet hours, in the team's zone, whatever the clock does in spring and autumn."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.records import Chat


def is_quiet(chat: Chat, now: datetime, zone: ZoneInfo) -> bool:
    """Whether it is one of the chat's quiet hours; "23:00" to "07:00" goes over midnight."""
    if chat.quiet_from is None or chat.quiet_to is None:
        return False
    clock = f"{now.astimezone(zone):%H:%M}"
    if chat.quiet_from <= chat.quiet_to:
        return chat.quiet_from <= clock < chat.quiet_to
    return clock >= chat.quiet_from or clock < chat.quiet_to


def last_end(chat: Chat, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the chat's latest pause, mute or quiet time ended; None where none ever did."""
    ends = [end for end in (chat.released_at, chat.muted_until) if end is not None and end <= now]
    if chat.quiet_to is not None:
        today = now.astimezone(zone).date()
        clock = time.fromisoformat(chat.quiet_to)
        quiet = [
            datetime.combine(today - timedelta(days=days), clock, tzinfo=zone).astimezone(UTC)
            for days in (0, 1)
        ]
        ends += [end for end in quiet if end <= now][:1]
    return max(ends, default=None)
