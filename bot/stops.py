"""What the chats are told where an account has ended until a person acts: once, and again only after it has worked."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from html import escape

from bot import sessions
from storage import owed, told
from storage.records import OwedKind, Wanted

_READER = "The reading account has stopped: no posts are read until it is signed in again, all else goes on."
_ONE_READER = "{} has stopped: its channels are read by the other accounts, all else goes on."
_WORDS = {
    "bot": "The bot has stopped: the chats are not told until it is back, posts are read and kept.",
    "web": "The review page is not served, all else goes on.",
}


def tell(
    db: sqlite3.Connection,
    name: str,
    reason: str,
    chats: Sequence[int],
    *,
    now: datetime,
    others_read: bool = False,
) -> None:
    """Owe each chat a word that a part has stopped, except where it was told of the same before."""
    words = _words(name, others_read)
    for chat_id in chats:
        if told.tell(db, chat_id, _what(name), reason, now=now):
            notice = Wanted(
                chat_id=chat_id,
                subject=f"{name} stopped {now.isoformat(timespec='milliseconds')}",
                html=f"⚠ <b>placewatch</b>: {words} {escape(reason)}",
                kind=OwedKind.NOTICE,
            )
            owed.owe(db, notice, now=now)


def _words(name: str, others_read: bool) -> str:
    if not sessions.is_reader(name):
        return _WORDS.get(name, f"A part of placewatch has stopped: {escape(name)}.")
    return _ONE_READER.format(f"The account {sessions.name_of(name)}") if others_read else _READER


def over(db: sqlite3.Connection, name: str) -> None:
    """The part works: should it stop again, the chats are told again."""
    told.forget(db, _what(name))


def _what(name: str) -> str:
    return f"stopped:{name}"
