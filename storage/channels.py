"""Channels: who is followed, how far each has been read, and why one can't be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from storage.records import Channel, ChannelState, Peer, Priority
from storage.times import from_ms, posted_at, to_ms

_RENEW_EVERY = timedelta(days=1)

_COLUMNS = """
  c.id, c.telegram_id, c.username, c.title, c.label, c.state, c.problem, c.joined, c.cursor, c.added_at, c.read_at,
  c.side, c.standing, c.owner, c.priority, c.account,
  (SELECT max(p.id) FROM post p WHERE p.channel_id = c.id)
"""


def _channel(row: tuple[object, ...]) -> Channel:
    (id_, telegram_id, username, title, label, state, problem, joined, cursor, *rest) = row
    added_at, read_at, side, standing, owner, priority, account, newest = rest
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
        priority=Priority(str(priority)),
        account=str(account),
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


def by_ids(db: sqlite3.Connection, channel_ids: Iterable[int]) -> dict[int, Channel]:
    """The channels of those rows; missing ones are left out."""
    wanted = sorted(set(channel_ids))
    return {
        channel.id: channel for channel in _select(db, f"c.id IN ({','.join('?' * len(wanted))})", wanted)
    }


def signatures(db: sqlite3.Connection, channel_id: int) -> list[str]:
    """What a channel may put under its posts: its title, and the label by which the team knows it."""
    rows = db.execute("SELECT title, label FROM channel WHERE id = ?", (channel_id,))
    return [name for row in rows for name in row if name]


def by_telegram_id(db: sqlite3.Connection, telegram_id: int) -> Channel | None:
    """The channel that Telegram knows by that id, followed or not."""
    found = _select(db, "c.telegram_id = ?", (telegram_id,))
    return found[0] if found else None


def find(db: sqlite3.Connection, name: str) -> list[Channel]:
    """Followed channels of that username or title, whatever their case."""
    wanted = name.removeprefix("@").casefold()
    return [c for c in followed(db) if wanted in ((c.username or "").casefold(), c.title.casefold())]


def of_name(db: sqlite3.Connection, username: str) -> list[Channel]:
    """The followed channel that is known by that username, if any."""
    return _select(db, "c.username = ? COLLATE NOCASE AND c.state <> 'removed'", (username,))


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
    but what was said while nobody followed it is no news. One that is read keeps its account; another one gets the
    account that has looked it up. One that was followed by its name alone is the same
    channel where the name is the same: it goes on under its row.
    """
    known = _row_of(db, peer)
    db.execute(  # a name belongs to the one that Telegram says has it
        "UPDATE channel SET username = NULL WHERE username = ? AND telegram_id <> ? AND state <> 'removed'",
        (peer.username, peer.telegram_id),
    )
    if known is None:
        (channel_id,) = db.execute(
            "INSERT INTO channel(telegram_id, username, title, label, account, joined, cursor, start, added_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                peer.telegram_id,
                peer.username,
                peer.title,
                label,
                account,
                peer.joined,
                cursor,
                cursor,
                to_ms(now),
            ),
        ).fetchone()
    else:
        channel_id = known.id
        db.execute(
            "UPDATE channel SET telegram_id = coalesce(?, telegram_id), username = ?, title = ?, "
            "label = coalesce(?, label), joined = CASE WHEN state = 'active' AND account <> ? THEN joined ELSE ? END, "
            "account = CASE state WHEN 'active' THEN account ELSE ? END, state = 'active', problem = NULL, cursor = min(cursor, ?), "
            "start = min(start, cursor, ?), "
            "added_at = CASE state WHEN 'removed' THEN ? ELSE added_at END WHERE id = ?",
            (
                peer.telegram_id,
                peer.username,
                peer.title,
                label,
                account,
                peer.joined,
                account,
                cursor,
                cursor,
                to_ms(now),
                channel_id,
            ),
        )
    _access(db, account, channel_id, peer)
    return by_id(db, channel_id), known is None or known.state is ChannelState.REMOVED


def readdress(db: sqlite3.Connection, channel_id: int, peer: Peer, *, account: str) -> None:
    """How that account addresses the channel from now on; a channel without Telegram's id gets it."""
    db.execute(
        "UPDATE channel SET telegram_id = coalesce(telegram_id, ?) WHERE id = ?",
        (peer.telegram_id, channel_id),
    )
    _access(db, account, channel_id, peer)
    set_joined(db, channel_id, account, peer.joined)


def _access(db: sqlite3.Connection, account: str, channel_id: int, peer: Peer) -> None:
    if peer.access_hash is not None:
        db.execute(
            "INSERT INTO channel_access(account, channel_id, access_hash, joined) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET access_hash = excluded.access_hash, joined = excluded.joined",
            (account, channel_id, peer.access_hash, peer.joined),
        )


def _row_of(db: sqlite3.Connection, peer: Peer) -> Channel | None:
    """The row of a channel: by Telegram's id, else the row that has its name and no other channel's id.

    A name alone finds whoever had it last, read or not. Where the id has a row and the name another one without an
    id, that one is followed no more: the name is not twice among the followed, and its posts stay where they are.
    """
    named = (
        []
        if peer.username is None
        else _select(db, "c.username = ? ORDER BY c.state = 'removed', c.id DESC", (peer.username,))
    )
    if peer.telegram_id is None:
        return named[0] if named else None
    nameless = [channel for channel in named if channel.telegram_id is None]
    known = by_telegram_id(db, peer.telegram_id)
    if known is None:
        return nameless[0] if nameless else None
    for channel in nameless:
        unfollow(db, channel.id)
    return known


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


def move_cursor(db: sqlite3.Connection, channel_id: int, cursor: int) -> None:
    """Reading in order has come to message id `cursor`; there is more to read."""
    db.execute("UPDATE channel SET cursor = max(cursor, ?) WHERE id = ?", (cursor, channel_id))


def set_problem(db: sqlite3.Connection, channel_id: int, problem: str | None) -> bool:
    """Say why a channel can't be read, or that it can again; True where that is news."""
    state = ChannelState.ACTIVE if problem is None else ChannelState.UNREADABLE
    changed = db.execute(
        "UPDATE channel SET state = ?, problem = ? WHERE id = ? AND state <> 'removed' AND problem IS NOT ?",
        (state, problem, channel_id, problem),
    )
    return changed.rowcount > 0


def set_joined(db: sqlite3.Connection, channel_id: int, account: str, joined: bool) -> None:
    """Whether the account is a member, and so is pushed the channel's posts."""
    db.execute("UPDATE channel SET joined = ? WHERE id = ? AND account = ?", (joined, channel_id, account))
    db.execute(
        "UPDATE channel_access SET joined = ? WHERE channel_id = ? AND account = ?",
        (joined, channel_id, account),
    )


def set_priority(db: sqlite3.Connection, channel_id: int, priority: Priority) -> None:
    """How often the channel is asked for, beside the others."""
    db.execute("UPDATE channel SET priority = ? WHERE id = ?", (priority, channel_id))


def renewed_lately(
    db: sqlite3.Connection, channel_id: int, account: str, telegram_id: int, now: datetime
) -> bool:
    """Whether the account has asked anew within a day how to address the channel, and was answered.

    An account that has signed in since under the same name has another `telegram_id`: it has not.
    """
    row = db.execute(
        "SELECT telegram_id, at FROM renewal WHERE channel_id = ? AND account = ?", (channel_id, account)
    ).fetchone()
    return row is not None and row[0] == telegram_id and abs(now - from_ms(row[1])) < _RENEW_EVERY


def note_renewal(
    db: sqlite3.Connection, channel_id: int, account: str, telegram_id: int, now: datetime
) -> None:
    """The account has asked anew how to address the channel, and was answered."""
    db.execute(
        "INSERT INTO renewal(account, channel_id, telegram_id, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET telegram_id = excluded.telegram_id, at = excluded.at",
        (account, channel_id, telegram_id, to_ms(now)),
    )


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


def posting_times(db: sqlite3.Connection, channel_id: int, message_ids: Iterable[int]) -> dict[int, datetime]:
    """When those of the posts that we hold were posted, to the second."""
    ids = tuple(message_ids)
    marks = ",".join("?" * len(ids))
    rows = db.execute(
        f"SELECT message_id, id FROM post WHERE channel_id = ? AND message_id IN ({marks})",
        (channel_id, *ids),
    )
    return {message_id: posted_at(row_id) for message_id, row_id in rows}
