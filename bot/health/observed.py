"""What is measured, before it has the form that Prometheus reads."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.health.judge import Report
from storage import backup, channels, gaps, health, vitals
from storage.records import ChannelState
from storage.vitals import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What the archive says of channels and chats; seconds."""

    lag: dict[str, float]  # the usual time between a channel's newest posts and our having them
    read: dict[str, float]  # since a channel was last read to its end
    unreadable: dict[str, bool]
    gaps: int  # stretches that were not read
    waiting: dict[int, int]  # messages that a chat does not show yet
    oldest: dict[int, float]  # since when the oldest of them is owed
    blocked: dict[int, bool]  # chats that refuse
    holds: dict[tuple[str, str], float]  # what is left of a wait, by account and method
    backup: float | None  # since the newest backup was begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that is measured."""

    report: Report
    inside: Inside
    counts: Counts
    accounts: dict[str, bool]
    heartbeats: dict[str, float]
    floods: dict[tuple[str, str], int]
    deliveries: dict[tuple[str, str], int]
    failures: dict[str, int]
    disk_free: int
    archive_bytes: int


def look_into(db: sqlite3.Connection, now: datetime) -> Inside:
    """Look at every followed channel and every chat, in one snapshot."""

    def since(at: datetime) -> float:
        return max(0.0, (now - at).total_seconds())

    followed = channels.followed(db)
    late = {c.name: health.lag(db, c) for c in followed}
    waits = health.waiting(db)
    newest, _ = backup.newest(db)
    blocked = vitals.vitals(db, now).blocked
    return Inside(
        lag={name: lag.total_seconds() for name, lag in late.items() if lag is not None},
        read={c.name: since(c.read_at) for c in followed if c.read_at is not None},
        unreadable={c.name: c.state is ChannelState.UNREADABLE for c in followed},
        gaps=len(gaps.unread(db, now)),
        waiting={chat: waiting.messages for chat, waiting in waits.items()},
        oldest={chat: since(waiting.oldest) for chat, waiting in waits.items()},
        blocked=dict.fromkeys(blocked, True),
        holds=vitals.held_methods(db, now),
        backup=None if newest is None else since(newest.began_at),
    )
