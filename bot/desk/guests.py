"""Members of the team's chats who ask for the review page in private; strangers are not answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.desk.desk import Desk
from bot.desk.door import Door
from bot.desk.page import role_of
from bot.errors import Busy, Unavailable
from bot.incoming import Incoming
from bot.web.access.attempts import Attempts
from storage import access
from storage.database import StorageError
from storage.store import Store

log = logging.getLogger(__name__)


class Guests:
    """Hears those who are in no list of ours, and hands on whom a team chat or the operator vouches for."""

    def __init__(self, desk: Desk, store: Store, door: Door, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._store = store
        self._door = door
        self._now = now
        # Telegram is asked about each: strangers must not make the bot wait for leave to ask about its members.
        self._strangers = Attempts(each=3, together=30, within=timedelta(minutes=10))

    async def handle(self, incoming: Incoming) -> None:
        """Have the desk answer a member; nothing is said to a stranger, and nothing kept of them."""
        person = str(incoming.sender_id)
        if self._strangers.wait(person, self._now()):
            return
        try:
            known = await self._store.read(access.user, incoming.sender_id, self._now())
            role = known.role if known is not None else None
            if role is None:
                _, role = await role_of(self._door, incoming.sender_id, self._door.chats())
        except (Busy, Unavailable, StorageError) as problem:
            log.warning("guest not looked up problem=%s", problem)
            return
        if role is None:
            self._strangers.failed(person, self._now())
            return
        await self._desk.handle(incoming)
