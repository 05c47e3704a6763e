"""The accounts that read, and which of them reads which channel."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from typing import NamedTuple

from storage.records import Account

_OF_AN_ACCOUNT = ("channel_access", "joining", "hold", "pace", "renewal")


class Access(NamedTuple):
    """Which accounts know how to address a channel, and which of these are its members."""

    known: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()


def every(db: sqlite3.Connection) -> list[Account]:
    """All accounts, by name."""
    rows = db.execute("SELECT name, telegram_id, telegram_name, problem FROM account ORDER BY name")
    return [
        Account(name=name, telegram_id=telegram_id, telegram_name=telegram_name, problem=problem)
        for name, telegram_id, telegram_name, problem in rows
    ]


def are(db: sqlite3.Connection, names: Collection[str]) -> None:
    """These are the accounts that there are."""
    db.executemany("INSERT OR IGNORE INTO account(name) VALUES (?)", [(name,) for name in names])
    marks = ",".join("?" * len(names))
    db.execute(f"DELETE FROM account WHERE name NOT IN ({marks})", tuple(names))


def connected(db: sqlite3.Connection, name: str, telegram_id: int, telegram_name: str | None) -> None:
    """The account works, signed in as that one; what was known of another one under the same name is forgotten."""
    before = db.execute("SELECT telegram_id FROM account WHERE name = ?", (name,)).fetchone()
    if before is not None and before[0] not in (None, telegram_id):
        for table in ("channel_access", "hold", "pace"):
            db.execute(f"DELETE FROM {table} WHERE account = ?", (name,))
        db.execute("UPDATE channel SET joined = 0 WHERE account = ?", (name,))
    db.execute(
        "INSERT INTO account(name, telegram_id, telegram_name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
        "telegram_id = excluded.telegram_id, telegram_name = excluded.telegram_name, problem = NULL",
        (name, telegram_id, telegram_name),
    )


def stopped(db: sqlite3.Connection, name: str, problem: str) -> None:
    """The account does not work any more until a person has put it right."""
    db.execute(
        "INSERT INTO account(name, problem) VALUES (?, ?) ON CONFLICT DO UPDATE SET problem = excluded.problem",
        (name, problem),
    )


def forget(db: sqlite3.Connection, name: str) -> None:
    """The account reads no more: what was known to it alone is of no use. Its channels are shared out anew."""
    for table in _OF_AN_ACCOUNT:
        db.execute(f"DELETE FROM {table} WHERE account = ?", (name,))
    db.execute("UPDATE channel SET joined = 0 WHERE account = ?", (name,))
    db.execute("DELETE FROM account WHERE name = ?", (name,))


def access(db: sqlite3.Connection) -> dict[int, Access]:
    """Who knows each channel that anybody knows."""
    known: dict[int, set[str]] = {}
    members: dict[int, set[str]] = {}
    for channel_id, account, joined in db.execute("SELECT channel_id, account, joined FROM channel_access"):
        known.setdefault(channel_id, set()).add(account)
        if joined:
            members.setdefault(channel_id, set()).add(account)
    return {row: Access(frozenset(who), frozenset(members.get(row, ()))) for row, who in known.items()}


def give(db: sqlite3.Connection, shared: Mapping[int, str]) -> None:
    """Have each of these channels read by that account from now on; what waits to be joined goes with it."""
    for channel_id, account in shared.items():
        db.execute(
            "UPDATE channel SET account = :account, joined = coalesce((SELECT joined FROM channel_access "
            "WHERE channel_id = :channel AND account = :account), 0) WHERE id = :channel",
            {"account": account, "channel": channel_id},
        )
        db.execute(
            "INSERT OR IGNORE INTO joining(account, channel_id, state, since) "
            "SELECT :account, channel_id, 'to join', since FROM joining "
            "WHERE channel_id = :channel AND account <> :account AND state <> 'to leave' ORDER BY since LIMIT 1",
            {"account": account, "channel": channel_id},
        )
        db.execute(
            "DELETE FROM joining WHERE channel_id = ? AND account <> ? AND state <> 'to leave'",
            (channel_id, account),
        )
