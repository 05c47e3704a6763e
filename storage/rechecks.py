"""Posts that are looked at again, and how far that has come."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from storage.records import Pass
from storage.times import first_id, from_ms, to_ms


def passes(db: sqlite3.Connection) -> dict[tuple[int, str], Pass]:
    """The newest pass of each channel and age."""
    rows = db.execute("SELECT channel_id, age, began_at, reached FROM recheck")
    return {(channel_id, age): Pass(from_ms(began), reached) for channel_id, age, began, reached in rows}


def note(db: sqlite3.Connection, channel_id: int, age: str, stand: Pass) -> None:
    """How far a pass has come."""
    db.execute(
        "INSERT INTO recheck(channel_id, age, began_at, reached) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "began_at = excluded.began_at, reached = excluded.reached",
        (channel_id, age, to_ms(stand.began_at), stand.reached),
    )


def renew(db: sqlite3.Connection, channel_ids: Iterable[int], ages: Iterable[str]) -> None:
    """Let these be due at once, from their newest posts on: something may have become of them unseen."""
    wanted = list(ages)
    db.executemany(
        "UPDATE recheck SET began_at = 0, reached = NULL WHERE channel_id = ? AND age = ?",
        [(channel_id, age) for channel_id in channel_ids for age in wanted],
    )


def restored(db: sqlite3.Connection) -> dict[int, datetime]:
    """The backups that took the archive's place and of which edits and deletions are still to be looked for: until when each knew."""
    rows = db.execute("SELECT id, until FROM restored WHERE checked_at IS NULL")
    return {number: from_ms(until) for number, until in rows}


def checked(db: sqlite3.Connection, numbers: Iterable[int], now: datetime) -> None:
    """They have been looked for, where every channel's pass is over: other accounts may still be at theirs."""
    for number in numbers:
        age = f"restored {number}"
        done = db.execute(
            "UPDATE restored SET checked_at = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM channel c "
            "WHERE c.state = 'active' AND c.telegram_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM recheck r "
            "WHERE r.channel_id = c.id AND r.age = ? AND r.reached IS NULL))",
            (to_ms(now), number, age),
        )
        if done.rowcount:
            db.execute("DELETE FROM recheck WHERE age = ?", (age,))


def ids(
    db: sqlite3.Connection,
    channel_id: int,
    since: datetime,
    until: datetime,
    *,
    below: int | None,
    skip: int,
    limit: int,
) -> list[int]:
    """Message ids, the newest first, of posts from `since` until before `until` that are not deleted.

    `below` is the message id to go on from; the newest `skip` posts of the channel are left out.
    """
    newest = db.execute(
        "SELECT message_id FROM post WHERE channel_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?",
        (channel_id, skip),
    ).fetchone()
    if newest is None:
        return []
    rows = db.execute(
        "SELECT message_id FROM post WHERE channel_id = ? AND id >= ? AND id < ? AND deleted_at IS NULL "
        "AND message_id < ? ORDER BY message_id DESC LIMIT ?",
        (
            channel_id,
            first_id(since),
            first_id(until),
            min(newest[0] + 1, 1 << 62 if below is None else below),
            limit,
        ),
    )
    return [row[0] for row in rows]


def addresses(db: sqlite3.Connection, account: str) -> Mapping[int, tuple[int, int]]:
    """(Telegram's id, access hash) of each channel that the account reads, and can now."""
    rows = db.execute(
        "SELECT c.id, c.telegram_id, a.access_hash FROM channel c JOIN channel_access a ON a.channel_id = c.id "
        "WHERE a.account = ? AND c.account = a.account AND c.state = 'active' AND c.telegram_id IS NOT NULL",
        (account,),
    )
    return {row: (telegram_id, access_hash) for row, telegram_id, access_hash in rows}
