"""Presses of inline buttons, and the bot's answers to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from telethon.tl import types

from .accounts import Account


@dataclass(eq=False)
class Press:
    """One press of a button; `await press.answered()` gives what the bot told the presser."""

    query_id: int
    bot: Account
    member: Account
    message_id: int
    data: bytes
    answer: types.messages.BotCallbackAnswer | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def answered(self, timeout: float = 10) -> types.messages.BotCallbackAnswer:
        """Wait for the answer; TimeoutError when the bot gives none."""
        async with asyncio.timeout(timeout):
            await self.done.wait()
        assert self.answer is not None
        return self.answer


def has_button(markup: object, data: bytes) -> bool:
    """Whether a keyboard has a button that carries this data."""
    if not isinstance(markup, types.ReplyInlineMarkup):
        return False
    return any(
        isinstance(button.type, types.InlineButtonTypeCallback) and button.type.data == data
        for row in markup.rows
        for button in row.buttons
    )
