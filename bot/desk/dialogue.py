"""Short dialogues: a command without its argument, or a button, asks; the member's reply is the answer."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime, timedelta

from bot.alerts.excerpt import shown
from bot.desk.room import Room
from bot.errors import Busy, Refused, Unavailable
from bot.incoming import Incoming, Press
from storage.times import to_ms

_PATIENCE = timedelta(minutes=15)
_LOOKS, _PAUSE = 40, 0.05  # for the news of an arrival: two seconds in all
# An anonymous administrator presses as a person and writes as the group: that reply is known by what it replies to.
_THEIRS = (
    "chat_id = ? AND (actor_id = ? OR (? AND asked IN "
    "(SELECT o.id FROM owed o WHERE o.chat_id = dialogue.chat_id AND o.message_id = ?)))"
)


async def answered(room: Room, incoming: Incoming) -> str | None:
    """As `asked`; a member may be quicker than the news that our question has arrived, and is waited for."""
    for _ in range(_LOOKS):
        found = await room.store.read(asked, incoming, now=room.now())
        if found is not None or not await room.store.read(_under_way, incoming):
            return found
        await asyncio.sleep(_PAUSE)
    return None


def _under_way(db: sqlite3.Connection, incoming: Incoming) -> bool:
    """Whether the sender has been asked by a message whose arrival we do not know of yet."""
    row = db.execute(
        "SELECT 1 FROM dialogue d JOIN owed o ON o.id = d.asked WHERE d.chat_id = ? AND d.actor_id = ? "
        "AND o.message_id IS NULL",
        (incoming.chat_id, incoming.sender_id),
    ).fetchone()
    return row is not None


async def addressed(room: Room, press: Press) -> str:
    """HTML that names the one who pressed, so that Telegram asks them, and nobody else, to reply.

    Empty where they must not be named: an anonymous administrator presses as the person that they are.
    """
    if press.chat_id > 0:
        return ""
    try:
        hidden = await room.outside.is_hidden(press.chat_id, press.sender_id)
    except (Busy, Unavailable, Refused):
        hidden = True
    return "" if hidden else f'<a href="tg://user?id={press.sender_id}">{shown(press.sender_name)}</a>: '


def begin(
    db: sqlite3.Connection, chat_id: int, actor_id: int, command: str, owed_id: int, *, now: datetime
) -> None:
    """The member has been asked, by that row of `owed`; an older question of theirs is forgotten."""
    db.execute(
        "INSERT INTO dialogue(chat_id, actor_id, command, asked, expires_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET command = excluded.command, asked = excluded.asked, expires_at = excluded.expires_at",
        (chat_id, actor_id, command, owed_id, to_ms(now + _PATIENCE)),
    )


def asked(db: sqlite3.Connection, incoming: Incoming, *, now: datetime) -> str | None:
    """What this message answers: a command, or a question with its context; None where nobody asked its sender,
    or this is no reply to the question.
    """
    rows = db.execute(
        "SELECT command, (SELECT o.message_id FROM owed o WHERE o.id = asked) FROM dialogue "
        f"WHERE {_THEIRS} AND expires_at > ?",
        (*_who(incoming), to_ms(now)),
    ).fetchall()
    private = incoming.chat_id > 0
    for command, message_id in rows:
        if incoming.reply_to == message_id or (private and incoming.reply_to is None):
            return str(command)
    return None


def end(db: sqlite3.Connection, incoming: Incoming) -> bool:
    """The member has answered, typed another command, or cancelled; False where nothing was asked."""
    return db.execute(f"DELETE FROM dialogue WHERE {_THEIRS}", _who(incoming)).rowcount > 0


def _who(incoming: Incoming) -> tuple[int, int, bool, int | None]:
    anonymous = incoming.chat_id < 0 and incoming.sender_id == incoming.chat_id
    return incoming.chat_id, incoming.sender_id, anonymous, incoming.reply_to
