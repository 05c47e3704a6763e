"""What was not read or could not be kept: found, kept with its times, and closed once it has been made up for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from storage import channels
from storage.records import Channel, Gap
from storage.times import from_ms, to_ms

_SILENT = timedelta(minutes=3)  # a service says that it is at work several times within this
_OVERDUE = timedelta(hours=1)  # every channel's history is read to its end more often than this
_NOT_RUNNING = "placewatch was not running, or had no connection"
_NOT_YET = "it has not been read yet"
_LATE = "its history has not been read to its end since"


def start_of(db: sqlite3.Connection, channel_id: int) -> int:
    """The id after which a channel is to be read."""
    return int(db.execute("SELECT start FROM channel WHERE id = ?", (channel_id,)).fetchone()[0])


def begin(
    db: sqlite3.Connection,
    channel: Channel,
    why: str,
    *,
    now: datetime,
    until: datetime | None = None,
    told: bool = False,
) -> bool:
    """A channel is not read from its last complete reading on; True where nobody was told of that before.

    With `until` it was not read until then, and what was said meanwhile is still to be read. A stretch that the
    chats were told of stays as it is until history has been read to its end, unless they are to be told again.
    """
    since = min(channel.read_at or channel.added_at, now)
    if until is not None and since > until:
        return False  # it was read since
    row = db.execute(
        "SELECT id, told FROM gap WHERE channel_id = ? AND low IS NULL AND closed_at IS NULL", (channel.id,)
    ).fetchone()
    if row is None:
        db.execute(
            "INSERT INTO gap(channel_id, since, until, why, found_at, tried_at, told) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (channel.id, to_ms(since), to_ms(until), why, to_ms(now), to_ms(now), told),
        )
        return True
    gap_id, was_told = row
    if told or not was_told:
        db.execute(
            "UPDATE gap SET until = ?, why = ?, tried_at = ?, told = ? WHERE id = ?",
            (to_ms(until), why, to_ms(now), told, gap_id),
        )
    return not was_told


def end(db: sqlite3.Connection, channel_id: int, *, now: datetime) -> Gap | None:
    """History was read to its end: what was not read before is made up for. The stretch that this closes, if any."""
    row = db.execute(
        "UPDATE gap SET closed_at = ?, until = coalesce(until, ?) "
        "WHERE channel_id = ? AND low IS NULL AND closed_at IS NULL RETURNING since, until, why, told",
        (to_ms(now), to_ms(now), channel_id),
    ).fetchone()
    if row is None:
        return None
    since, until, why, told = row
    return Gap(
        channel=channels.by_id(db, channel_id),
        since=from_ms(since),
        until=from_ms(until),
        why=why,
        told=bool(told),
    )


def waiting(db: sqlite3.Connection) -> int:
    """How many channels could not be read for a while, and have not been read to their end since."""
    row = db.execute(
        "SELECT count(*) FROM gap WHERE low IS NULL AND until IS NOT NULL AND closed_at IS NULL"
    ).fetchone()
    return int(row[0])


def lose(
    db: sqlite3.Connection,
    channel_id: int,
    lost: Mapping[int, tuple[str, datetime]],
    *,
    now: datetime,
) -> list[int]:
    """Posts are there that can't be kept: id -> why, and when it was posted. The ids that were not known for it."""
    new = []
    for message_id, (why, at) in lost.items():
        made = db.execute(
            "INSERT INTO gap(channel_id, low, high, since, until, why, found_at, tried_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (channel_id, message_id, message_id, to_ms(at), to_ms(at), why, to_ms(now), to_ms(now)),
        )
        if made.rowcount:
            new.append(message_id)
        else:
            db.execute(
                "UPDATE gap SET tried_at = ? WHERE channel_id = ? AND low = ? AND closed_at IS NULL",
                (to_ms(now), channel_id, message_id),
            )
    return new


def settle(db: sqlite3.Connection, channel_id: int, message_ids: Iterable[int], *, now: datetime) -> None:
    """These posts are kept, or are known to be gone: they are missed no more."""
    if not lost_ids(db, channel_id):
        return  # nearly always
    for message_id in message_ids:
        db.execute(
            "UPDATE gap SET closed_at = ? WHERE channel_id = ? AND low = ? AND closed_at IS NULL",
            (to_ms(now), channel_id, message_id),
        )


def lost_ids(db: sqlite3.Connection, channel_id: int) -> dict[int, datetime]:
    """The ids of the posts that could not be kept, and when that was last tried."""
    rows = db.execute(
        "SELECT low, tried_at FROM gap WHERE channel_id = ? AND low IS NOT NULL AND closed_at IS NULL "
        "ORDER BY low",
        (channel_id,),
    )
    return {low: from_ms(tried) for low, tried in rows}


def unread(
    db: sqlite3.Connection,
    now: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Gap]:
    """What the archive lacks of the channels that are followed, between two times; the oldest first.

    Besides what is written down: a service that has stopped can't write it, so that a channel counts as not read
    since its last complete reading where nobody is at work, or where that is too long ago.
    """
    lacking = [
        one
        for one in _lacking(db, now)
        if (until is None or one.since < until) and (since is None or one.until is None or one.until >= since)
    ]
    known = channels.by_ids(db, (one.channel_id for one in lacking))
    return [
        Gap(
            channel=known[one.channel_id],
            low=one.low,
            high=one.high,
            since=one.since,
            until=one.until,
            why=one.why,
        )
        for one in sorted(lacking, key=lambda one: one.since)
    ]


class _Lack(NamedTuple):
    """A gap, before anybody asks whose it is."""

    channel_id: int
    since: datetime
    until: datetime | None
    why: str
    low: int | None = None
    high: int | None = None


def _lacking(db: sqlite3.Connection, now: datetime) -> list[_Lack]:
    """What is not read of the channels that are followed, in the order of their names."""
    followed = {
        channel_id: (from_ms(added), from_ms(read))
        for channel_id, added, read in db.execute(
            "SELECT id, added_at, read_at FROM channel WHERE state <> 'removed' "
            "ORDER BY coalesce(username, title) COLLATE NOCASE"
        )
    }
    found = [
        _Lack(channel_id, from_ms(begun), from_ms(ended), why, low, high)
        for channel_id, low, high, begun, ended, why in db.execute(
            "SELECT channel_id, low, high, since, until, why FROM gap WHERE closed_at IS NULL ORDER BY since, id"
        )
        if channel_id in followed
    ]
    stretches = {one.channel_id: one for one in found if one.low is None}
    at = alive_at(db)
    if at is not None:  # who reads is at work, though it may not have said so yet
        at = max([at, *(read for _, read in followed.values() if read)])
    stopped = at is not None and now - at > _SILENT
    for channel_id, (added, read) in followed.items():
        stretch = stretches.get(channel_id)
        if stretch is not None and stretch.until is None:
            continue
        begun = read if stretch is None else stretch.until
        if begun is None:
            found.append(_Lack(channel_id, added, None, _NOT_YET))
        elif stopped or now - begun > _OVERDUE:
            if stretch is not None:  # nor was it read afterwards
                found.remove(stretch)
                begun = stretch.since
            found.append(_Lack(channel_id, begun, None, _NOT_RUNNING if stopped else _LATE))
    return found


def alive_at(db: sqlite3.Connection) -> datetime | None:
    """When the service last said that it was at work and connected; None where it never did."""
    row = db.execute("SELECT at FROM alive").fetchone()
    return None if row is None else from_ms(row[0])


def live(db: sqlite3.Connection, *, now: datetime) -> None:
    """The service is at work, and connected."""
    db.execute(
        "INSERT INTO alive(id, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at", (to_ms(now),)
    )


def put_back(db: sqlite3.Connection, by: timedelta, *, now: datetime) -> None:
    """The clock was put back: what waits for a time by the old clock waits as long as it was meant to."""
    ms = round(by.total_seconds() * 1000)
    db.execute(
        "UPDATE owed SET not_before = not_before - ? WHERE due = 1 AND not_before > ?", (ms, to_ms(now))
    )
    db.execute("UPDATE chat SET held_until = held_until - ? WHERE held_until > ?", (ms, to_ms(now)))
    db.execute(
        "UPDATE media SET not_before = not_before - ? WHERE state = 'wanted' AND not_before > ?",
        (ms, to_ms(now)),
    )
