"""Short dialogues: a command without its argument asks for it, and the member's reply is the argument."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from bot.incoming import Incoming
from storage.times import to_ms

_PATIENCE = timedelta(minutes=15)


def begin(db: sqlite3.Connection, incoming: Incoming, command: str, owed_id: int, *, now: datetime) -> None:
    """The member has been asked, by that row of `owed`; an older question of theirs is forgotten."""
    db.execute(
        "INSERT INTO dialogue(chat_id, actor_id, command, asked, expires_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET command = excluded.command, asked = excluded.asked, expires_at = excluded.expires_at",
        (incoming.chat_id, incoming.sender_id, command, owed_id, to_ms(now + _PATIENCE)),
    )


def asked(db: sqlite3.Connection, incoming: Incoming, *, now: datetime) -> str | None:
    """The command whose argument this message is; None where nobody asked, or this is no reply to the question."""
    row = db.execute(
        "SELECT d.command, o.message_id FROM dialogue d LEFT JOIN owed o ON o.id = d.asked "
        "WHERE d.chat_id = ? AND d.actor_id = ? AND d.expires_at > ?",
        (incoming.chat_id, incoming.sender_id, to_ms(now)),
    ).fetchone()
    if row is None:
        return None
    command, message_id = row
    private = incoming.chat_id > 0
    return (
        str(command) if incoming.reply_to == message_id or (private and incoming.reply_to is None) else None
    )


def end(db: sqlite3.Connection, incoming: Incoming) -> bool:
    """The member has answered, typed another command, or cancelled; False where nothing was asked."""
    return (
        db.execute(
            "DELETE FROM dialogue WHERE chat_id = ? AND actor_id = ?", (incoming.chat_id, incoming.sender_id)
        ).rowcount
        > 0
    )
