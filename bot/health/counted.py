"""Counts what is sent, on its way from the courier to Telegram and the outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from bot.courier import Messenger
from bot.errors import Busy, Refused
from storage.records import Message


class Counted:
    """A messenger that knows how often it was asked, and how that went."""

    def __init__(self, carrier: Messenger, now: Callable[[], datetime]) -> None:
        self._carrier = carrier
        self._now = now
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """("send" or "edit", "arrived", "held", "refused" or "failed"): how often."""
        self.delivered_at: datetime | None = None

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        """As `Messenger.send`."""
        try:
            message_id = await self._carrier.send(chat_id, message, random_id)
        except Exception as trouble:
            self.outcomes["send", _kind(trouble)] += 1
            raise
        self._arrived("send")
        return message_id

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """As `Messenger.edit`."""
        try:
            await self._carrier.edit(chat_id, message_id, message)
        except Exception as trouble:
            self.outcomes["edit", _kind(trouble)] += 1
            raise
        self._arrived("edit")

    def _arrived(self, what: str) -> None:
        self.outcomes[what, "arrived"] += 1
        self.delivered_at = self._now()


def _kind(trouble: Exception) -> str:
    if isinstance(trouble, Busy):
        return "held"
    return "refused" if isinstance(trouble, Refused) else "failed"
