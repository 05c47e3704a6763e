"""Channels: who is followed, how far each has been read, and why one can't be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from storage.records import Channel, ChannelState, Peer
from storage.times import from_ms, posted_at, to_ms

_COLUMNS = """
  c.id, c.telegram_id, c.username, c.title, c.label, c.state, c.problem, c.joined, c.cursor, c.added_at, c.read_at,
  c.side, c.standing, c.owner,
  (SELECT max(p.id) FROM post p WHERE p.channel_id = c.id)
"""


def _channel(row: tuple[object, ...]) -> Channel:
    (id_, telegram_id, username, title, label, state, problem, joined, cursor, *rest) = row
    added_at, read_at, side, standing, owner, newest = rest
    return Channel(
        id=id_,  # type: ignore[arg-type]  # STRICT tables hold the types
        telegram_id=telegram_id,  # type: ignore[arg-type]
        username=username,  # type: ignore[arg-type]
        title=title,  # type: ignore[arg-type]
        label=label,  # type: ignore[arg-type]
        state=ChannelState(str(state)),
        problem=problem,  # type: ignore[arg-type]
        side=side,  # type: ignore[arg-type]
        standing=standing,  # type: ignore[arg-type]
        owner=owner,  # type: ignore[arg-type]
        joined=bool(joined),
        cursor=cursor,  # type: ignore[arg-type]
        added_at=from_ms(added_at),  # type: ignore[call-overload]
        read_at=from_ms(read_at),  # type: ignore[call-overload]
        posted_at=None if newest is None else posted_at(newest),  # type: ignore[arg-type]
    )


def _select(db: sqlite3.Connection, where: str, values: Iterable[object] = ()) -> list[Channel]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM channel c WHERE {where}", tuple(values))
    return [_channel(row) for row in rows]


def followed(db: sqlite3.Connection) -> list[Channel]:
    """Every channel that is followed, readable or not, by name."""
    return _select(db, "c.state <> 'removed' ORDER BY coalesce(c.username, c.title) COLLATE NOCASE")


def known(db: sqlite3.Connection) -> list[Channel]:
    """Every channel of which the archive has a row, followed or not, by name."""
    return _select(db, "1 ORDER BY coalesce(c.username, c.title) COLLATE NOCASE")


def by_id(db: sqlite3.Connection, channel_id: int) -> Channel:
    """The channel of that row; KeyError where there is none."""
    found = _select(db, "c.id = ?", (channel_id,))
    if not found:
        raise KeyError(channel_id)
    return found[0]


def by_telegram_id(db: sqlite3.Connection, telegram_id: int) -> Channel | None:
    """The channel that Telegram knows by that id, followed or not."""
    found = _select(db, "c.telegram_id = ?", (telegram_id,))
    return found[0] if found else None


def find(db: sqlite3.Connection, name: str) -> list[Channel]:
    """Followed channels of that username or title, whatever their case."""
    wanted = name.removeprefix("@").casefold()
    return [c for c in followed(db) if wanted in ((c.username or "").casefold(), c.title.casefold())]


def describe(
    db: sqlite3.Connection,
    channel_id: int,
    *,
    label: str | None,
    side: str | None,
    standing: str | None,
    owner: str | None,
) -> None:
    """Who speaks in a channel, on which side, how official, and who owns it; None where nobody has said."""
    db.execute(
        "UPDATE channel SET label = ?, side = ?, standing = ?, owner = ? WHERE id = ?",
        (label, side, standing, owner, channel_id),
    )


def follow(
    db: sqlite3.Connection, peer: Peer, *, account: str, cursor: int, label: str | None, now: datetime
) -> tuple[Channel, bool]:
    """Follow a channel from `cursor` on; True where it was not followed before.

    A channel that was followed once goes on from its old cursor, so that nothing said meanwhile is missed;
    but what was said while nobody followed it is no news.
    """
    known = by_telegram_id(db, peer.telegram_id)
    if known is None:
        (channel_id,) = db.execute(
            "INSERT INTO channel(telegram_id, username, title, label, joined, cursor, added_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (peer.telegram_id, peer.username, peer.title, label, peer.joined, cursor, to_ms(now)),
        ).fetchone()
    else:
        channel_id = known.id
        db.execute(
            "UPDATE channel SET username = ?, title = ?, label = coalesce(?, label), joined = ?, state = 'active', "
            "problem = NULL, cursor = min(cursor, ?), "
            "added_at = CASE state WHEN 'removed' THEN ? ELSE added_at END WHERE id = ?",
            (
                peer.username,
                peer.title,
                label,
                peer.joined,
                cursor,
                to_ms(now),
                channel_id,
            ),
        )
    db.execute(
        "INSERT INTO channel_access(account, channel_id, access_hash) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET access_hash = excluded.access_hash",
        (account, channel_id, peer.access_hash),
    )
    return by_id(db, channel_id), known is None or known.state is ChannelState.REMOVED


def unfollow(db: sqlite3.Connection, channel_id: int) -> None:
    """Stop reading a channel; what it said stays."""
    db.execute("UPDATE channel SET state = 'removed', problem = NULL WHERE id = ?", (channel_id,))


def access_hash(db: sqlite3.Connection, channel_id: int, account: str) -> int | None:
    """The key with which that account may address the channel."""
    row = db.execute(
        "SELECT access_hash FROM channel_access WHERE channel_id = ? AND account = ?", (channel_id, account)
    ).fetchone()
    return None if row is None else int(row[0])


def read_through(db: sqlite3.Connection, channel_id: int, cursor: int, at: datetime) -> None:
    """History is complete up to message id `cursor`; called by in-order reading of history only."""
    db.execute(
        "UPDATE channel SET cursor = max(cursor, ?), read_at = ?, problem = NULL, "
        "state = CASE state WHEN 'unreadable' THEN 'active' ELSE state END WHERE id = ?",
        (cursor, to_ms(at), channel_id),
    )


def set_problem(db: sqlite3.Connection, channel_id: int, problem: str | None) -> bool:
    """Say why a channel can't be read, or that it can again; True where that is news."""
    state = ChannelState.ACTIVE if problem is None else ChannelState.UNREADABLE
    changed = db.execute(
        "UPDATE channel SET state = ?, problem = ? WHERE id = ? AND state <> 'removed' AND problem IS NOT ?",
        (state, problem, channel_id, problem),
    )
    return changed.rowcount > 0


def set_joined(db: sqlite3.Connection, channel_id: int, joined: bool) -> None:
    """Whether the reading account is a member, and so is pushed the channel's posts."""
    db.execute("UPDATE channel SET joined = ? WHERE id = ?", (joined, channel_id))


def rename(db: sqlite3.Connection, channel_id: int, username: str | None, title: str) -> None:
    """The channel goes by another name now."""
    db.execute("UPDATE channel SET username = ?, title = ? WHERE id = ?", (username, title, channel_id))


def known_ids(db: sqlite3.Connection, channel_id: int, low: int, high: int) -> set[int]:
    """Message ids in [low, high] that we hold and that are not marked deleted."""
    rows = db.execute(
        "SELECT message_id FROM post WHERE channel_id = ? AND message_id BETWEEN ? AND ? AND deleted_at IS NULL",
        (channel_id, low, high),
    )
    return {row[0] for row in rows}


def held_ids(db: sqlite3.Connection, channel_id: int, low: int, high: int) -> set[int]:
    """Message ids in [low, high] that we hold, deleted ones too."""
    rows = db.execute(
        "SELECT message_id FROM post WHERE channel_id = ? AND message_id BETWEEN ? AND ?",
        (channel_id, low, high),
    )
    return {row[0] for row in rows}
