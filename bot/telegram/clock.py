"""How far this machine's clock is from Telegram's: a wrong one makes connecting hang."""

from __future__ import annotations

from datetime import UTC, datetime

from telethon.tl import functions

from bot.telegram.connection import Connection


async def ahead(connection: Connection) -> float:
    """Seconds by which this machine's clock is ahead of Telegram's, to about a second."""
    state = await connection.call(functions.updates.GetStateRequest())
    theirs: datetime = state.date
    return (datetime.now(UTC) - theirs).total_seconds()
