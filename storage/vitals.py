"""When things last happened and how much there is: what a health check and the figures tell."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from storage import pulse
from storage.times import from_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """When the archive and the chats last saw something of us."""

    written_at: datetime | None  # the last write for its own sake
    read_at: datetime | None  # when any followed channel was last read to its end
    followed: int
    blocked: dict[int, str]  # chats that refuse, and why
    overdue: dict[int, datetime]  # since when the oldest message could have gone, by chat


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the archive holds."""

    posts: int
    mentions: int  # places in posts, each place once a post
    entries: int  # of the ledger: posts, revisions, deletions


# What waits for a person's wish (a pause, a mute, quiet hours), for a time that Telegram named, or for another message,
# is not late.
_OVERDUE = (
    "SELECT o.chat_id, min(o.not_before) FROM owed o JOIN chat c ON c.id = o.chat_id "
    "WHERE o.due = 1 AND o.not_before <= :now AND o.answers IS NULL AND o.message_id IS NULL "
    "AND c.problem IS NULL AND c.removed_at IS NULL AND c.moved_to IS NULL AND coalesce(c.held_until, 0) <= :now "
    "AND (o.kind IN ('answer', 'notice') OR (c.paused_at IS NULL AND c.quiet_from IS NULL "
    "AND coalesce(c.muted_until, 0) <= :now)) GROUP BY o.chat_id"
)


def vitals(db: sqlite3.Connection, now: datetime) -> Vitals:
    """How things stand."""
    read_at, followed = db.execute(
        "SELECT max(read_at), count(*) FROM channel WHERE state <> 'removed'"
    ).fetchone()
    blocked = db.execute(
        "SELECT id, problem FROM chat WHERE problem IS NOT NULL AND removed_at IS NULL AND moved_to IS NULL"
    )
    return Vitals(
        written_at=pulse.last(db),
        read_at=from_ms(read_at),
        followed=followed,
        blocked=dict(blocked.fetchall()),
        overdue={chat: from_ms(at) for chat, at in db.execute(_OVERDUE, {"now": to_ms(now)})},
    )


def last_delivery(db: sqlite3.Connection) -> datetime | None:
    """When a message last arrived; it reads all that ever was owed, so it is asked once."""
    newest: int | None = db.execute("SELECT max(delivered_at) FROM owed").fetchone()[0]
    return from_ms(newest)


def counts(db: sqlite3.Connection) -> Counts:
    """How much there is; each is counted, which takes milliseconds for 100,000 posts: not for every request."""
    (posts,) = db.execute("SELECT count(*) FROM post").fetchone()
    (mentions,) = db.execute("SELECT count(*) FROM post_place").fetchone()
    (entries,) = db.execute("SELECT coalesce(max(number), 0) FROM proof").fetchone()
    return Counts(posts, mentions, entries)


def held_methods(db: sqlite3.Connection, now: datetime) -> dict[tuple[str, str], float]:
    """The seconds that are left of each wait that Telegram named, by account and method."""
    rows = db.execute("SELECT account, method, asked_at, seconds FROM hold")
    left = {
        (account, method): min(seconds, seconds - (now - from_ms(at)).total_seconds())
        for account, method, at, seconds in rows
    }
    return {key: seconds for key, seconds in left.items() if seconds > 0}
