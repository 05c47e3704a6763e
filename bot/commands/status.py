"""Whether everything is running, what is waiting, and how this chat is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot import __version__
from bot.alerts.compose import examined_since, moment, span, speaker
from bot.alerts.excerpt import shown
from bot.alerts.hours import is_quiet
from bot.alerts.unread import line as gap_line
from storage.records import Channel, Chat, Gap, Progress, Quiet

_STALE = timedelta(hours=1)  # every channel's history is read to its end more often than this
_GAPS = 20  # named one by one
_OLD_BACKUP = timedelta(days=2)
_QUIET = {
    Quiet.HOLD: "everything waits and comes as one summary",
    Quiet.SILENT: "everything comes without a sound",
    Quiet.URGENT: "only what is urgent comes",
}


class Backlog(NamedTuple):
    """What a chat does not show yet."""

    messages: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """All that `/status` tells."""

    here: Chat
    chats: Sequence[Chat]
    channels: Sequence[tuple[Channel, timedelta | None]]  # with the usual lag of their newest posts
    accounts: Sequence[str]
    waiting: Mapping[int, Backlog]
    posts: int
    progress: Progress | None
    alone: int  # posts that are to be examined by themselves
    gaps: Sequence[Gap] = ()
    backup_at: datetime | None = None  # when the newest good backup was begun
    backup_problem: str | None = None  # why a later one failed
    several: bool = False  # more than one account reads


def status_blocks(condition: Condition, zone: ZoneInfo, now: datetime) -> list[str]:
    """The state of the house, then a line a channel."""
    blocks = [f"<b>placewatch {__version__}</b> at {moment(now, zone)}"]
    blocks += [shown(line) for line in condition.accounts]
    blocks += [_here(condition.here, zone, now), *_waiting(condition, now), *_examined(condition, zone)]
    known = [channel for channel, _ in condition.channels]
    broken = sum(c.problem is not None for c in known)
    unread = sum(c.problem is None and c.read_at is None for c in known)
    troubles = f", {broken} not readable" if broken else ""
    troubles += f", {unread} not read yet" if unread else ""
    blocks.append(f"{condition.posts:,} posts kept of {len(known)} channels followed{troubles}")
    blocks += _gaps(condition, zone, now)
    blocks.append(_backup(condition, zone, now))
    # What needs a person stands first.
    ordered = sorted(
        condition.channels, key=lambda pair: (pair[0].problem is None, pair[0].read_at is not None)
    )
    for channel, lag in ordered:
        by = f", by {channel.account}" if condition.several else ""
        blocks.append(f"{channel_line(channel, lag, zone, now)}{by}")
    return blocks


def _backup(condition: Condition, zone: ZoneInfo, now: datetime) -> str:
    at = condition.backup_at
    last = "no backup yet" if at is None else f"last backup {moment(at, zone, than=now)}"
    if condition.backup_problem is not None:
        return f"⚠ The newest backup failed: {shown(condition.backup_problem)} ({last})"
    if at is None or now - at > _OLD_BACKUP:
        return f"⚠ {last[0].upper()}{last[1:]}: placewatch backup"
    return f"{last[0].upper()}{last[1:]}"


def channel_line(channel: Channel, lag: timedelta | None, zone: ZoneInfo, now: datetime) -> str:
    """How well a channel is read: last read, last post, and how late its posts reach us."""
    line = f"• {shown(speaker(channel))}: "
    read = f"read {moment(channel.read_at, zone, than=now)}" if channel.read_at else "not read yet"
    if channel.read_at is not None and now - channel.read_at > _STALE:
        read = f"⚠ not read for {span(now - channel.read_at)}"
    if channel.problem:
        return f"{line}⚠ not readable: {shown(channel.problem)}; {read}"
    posted = f"last post {moment(channel.posted_at, zone, than=now)}" if channel.posted_at else "no post seen"
    late = f", {delay(lag)} after posting" if lag is not None else ""
    how = "" if channel.joined else ", polled: not joined"
    return f"{line}{read}, {posted}{late}{how}"


def delay(lag: timedelta) -> str:
    """A delay in words, to the second where it is short."""
    return f"{lag.total_seconds():.0f} s" if lag < timedelta(minutes=2) else span(lag)


def _here(chat: Chat, zone: ZoneInfo, now: datetime) -> str:
    """What holds back or changes what this chat is told."""
    states = []
    if chat.paused_at is not None:
        states.append(f"⏸ paused since {moment(chat.paused_at, zone)}: /resume")
    if chat.muted_until is not None and now < chat.muted_until:
        states.append(f"🔇 muted until {moment(chat.muted_until, zone)}")
    if chat.quiet_from is not None and chat.quiet_to is not None:
        now_or = "quiet now, " if is_quiet(chat, now, zone) else "quiet "
        how = _QUIET[chat.quiet_how or Quiet.HOLD]
        states.append(f"🌙 {now_or}{chat.quiet_from}–{chat.quiet_to}: {how}")
    if chat.held_until is not None and now < chat.held_until:
        states.append(f"Telegram asks to wait until {moment(chat.held_until, zone, than=now)}")
    if chat.digest_at is not None:
        states.append(f"digest daily at {chat.digest_at}")
    if chat.follow_ups != "silent":
        states.append(f"updates {'off' if chat.follow_ups == 'off' else 'with a sound'}: /updates")
    return f"This chat: {'; '.join(states) or 'told at once'}"


def _waiting(condition: Condition, now: datetime) -> list[str]:
    lines = []
    names = {chat.id: shown(chat.title or f"chat {chat.id}") for chat in condition.chats}
    for chat_id, backlog in sorted(condition.waiting.items(), key=lambda item: item[1].oldest):
        where = "here" if chat_id == condition.here.id else f"for {names.get(chat_id, f'chat {chat_id}')}"
        number = f"{backlog.messages} messages wait" if backlog.messages != 1 else "1 message waits"
        lines.append(f"✉ {number} {where}, the oldest for {delay(now - backlog.oldest)}")
    lines += [f"⚠ {names[c.id]}: {shown(c.problem)}" for c in condition.chats if c.problem]
    return lines or ["✉ Nothing waits to go out."]


def _gaps(condition: Condition, zone: ZoneInfo, now: datetime) -> list[str]:
    """What the archive lacks; of a channel that can't be read, or was not for long, its own line tells."""
    told = [gap for gap in condition.gaps if gap.low is not None or gap.until is not None]
    lines = [f"⚠ {shown(gap.channel.name)}: {shown(gap_line(gap, zone, now))}" for gap in told[:_GAPS]]
    return [*lines, f"⚠ and {len(told) - _GAPS} more gaps"] if len(told) > _GAPS else lines


def _examined(condition: Condition, zone: ZoneInfo) -> list[str]:
    lines = []
    if condition.progress is not None and condition.progress.finished_at is None:
        lines.append(f"Archive: {shown(examined_since(condition.progress, zone))}")
    if condition.alone:
        lines.append(f"{condition.alone} posts are examined again by themselves: something failed at first")
    return lines
