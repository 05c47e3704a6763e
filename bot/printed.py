"""The terminal as a place to which alerts go: standard output, where neither chats nor outputs are set.

Like every place outside Telegram it is told at least once: a crash between printing and settling repeats a message.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import Final

from rich.console import Console

from bot import terminal
from bot.errors import Unavailable
from bot.outputs import number_of
from config.settings import Settings
from storage.records import Message

TERMINAL: Final = -(10**15) + 1  # of no chat of Telegram's, and of no output
NAME: Final = "terminal"
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Printed:
    """Prints each message as a chat would show it; an edited one is printed again."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()

    async def send(self, _: int, message: Message, __: int) -> int:
        """Print a new message; its number is its id. Unavailable where nobody reads standard output any more."""
        reply = f", in reply to {message.reply_to}" if message.reply_to else ""
        self._print(message, f"placewatch · message {message.number}{reply}")
        return message.number

    async def edit(self, _: int, message_id: int, message: Message) -> None:
        """Print the message as it reads now."""
        self._print(message, f"placewatch · message {message_id}, edited")

    def _print(self, message: Message, title: str) -> None:
        # Nobody can press buttons here, and the text has the link. What a post says must not steer the terminal.
        message = replace(message, buttons=(), html=_CONTROLS.sub("\ufffd", message.html))
        # Rich itself would end the process where the pipe is closed.
        with self._console.capture() as captured:
            self._console.print(terminal.bubble(message, title))
        try:
            sys.stdout.write(captured.get())
            sys.stdout.flush()
        except (OSError, ValueError) as trouble:
            raise Unavailable(f"standard output: {type(trouble).__name__}") from None


def outside(settings: Settings) -> dict[int, str]:
    """The places outside Telegram that are told, by number and name; the terminal where there is nobody else."""
    named = {number_of(one.name): one.name for one in settings.outputs}
    if not named and not settings.speaks:
        return {TERMINAL: NAME}
    return named
