"""Channels that an account is to join or to leave, because the operator wants it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from storage.records import Joining, Wish
from storage.times import from_ms, to_ms

_COLUMNS = "j.account, j.channel_id, j.state, j.problem, j.since"


def ask(db: sqlite3.Connection, account: str, channel_id: int, state: Joining, *, now: datetime) -> None:
    """The account is to join or to leave; what was wished before is forgotten."""
    db.execute(
        "INSERT INTO joining(account, channel_id, state, since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "since = CASE state WHEN excluded.state THEN since ELSE excluded.since END, "
        "state = excluded.state, problem = NULL",
        (account, channel_id, state, to_ms(now)),
    )


def say(
    db: sqlite3.Connection, account: str, channel_id: int, state: Joining, problem: str | None = None
) -> None:
    """What has become of a wish."""
    db.execute(
        "UPDATE joining SET state = ?, problem = ? WHERE account = ? AND channel_id = ?",
        (state, problem, account, channel_id),
    )


def refuse_all(db: sqlite3.Connection, account: str, problem: str) -> None:
    """Nothing can be joined any more, for the same reason."""
    db.execute(
        "UPDATE joining SET state = ?, problem = ? WHERE account = ? AND state = ?",
        (Joining.REFUSED, problem, account, Joining.TO_JOIN),
    )


def forget(db: sqlite3.Connection, account: str, channel_id: int) -> None:
    """The wish has come true, or is none any more."""
    db.execute("DELETE FROM joining WHERE account = ? AND channel_id = ?", (account, channel_id))


def forget_joining(db: sqlite3.Connection, channel_id: int) -> None:
    """No account is to join the channel any more."""
    db.execute("DELETE FROM joining WHERE channel_id = ? AND state <> 'to leave'", (channel_id,))


def waiting(db: sqlite3.Connection, account: str) -> list[Wish]:
    """What is still to be done for channels that are followed: leaving first, which makes room, then by age.

    A channel waits until the account knows how to address it.
    """
    return _select(
        db,
        "WHERE j.account = ? AND c.state <> 'removed' AND "
        "(j.state = 'to join' AND a.joined = 0 OR j.state = 'to leave' AND a.joined = 1) "
        "ORDER BY j.state DESC, j.since, j.channel_id",
        (account,),
    )


def by_channel(db: sqlite3.Connection) -> dict[int, Wish]:
    """What has not come true, by channel."""
    found = _select(db, "WHERE (j.state = 'to leave') = coalesce(a.joined, 0)")
    return {wish.channel_id: wish for wish in found}


def memberships(db: sqlite3.Connection, account: str) -> int:
    """How many channels the account has joined, among them some that nobody follows any more."""
    found = db.execute("SELECT count(*) FROM channel_access WHERE account = ? AND joined = 1", (account,))
    return int(found.fetchone()[0])


def places_taken(db: sqlite3.Connection, account: str, *, without: int) -> int:
    """How many channels the account has joined or is to join, one channel left out."""
    coming = db.execute(
        "SELECT count(*) FROM joining j JOIN channel c ON c.id = j.channel_id LEFT JOIN channel_access a "
        "ON a.channel_id = j.channel_id AND a.account = j.account "
        "WHERE j.account = ? AND j.channel_id <> ? AND j.state = 'to join' AND c.state <> 'removed' "
        "AND coalesce(a.joined, 0) = 0",
        (account, without),
    )
    return memberships(db, account) + int(coming.fetchone()[0])


def members(db: sqlite3.Connection, channel_id: int) -> list[str]:
    """The accounts that have joined a channel."""
    rows = db.execute(
        "SELECT account FROM channel_access WHERE channel_id = ? AND joined = 1 ORDER BY account",
        (channel_id,),
    )
    return [row[0] for row in rows]


def _select(db: sqlite3.Connection, rest: str, values: Iterable[object] = ()) -> list[Wish]:
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM joining j JOIN channel c ON c.id = j.channel_id LEFT JOIN channel_access a "
        f"ON a.channel_id = j.channel_id AND a.account = j.account {rest}",
        tuple(values),
    )
    return [
        Wish(
            account=account,
            channel_id=channel_id,
            state=Joining(state),
            problem=problem,
            since=from_ms(since),
        )
        for account, channel_id, state, problem, since in rows
    ]
