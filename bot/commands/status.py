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
from bot.languages import ENGLISH, N_, Words
from storage.records import Channel, Chat, Gap, Progress, Quiet

_STALE = timedelta(hours=1)  # every channel's history is read to its end more often than this
_GAPS = 20  # named one by one
_OLD_BACKUP = timedelta(days=2)
_QUIET = {
    Quiet.HOLD: N_("everything waits and comes as one summary"),
    Quiet.SILENT: N_("everything comes without a sound"),
    Quiet.URGENT: N_("only what is urgent comes"),
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


def status_blocks(condition: Condition, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> list[str]:
    """The state of the house, then a line a channel."""
    blocks = [t("<b>placewatch {version}</b> at {when}", version=__version__, when=moment(now, zone, t=t))]
    blocks += [shown(line) for line in condition.accounts]
    blocks += [
        _here(condition.here, zone, now, t=t),
        *_waiting(condition, now, t=t),
        *_examined(condition, zone, t=t),
    ]
    known = [channel for channel, _ in condition.channels]
    broken = sum(c.problem is not None for c in known)
    unread = sum(c.problem is None and c.read_at is None for c in known)
    troubles = t(", {broken} not readable", broken=broken) if broken else ""
    troubles += t(", {unread} not read yet", unread=unread) if unread else ""
    blocks.append(
        t(
            "{posts:,} posts kept of {known} channels followed{troubles}",
            posts=condition.posts,
            known=len(known),
            troubles=troubles,
        )
    )
    blocks += _gaps(condition, zone, now, t=t)
    blocks.append(_backup(condition, zone, now, t=t))
    # What needs a person stands first.
    ordered = sorted(
        condition.channels, key=lambda pair: (pair[0].problem is None, pair[0].read_at is not None)
    )
    for channel, lag in ordered:
        by = t(", by {account}", account=channel.account) if condition.several else ""
        blocks.append(f"{channel_line(channel, lag, zone, now, t=t)}{by}")
    return blocks


def _backup(condition: Condition, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    at = condition.backup_at
    last = t("no backup yet") if at is None else t("last backup {when}", when=moment(at, zone, than=now, t=t))
    if condition.backup_problem is not None:
        return t(
            "⚠ The newest backup failed: {backup_problem} ({last})",
            backup_problem=shown(condition.backup_problem),
            last=last,
        )
    if at is None or now - at > _OLD_BACKUP:
        return t("⚠ {upper}{last}: placewatch backup", upper=last[0].upper(), last=last[1:])
    return f"{last[0].upper()}{last[1:]}"


def channel_line(
    channel: Channel, lag: timedelta | None, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH
) -> str:
    """How well a channel is read: last read, last post, and how late its posts reach us."""
    line = f"• {shown(speaker(channel))}: "
    read = (
        t("read {when}", when=moment(channel.read_at, zone, than=now, t=t))
        if channel.read_at
        else t("not read yet")
    )
    if channel.read_at is not None and now - channel.read_at > _STALE:
        read = t("⚠ not read for {span}", span=span(now - channel.read_at, t=t))
    if channel.problem:
        return t(
            "{line}⚠ not readable: {problem}; {read}", line=line, problem=shown(channel.problem), read=read
        )
    posted = (
        t("last post {when}", when=moment(channel.posted_at, zone, than=now, t=t))
        if channel.posted_at
        else t("no post seen")
    )
    late = t(", {delay} after posting", delay=delay(lag, t=t)) if lag is not None else ""
    how = "" if channel.joined else t(", polled: not joined")
    return f"{line}{read}, {posted}{late}{how}"


def delay(lag: timedelta, *, t: Words = ENGLISH) -> str:
    """A delay in words, to the second where it is short."""
    return (
        t("{total_seconds:.0f} s", total_seconds=lag.total_seconds())
        if lag < timedelta(minutes=2)
        else span(lag, t=t)
    )


def _here(chat: Chat, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    """What holds back or changes what this chat is told."""
    states = []
    if chat.paused_at is not None:
        states.append(t("⏸ paused since {when}: /resume", when=moment(chat.paused_at, zone, t=t)))
    if chat.muted_until is not None and now < chat.muted_until:
        states.append(t("🔇 muted until {when}", when=moment(chat.muted_until, zone, t=t)))
    if chat.quiet_from is not None and chat.quiet_to is not None:
        now_or = t("quiet now, ") if is_quiet(chat, now, zone) else t("quiet ")
        how = t(_QUIET[chat.quiet_how or Quiet.HOLD])
        states.append(f"🌙 {now_or}{chat.quiet_from}–{chat.quiet_to}: {how}")
    if chat.held_until is not None and now < chat.held_until:
        states.append(
            t("Telegram asks to wait until {when}", when=moment(chat.held_until, zone, than=now, t=t))
        )
    if chat.digest_at is not None:
        states.append(t("digest daily at {digest_at}", digest_at=chat.digest_at))
    if chat.follow_ups != "silent":
        states.append(
            t("updates {rest}: /updates", rest=t("off") if chat.follow_ups == "off" else t("with a sound"))
        )
    return t("This chat: {states}", states="; ".join(states) or t("told at once"))


def _waiting(condition: Condition, now: datetime, *, t: Words = ENGLISH) -> list[str]:
    lines = []
    names = {chat.id: shown(chat.title or t("chat {chat}", chat=chat.id)) for chat in condition.chats}
    for chat_id, backlog in sorted(condition.waiting.items(), key=lambda item: item[1].oldest):
        nameless = t("chat {chat}", chat=chat_id)
        where = (
            t("here") if chat_id == condition.here.id else t("for {get}", get=names.get(chat_id, nameless))
        )
        number = t.many("{number} message waits", "{number} messages wait", backlog.messages)
        lines.append(
            t(
                "✉ {number} {where}, the oldest for {delay}",
                number=number,
                where=where,
                delay=delay(now - backlog.oldest, t=t),
            )
        )
    lines += [f"⚠ {names[c.id]}: {shown(c.problem)}" for c in condition.chats if c.problem]
    return lines or [t("✉ Nothing waits to go out.")]


def _gaps(condition: Condition, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> list[str]:
    """What the archive lacks; of a channel that can't be read, or was not for long, its own line tells."""
    told = [gap for gap in condition.gaps if gap.low is not None or gap.until is not None]
    lines = [f"⚠ {shown(gap.channel.name)}: {shown(gap_line(gap, zone, now, t=t))}" for gap in told[:_GAPS]]
    return [*lines, t("⚠ and {more} more gaps", more=len(told) - _GAPS)] if len(told) > _GAPS else lines


def _examined(condition: Condition, zone: ZoneInfo, *, t: Words = ENGLISH) -> list[str]:
    lines = []
    if condition.progress is not None and condition.progress.finished_at is None:
        lines.append(
            t(
                "Archive: {examined_since}",
                examined_since=shown(examined_since(condition.progress, zone, t=t)),
            )
        )
    if condition.alone:
        lines.append(
            t(
                "{alone} posts are examined again by themselves: something failed at first",
                alone=condition.alone,
            )
        )
    return lines
