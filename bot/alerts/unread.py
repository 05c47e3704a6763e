"""How what was not read is said: beside the archive's answers, in digests and check-ups, and as news for the chats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment, span
from bot.alerts.excerpt import opening, shown
from storage.records import Channel, Gap

_NAMED = 4  # in one remark
_LONGEST = 160  # characters of a reason
_NAME = 80


def note(gaps: Sequence[Gap], zone: ZoneInfo, now: datetime) -> str | None:
    """One line of plain text beside an answer: what it can't know; None where it knows all.

    «not read: @head since 14:02, @mayor from 14:02 to 14:31».
    """
    lines = brief(gaps, zone, now)
    return f"not read: {', '.join(lines)}" if lines else None


def brief(gaps: Sequence[Gap], zone: ZoneInfo, now: datetime) -> list[str]:
    """Channels with their times, those that lack most first, all but a few only counted."""
    stretches = [gap for gap in gaps if gap.low is None]
    together: dict[tuple[datetime, datetime | None], list[Gap]] = {}
    for gap in stretches:
        key = (_minute(gap.since), None if gap.until is None else _next_minute(gap.until))
        together.setdefault(key, []).append(gap)
    lines = []
    for (since, until), of in sorted(together.items(), key=lambda item: (-len(item[1]), item[0][0])):
        named = ", ".join(_name(gap.channel) for gap in of[:_NAMED])
        more = f" and {len(of) - _NAMED} more channels" if len(of) > _NAMED else ""
        lines.append(f"{named}{more} {when(since, until, zone, now)}")
    lines += [
        f"{_posts(gap)} of {_name(gap.channel)} at {moment(gap.since, zone, than=now)}"
        for gap in gaps
        if gap.low is not None
    ]
    left = len(lines) - _NAMED
    return [*lines[:_NAMED], f"and {left} more: /status"] if left > 0 else lines


def line(gap: Gap, zone: ZoneInfo, now: datetime) -> str:
    """One gap in plain text with its reason, for `/status`, digests and the doctor."""
    why = opening(gap.why, _LONGEST).rstrip(".")
    if gap.low is not None:
        told = f"{_posts(gap)} at {moment(gap.since, zone, than=now)} could not be kept"
        return f"{told} (https://t.me/{_path(gap.channel)}/{gap.low}): {why}"
    return f"not read {when(gap.since, gap.until, zone, now)}: {why}"


def when(since: datetime, until: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """«since 14:02», «from 14:02 to 14:31»: in whole minutes, never less than it was."""
    begin = moment(since, zone, than=now)
    if until is None:
        return f"since {begin}"
    return f"from {begin} to {moment(_next_minute(until), zone, than=since)}"


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _next_minute(at: datetime) -> datetime:
    return _minute(at) if at == _minute(at) else _minute(at) + timedelta(minutes=1)


def _posts(gap: Gap) -> str:
    return "1 post" if gap.posts == 1 else f"{gap.posts:,} posts"


def _name(channel: Channel) -> str:
    return opening(channel.name, _NAME)


def _path(channel: Channel) -> str:
    return channel.username or f"c/{channel.telegram_id}"


# News for the team's chats: HTML, each told once.


def unreadable(channel: Channel, problem: str, since: datetime | None, zone: ZoneInfo) -> str:
    """A channel can't be read any more."""
    read = f"It was last read {moment(since, zone)}." if since else "It has not been read yet."
    why = problem.removeprefix(f"{channel.name} can't be read: ")
    return (
        f"⚠ <b>{shown(_name(channel))}</b> can't be read: {shown(opening(why, 300))}\n"
        f"{read} What it says meanwhile is not known here; it is tried again by itself."
    )


def readable(gap: Gap, posts: int, lost: int, zone: ZoneInfo) -> str:
    """A channel can be read again: what was not read, and whether it was made up for."""
    number = "1 post" if posts == 1 else f"{posts:,} posts" if posts else "no posts"
    until = gap.until or gap.since
    text = (
        f"✓ <b>{shown(_name(gap.channel))}</b> can be read again. It was not read from {moment(gap.since, zone)} "
        f"to {moment(until, zone, than=gap.since)}. History has been read to its end: {number} of that time. "
        "What was posted and deleted meanwhile can't be made up for."
    )
    if lost:
        one = "1 post could" if lost == 1 else f"{lost:,} posts could"
        text += f" {one} not be kept: /status"
    return text


def renamed(before: Channel, username: str | None, title: str) -> str:
    """A channel goes by another name."""
    now = f"{title} (@{username})" if username else f"{title} (no public name)"
    was = f"{before.title} (@{before.username})" if before.username else f"{before.title} (no public name)"
    return (
        f"ℹ A channel goes by another name: <b>{shown(opening(was, _NAME * 2))}</b> is now "
        f"<b>{shown(opening(now, _NAME * 2))}</b>. It is the same channel, and reading goes on."
    )


def name_lost(before: Channel, name: str) -> str:
    """A channel's name belongs to another one."""
    return (
        f"⚠ The name @{shown(name)} belongs to another channel now, not to <b>{shown(opening(before.title, _NAME))}"
        "</b>, which was followed under it. Nothing of the other one is read. If the one that you mean has a new "
        "name, follow that."
    )


def interrupted(since: datetime, until: datetime, why: str, zone: ZoneInfo, done: datetime | None) -> str:
    """Nothing was read for a while; `done` is when all of it had been read afterwards."""
    text = (
        f"ℹ Nothing was read from {moment(since, zone)} to {moment(until, zone, than=since)} "
        f"({span(until - since)}): {shown(why)}. "
    )
    if done is None:
        return text + "What was said meanwhile is being read now."
    return text + f"What was said meanwhile had been read by {moment(done, zone, than=until)}."


def clock_jumped(by: timedelta, now: datetime, zone: ZoneInfo) -> str:
    """This machine's clock was put forward or back."""
    way = "forward" if by > timedelta(0) else "back"
    return (
        f"⚠ The clock of the machine on which placewatch runs was put {way} by {_length(abs(by))}; it says "
        f"{moment(now, zone)} now. Every channel is read again. When posts reached us may be told wrongly for the "
        "time before; when they were posted is Telegram's own time. The clock is checked by: placewatch doctor"
    )


def _length(time: timedelta) -> str:
    return f"{time.total_seconds():.0f} s" if time < timedelta(minutes=2) else span(time)


def restored(kept: datetime, lived: datetime, zone: ZoneInfo) -> str:
    """The archive is older than what was told."""
    return (
        f"ℹ The archive was put back to how it was at {moment(kept, zone)}; placewatch had run until "
        f"{moment(lived, zone, than=kept)}. What was said in between is read again, and alerts about it may come a "
        "second time: which of them had been told, the older archive does not know. Commands and reviews of that "
        "time are lost: give them again."
    )
