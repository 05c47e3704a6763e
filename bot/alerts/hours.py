"""A chat's hours, in the team's zone, whatever the clock does in spring and autumn: quiet times and digests."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.records import Chat, Quiet

_LATE = timedelta(minutes=10)  # a digest that comes later than this after its time says so


def at_clock(day: date, clock: str, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """When the clocks of the zone show "08:00" on that day, in UTC.

    In autumn some times are shown twice: the first of them, or the last where asked. In spring some are never
    shown: the next minute that is.
    """
    wanted = datetime.combine(day, time.fromisoformat(clock))
    moments = [wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [m for m in moments if _shows(m, zone) == wanted]
    if shown:
        return max(shown) if last else min(shown)
    moment = min(moments)
    while _shows(moment, zone) < wanted:
        moment += timedelta(minutes=1)
    return moment


def _shows(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def next_clock(clock: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The next time, later than now, that the clocks show this."""
    today = now.astimezone(zone).date()
    coming = [at_clock(today + timedelta(days=days), clock, zone) for days in range(3)]
    return min(moment for moment in coming if moment > now)


def _quiet_times(chat: Chat, now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """(begin, end) of the quiet times around now, oldest first; one goes on while the clock is turned back."""
    if chat.quiet_from is None or chat.quiet_to is None or chat.quiet_from == chat.quiet_to:
        return
    today = now.astimezone(zone).date()
    over_midnight = timedelta(days=chat.quiet_from > chat.quiet_to)
    for days in (-2, -1, 0):
        day = today + timedelta(days=days)
        begin = at_clock(day, chat.quiet_from, zone)
        yield begin, at_clock(day + over_midnight, chat.quiet_to, zone, last=True)


def is_quiet(chat: Chat, now: datetime, zone: ZoneInfo) -> bool:
    """Whether it is one of the chat's quiet hours; "23:00" to "07:00" goes over midnight."""
    return any(begin <= now < end for begin, end in _quiet_times(chat, now, zone))


def last_end(chat: Chat, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the chat's latest time of waiting ended: a pause, a mute or quiet hours; None where none ever did."""
    ends = [end for end in (chat.released_at, chat.muted_until) if end is not None and end <= now]
    if chat.quiet_how is not Quiet.SILENT:
        ends += [end for _, end in _quiet_times(chat, now, zone) if end <= now]
    return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class DigestDue:
    """The digest of a local date, which is to go out now."""

    day: date
    late: bool  # nobody was there to send it at its time


def digest_due(chat: Chat, told: Collection[date], now: datetime, zone: ZoneInfo) -> DigestDue | None:
    """The chat's digest that is due and was not told; None where there is none.

    A digest is sent on its own date or not at all; what it would have said is in the next one. Where its time does
    not exist it comes at the next minute that does, be that after midnight. A chat that can't be told or
    does not want to be just now has none.
    """
    muted = chat.muted_until is not None and now < chat.muted_until
    if chat.digest_at is None or chat.paused_at is not None or chat.problem is not None or muted:
        return None
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        at = at_clock(day, chat.digest_at, zone)
        wanted = chat.digest_since is None or at >= chat.digest_since
        if at <= now and at.astimezone(zone).date() == today and wanted and day not in told:
            return DigestDue(day, late=now - at > _LATE)
    return None


def next_digest(chat: Chat, told: Collection[date], now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the chat's next digest comes; None where it wants none."""
    if chat.digest_at is None:
        return None
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=days) for days in range(3) if today + timedelta(days=days) not in told]
    coming = [at_clock(day, chat.digest_at, zone) for day in days]
    return min((moment for moment in coming if moment > now), default=None)
