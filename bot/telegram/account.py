"""One account that reads, and whether it can just now."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.telegram.connection import Connection
from bot.telegram.reader import Reader
from storage.records import Channel

LONG_WAIT = (
    900.0  # seconds without history after which others read the channels: each has to be looked up by them
)
AWAY = 300.0  # seconds without a connection, while another account has one

Elsewhere = Callable[[Channel, str], Awaitable[bool]]
Make = Callable[[str, Elsewhere, Callable[[], Awaitable[None]]], tuple[Connection, Reader]]


@dataclass(slots=True, kw_only=True)
class ReadingAccount:
    """A connection and its reader, and what keeps them from reading."""

    name: str
    connection: Connection
    reader: Reader
    away_seconds: float = AWAY
    stopped: str | None = None  # why; only a person can help
    _held: bool = False  # Telegram has named a long wait, which is not over
    _down_at: float | None = None  # since when there is no connection, as time.monotonic has it

    @property
    def is_connected(self) -> bool:
        return self.connection.state.connected_since is not None

    @property
    def fill(self) -> float:
        """How much of its requests reading its channels would take; above 1 they are read more rarely than wished."""
        return self.reader.plan.wanted / self.reader.plan.allowed

    def look(self) -> None:
        """Take note of how it is; a long wait keeps it from reading until it is over."""
        left = self.reader.asking.left("GetHistory")
        self._held = left > (0.0 if self._held else LONG_WAIT)
        if self.is_connected:
            self._down_at = None
        elif self._down_at is None:
            self._down_at = time.monotonic()

    def trouble(self, *, others_connected: bool) -> str | None:
        """Why others are to read its channels, in short; None where it reads them."""
        if self.stopped is not None:
            return "the account that read it has stopped"
        if self._held:
            return "Telegram asked the account that read it to wait long"
        away = self._down_at is not None and time.monotonic() - self._down_at > self.away_seconds
        return "the account that read it had no connection" if away and others_connected else None
