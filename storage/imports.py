"""What files that others wrote add to the archive: their channels, and how their posts stand to what we hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import channels, gaps, known
from storage.database import StorageError
from storage.records import Channel, Post, Source
from storage.times import to_ms

_NOWHERE = 2**31 - 1  # of a channel that nobody has asked to read, every id lies before that


@dataclass(frozen=True, slots=True)
class Held:
    """A post as we hold it just now."""

    text: str
    rev: int
    source: Source
    changed_ms: int | None

    def says(self, post: Post) -> bool:
        """Whether there is nothing in an exported post that we don't hold from a source at least as full."""
        if self.text != post.text or self.source is Source.PREVIEW:
            return False
        return self.source is Source.TELEGRAM or (to_ms(post.changed_at) or 0) <= (self.changed_ms or 0)

    def is_newer(self, post: Post) -> bool:
        """Whether this is a later state than the export's."""
        return self.changed_ms is not None and (to_ms(post.changed_at) or 0) < self.changed_ms


def channel_of(db: sqlite3.Connection, telegram_id: int | None, username: str | None) -> Channel | None:
    """The channel that an export is of, followed or not; None where it is new to us.

    StorageError where the name that was given for it is another channel's.
    """
    by_id = channels.by_telegram_id(db, telegram_id) if telegram_id is not None else None
    named = _named(db, username) if username is not None else None
    if named is None:
        return by_id
    if by_id is not None and by_id.id != named.id:
        raise StorageError(
            f"The file is of {by_id.name} ({by_id.title}), and @{username} is another channel here "
            f"({named.title}). Leave the name out, or give the right one."
        )
    if telegram_id is not None and named.telegram_id not in (None, telegram_id):
        raise StorageError(
            f"The file is of the channel with the number {telegram_id}, but @{username} has the number "
            f"{named.telegram_id} here. Leave the name out, or give the right one."
        )
    return named


def _named(db: sqlite3.Connection, username: str) -> Channel | None:
    row = db.execute(
        "SELECT id FROM channel WHERE username = ? ORDER BY state = 'removed', id DESC LIMIT 1", (username,)
    ).fetchone()
    return channels.by_id(db, row[0]) if row else None


def settle_channel(
    db: sqlite3.Connection, telegram_id: int | None, username: str | None, title: str, *, now: datetime
) -> Channel:
    """The channel that an export is of, with what the export tells of it; a new one is kept as not followed."""
    found = channel_of(db, telegram_id, username)
    if found is None:
        (channel_id,) = db.execute(
            "INSERT INTO channel(telegram_id, username, title, state, start, added_at) "
            "VALUES (?, ?, ?, 'removed', ?, ?) RETURNING id",
            (telegram_id, username, title, _NOWHERE, to_ms(now)),
        ).fetchone()
        return channels.by_id(db, channel_id)
    db.execute(
        "UPDATE channel SET telegram_id = coalesce(telegram_id, ?), username = coalesce(username, ?) WHERE id = ?",
        (telegram_id, username, found.id),
    )
    return channels.by_id(db, found.id)


def held(db: sqlite3.Connection, channel_id: int, message_ids: Sequence[int]) -> dict[int, Held]:
    """Those of a channel's posts that we hold, deleted ones too, by message id."""
    marks = ",".join("?" * len(message_ids))
    rows = db.execute(
        f"SELECT message_id, text, rev, source, changed_at FROM post WHERE channel_id = ? AND message_id IN ({marks})",
        (channel_id, *message_ids),
    )
    return {number: Held(text, rev, Source(source), changed) for number, text, rev, source, changed in rows}


def listed(db: sqlite3.Connection, channel_id: int, low: int, high: int, *, now: datetime) -> None:
    """A whole export has listed every message from `low` to `high`, and all that it listed is kept.

    What reading could not keep, and is held now, is missed no more. A channel that was never followed would be read
    from there on, if it were followed now.
    """
    known.add(db, channel_id, low, high)
    if lost := gaps.lost_ids(db, channel_id):
        gaps.settle(db, channel_id, lost.keys() & channels.held_ids(db, channel_id, low, high), now=now)
    db.execute(
        "UPDATE channel SET cursor = max(cursor, ?) WHERE id = ? AND state = 'removed' AND read_at IS NULL",
        (high, channel_id),
    )
