"""/help, /start, /cancel."""

from __future__ import annotations

from typing import Final

from bot.commands import replies
from bot.desk import page
from bot.desk.room import Button, Command, Effect, Room, say
from bot.incoming import Incoming


async def _help(room: Room, __: Incoming, ___: str) -> Effect:
    return say(replies.help_text(t=room.t))


async def _start(room: Room, incoming: Incoming, argument: str) -> Effect:
    """What a link to the bot asks for (t.me/BOT?start=archive), or help."""
    if argument in page.COMMANDS:
        return await page.COMMANDS[argument].run(room, incoming, "")
    return say(replies.help_text(t=room.t))


async def _cancel(room: Room, __: Incoming, ___: str) -> Effect:
    return say(room.t("Nothing is being asked any more."))  # every command ends its member's dialogue


COMMANDS: Final = {
    "help": Command(run=_help),
    "start": Command(run=_start),
    "cancel": Command(run=_cancel),
}
BUTTONS: Final[dict[str, Button]] = {}
