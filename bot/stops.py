"""What the chats are told where an account has ended until a person acts: once, and again only after it has worked."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from html import escape

from bot import sessions
from bot.languages import N_, Languages, Said, Words
from storage import owed, told
from storage.chats import language
from storage.records import OwedKind, Wanted

_READER = N_(
    "The reading account has stopped: no posts are read until it is signed in again, all else goes on."
)
_ONE_READER = N_(
    "The account {account} has stopped: its channels are read by the other accounts, all else goes on."
)
_WORDS = {
    "bot": N_("The bot has stopped: the chats are not told until it is back, posts are read and kept."),
    "web": N_("The review page is not served, all else goes on."),
}

_ENGLISH = Languages()


def tell(
    db: sqlite3.Connection,
    name: str,
    reason: Said | str,
    chats: Sequence[int],
    *,
    now: datetime,
    others_read: bool = False,
    languages: Languages = _ENGLISH,
) -> None:
    """Owe each chat a word that a part has stopped, except where it was told of the same before."""
    for chat_id in chats:
        if told.tell(db, chat_id, _what(name), str(reason), now=now):
            t = languages.of(language(db, chat_id))
            words = _words(name, others_read, t)
            why = reason.by(t) if isinstance(reason, Said) else reason
            notice = Wanted(
                chat_id=chat_id,
                subject=f"{name} stopped {now.isoformat(timespec='milliseconds')}",
                html=f"⚠ <b>placewatch</b>: {words} {escape(why)}",
                kind=OwedKind.NOTICE,
            )
            owed.owe(db, notice, now=now)


def _words(name: str, others_read: bool, t: Words) -> str:
    if not sessions.is_reader(name):
        if name in _WORDS:
            return t(_WORDS[name])
        return t("A part of placewatch has stopped: {part}.", part=escape(name))
    return t(_ONE_READER, account=sessions.name_of(name)) if others_read else t(_READER)


def over(db: sqlite3.Connection, name: str) -> None:
    """The part works: should it stop again, the chats are told again."""
    told.forget(db, _what(name))


def _what(name: str) -> str:
    return f"stopped:{name}"
