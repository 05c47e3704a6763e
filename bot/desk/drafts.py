"""What a button stands for where that is too long for its 64 bytes of data."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from bot.errors import Mendable
from bot.languages import ENGLISH, Words
from storage.times import to_ms

_KEPT = timedelta(days=30)


def keep(db: sqlite3.Connection, chat_id: int, actor_id: int, what: str, text: str, *, now: datetime) -> int:
    """Keep a text for the buttons of one message; its number. Old ones make room: their buttons do nothing more."""
    db.execute("DELETE FROM draft WHERE created_at < ?", (to_ms(now - _KEPT),))
    (number,) = db.execute(
        "INSERT INTO draft(chat_id, actor_id, what, data, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (chat_id, actor_id, what, text, to_ms(now)),
    ).fetchone()
    return int(number)


def read(
    db: sqlite3.Connection,
    chat_id: int,
    number: int,
    what: str,
    *,
    since: datetime | None = None,
    t: Words = ENGLISH,
) -> str:
    """The text behind a number, for the same chat and purpose only; KeyError where there is none, Mendable where
    it was kept before `since`.
    """
    row = db.execute(
        "SELECT data, created_at FROM draft WHERE id = ? AND chat_id = ? AND what = ?",
        (number, chat_id, what),
    ).fetchone()
    if row is None:
        raise KeyError(number)
    if since is not None and row[1] < to_ms(since):
        raise Mendable(t("This was asked too long ago. Send /{what} again.", what=what))
    return str(row[0])


def change(db: sqlite3.Connection, number: int, text: str) -> None:
    """The buttons stand for this text from now on."""
    db.execute("UPDATE draft SET data = ? WHERE id = ?", (text, number))


def drop(db: sqlite3.Connection, number: int) -> None:
    """It is decided: the buttons stand for nothing any more."""
    db.execute("DELETE FROM draft WHERE id = ?", (number,))
