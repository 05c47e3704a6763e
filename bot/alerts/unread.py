"""How what was not read is said: beside the archive's answers, in digests and check-ups, and as news for the chats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment, span
from bot.alerts.excerpt import opening, shown
from bot.languages import ENGLISH, N_, Words
from bot.languages.counts import counted
from storage.records import Channel, Gap

_NAMED = 4  # in one remark
_LONGEST = 160  # characters of a reason
_NAME = 80


def note(gaps: Sequence[Gap], zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str | None:
    """One line of plain text beside an answer: what it can't know; None where it knows all.

    «not read: @head since 14:02, @mayor from 14:02 to 14:31».
    """
    lines = brief(gaps, zone, now, t=t)
    return t("not read: {lines}", lines=", ".join(lines)) if lines else None


def brief(gaps: Sequence[Gap], zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> list[str]:
    """Channels with their times, those that lack most first, all but a few only counted."""
    stretches = [gap for gap in gaps if gap.low is None]
    together: dict[tuple[datetime, datetime | None], list[Gap]] = {}
    for gap in stretches:
        key = (_minute(gap.since), None if gap.until is None else _next_minute(gap.until))
        together.setdefault(key, []).append(gap)
    lines = []
    for (since, until), of in sorted(together.items(), key=lambda item: (-len(item[1]), item[0][0])):
        named = ", ".join(_name(gap.channel) for gap in of[:_NAMED])
        more = t(" and {more} more", more=len(of) - _NAMED) if len(of) > _NAMED else ""
        lines.append(f"{named}{more} {when(since, until, zone, now, t=t)}")
    lines += [
        t(
            "{posts} of {channel} at {when}",
            posts=_posts(gap, t=t),
            channel=_name(gap.channel),
            when=moment(gap.since, zone, than=now, t=t),
        )
        for gap in gaps
        if gap.low is not None
    ]
    left = len(lines) - _NAMED
    return [*lines[:_NAMED], t("and {left} more: /status", left=left)] if left > 0 else lines


def line(gap: Gap, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    """One gap in plain text with its reason, for `/status`, digests and the doctor."""
    why = opening(gap.why, _LONGEST).rstrip(".")
    if gap.low is not None:
        told = t(
            "{posts} at {when} could not be kept",
            posts=_posts(gap, t=t),
            when=moment(gap.since, zone, than=now, t=t),
        )
        return t(
            "{told} (https://t.me/{path}/{low}): {why}",
            told=told,
            path=_path(gap.channel),
            low=gap.low,
            why=why,
        )
    return t("not read {when}: {why}", when=when(gap.since, gap.until, zone, now, t=t), why=why)


def when(
    since: datetime, until: datetime | None, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH
) -> str:
    """«since 14:02», «from 14:02 to 14:31»: in whole minutes, never less than it was."""
    begin = moment(since, zone, than=now, t=t)
    if until is None:
        return t("since {begin}", begin=begin)
    return t("from {begin} to {when}", begin=begin, when=moment(_next_minute(until), zone, than=since, t=t))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _next_minute(at: datetime) -> datetime:
    return _minute(at) if at == _minute(at) else _minute(at) + timedelta(minutes=1)


def _posts(gap: Gap, *, t: Words = ENGLISH) -> str:
    return counted(gap.posts, "post", t=t)


def _name(channel: Channel) -> str:
    return opening(channel.name, _NAME)


def _path(channel: Channel) -> str:
    return channel.username or f"c/{channel.telegram_id}"


# News for the team's chats: HTML, each told once.


def unreadable(
    channel: Channel, problem: str, since: datetime | None, zone: ZoneInfo, *, t: Words = ENGLISH
) -> str:
    """A channel can't be read any more."""
    read = (
        t("It was last read {when}.", when=moment(since, zone, t=t))
        if since
        else t("It has not been read yet.")
    )
    why = problem.removeprefix(f"{channel.name} can't be read: ")
    return t(
        "⚠ <b>{channel}</b> can't be read: {why}\n{read} What it says meanwhile is not "
        "known here; it is tried again by itself.",
        channel=shown(_name(channel)),
        why=shown(opening(why, 300)),
        read=read,
    )


def readable(gap: Gap, posts: int, lost: int, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """A channel can be read again: what was not read, and whether it was made up for."""
    number = counted(posts, "post", t=t) if posts else t("no posts")
    until = gap.until or gap.since
    text = t(
        "✓ <b>{channel}</b> can be read again. It was not read from {when} to {when2}. "
        "History has been read to its end: {number} of that time. What was posted and "
        "deleted meanwhile can't be made up for.",
        channel=shown(_name(gap.channel)),
        when=moment(gap.since, zone, t=t),
        when2=moment(until, zone, than=gap.since, t=t),
        number=number,
    )
    if lost:
        text += " " + t.many(
            "{number:,} post could not be kept: /status", "{number:,} posts could not be kept: /status", lost
        )
    return text


def renamed(before: Channel, username: str | None, title: str, *, t: Words = ENGLISH) -> str:
    """A channel goes by another name."""
    now = f"{title} (@{username})" if username else t("{title} (no public name)", title=title)
    was = (
        f"{before.title} (@{before.username})"
        if before.username
        else t("{before} (no public name)", before=before.title)
    )
    return t(
        "ℹ A channel goes by another name: <b>{was}</b> is now <b>{now}</b>. It is the "
        "same channel, and reading goes on.",
        was=shown(opening(was, _NAME * 2)),
        now=shown(opening(now, _NAME * 2)),
    )


def name_lost(before: Channel, name: str, *, t: Words = ENGLISH) -> str:
    """A channel's name belongs to another one."""
    return t(
        "⚠ The name @{name} belongs to another channel now, not to <b>{before}</b>, "
        "which was followed under it. Nothing of the other one is read. If the one "
        "that you mean has a new name, follow that.",
        name=shown(name),
        before=shown(opening(before.title, _NAME)),
    )


def interrupted(
    since: datetime, until: datetime, why: str, zone: ZoneInfo, done: datetime | None, *, t: Words = ENGLISH
) -> str:
    """Nothing was read for a while; `done` is when all of it had been read afterwards."""
    text = t(
        "ℹ Nothing was read from {when} to {when2} ({span}): {why}. ",
        when=moment(since, zone, t=t),
        when2=moment(until, zone, than=since, t=t),
        span=span(until - since, t=t),
        why=shown(why),
    )
    if done is None:
        return text + t("What was said meanwhile is being read now.")
    return text + t(
        "What was said meanwhile had been read by {when}.", when=moment(done, zone, than=until, t=t)
    )


def clock_jumped(by: timedelta, now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """This machine's clock was put forward or back."""
    put = (
        N_(
            "⚠ The clock of the machine on which placewatch runs was put forward by {length}; it says {when} now."
        )
        if by > timedelta(0)
        else N_(
            "⚠ The clock of the machine on which placewatch runs was put back by {length}; it says {when} now."
        )
    )
    rest = t(
        "Every channel is read again. When posts reached us may be told wrongly for the time before; when they were "
        "posted is Telegram's own time. The clock is checked by: placewatch doctor"
    )
    return f"{t(put, length=_length(abs(by), t=t), when=moment(now, zone, t=t))} {rest}"


def _length(time: timedelta, *, t: Words = ENGLISH) -> str:
    return (
        t("{total_seconds:.0f} s", total_seconds=time.total_seconds())
        if time < timedelta(minutes=2)
        else span(time, t=t)
    )


def restored(kept: datetime, lived: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """The archive is older than what was told."""
    return t(
        "ℹ The archive was put back to how it was at {when}; placewatch had run until "
        "{when2}. What was said in between is read again, and alerts about it may come "
        "a second time: which of them had been told, the older archive does not know. "
        "Commands and reviews of that time are lost: give them again.",
        when=moment(kept, zone, t=t),
        when2=moment(lived, zone, than=kept, t=t),
    )
