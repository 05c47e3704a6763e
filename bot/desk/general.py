"""/help, /start, /status, /cancel."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.commands import replies
from bot.desk.room import Button, Command, Effect, Reply, Room, say
from bot.incoming import Incoming
from storage import channels, chats, owed, reading


async def _help(_: Room, __: Incoming, ___: str) -> Effect:
    return say(replies.help_text())


async def _cancel(_: Room, __: Incoming, ___: str) -> Effect:
    return say("Nothing is being asked any more.")  # every command ends its member's dialogue


async def _status(room: Room, _: Incoming, __: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        return Reply(
            html=replies.status(
                channels.followed(db),
                chats.every(db),
                owed.waiting(db),
                room.outside.accounts(),
                reading.count(db),
                room.zone,
                room.now(),
            )
        )

    return effect


COMMANDS: Final = {
    "status": Command(run=_status),
    "help": Command(run=_help),
    "start": Command(run=_help),
    "cancel": Command(run=_cancel),
}
BUTTONS: Final[dict[str, Button]] = {}
