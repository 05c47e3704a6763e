"""Waits that Telegram named, and paces of our own, method by method and account by account."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from storage.times import from_ms, to_ms

_TICK = 0.001  # seconds; times are kept to this


def hold(db: sqlite3.Connection, account: str, method: str, *, seconds: float, now: datetime) -> None:
    """That account is not to ask with that method for so long."""
    db.execute(
        "INSERT INTO hold(account, method, asked_at, seconds) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET asked_at = excluded.asked_at, seconds = excluded.seconds",
        (account, method, to_ms(now), seconds),
    )


def holds(db: sqlite3.Connection, account: str, now: datetime) -> dict[str, float]:
    """The seconds that are left of each wait, by method; never more than Telegram named, whatever the clock did."""
    rows = db.execute("SELECT method, asked_at, seconds FROM hold WHERE account = ?", (account,))
    left = {
        method: min(seconds, seconds - (now - from_ms(asked_at)).total_seconds())
        for method, asked_at, seconds in rows
    }
    return {method: seconds for method, seconds in left.items() if seconds > 0}


def turn(
    db: sqlite3.Connection, account: str, method: str, *, every: float, at_once: int, now: datetime
) -> float:
    """Take a turn, and 0; or, where it is not time for one yet, the seconds until there is one.

    `at_once` turns may be taken together, and from then on one every so many seconds. A clock that was put
    back makes nobody wait longer than all those turns cost.
    """
    row = db.execute(
        "SELECT paid_at FROM pace WHERE account = ? AND method = ?", (account, method)
    ).fetchone()
    paid = now if row is None else max(now, min(from_ms(row[0]), now + timedelta(seconds=every * at_once)))
    wait = (paid - now).total_seconds() - every * (at_once - 1)
    if wait >= _TICK:
        return wait
    db.execute(
        "INSERT INTO pace(account, method, paid_at) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET paid_at = excluded.paid_at",
        (account, method, to_ms(paid + timedelta(seconds=every))),
    )
    return 0.0
