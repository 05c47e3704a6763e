"""Who has left the team's chats may not see the review page any more: asked again while they are signed in."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime

from bot.desk.door import Door
from bot.desk.page import role_of
from bot.errors import Busy, Unavailable
from storage import access, audit
from storage.records import WebUser
from storage.store import Store

log = logging.getLogger(__name__)


class Rollcall:
    """Gives everybody who is signed in the role that their chats give them by now, and signs out who has none."""

    def __init__(self, store: Store, door: Door, now: Callable[[], datetime]) -> None:
        self._store = store
        self._door = door
        self._now = now

    async def call(self) -> None:
        """Ask Telegram about each; where it can't be asked, all stays as it is until the next time."""
        for user in await self._store.read(access.users, self._now()):
            if not user.sessions or user.role is not None:  # what the operator has said counts
                continue
            try:
                chat_id, role = await role_of(self._door, user.user_id, self._door.chats())
            except (Busy, Unavailable) as problem:
                log.warning("members not looked up problem=%s", problem)
                return
            if (chat_id, role) != (user.chat_id, user.chat_role):
                await self._changed(user, chat_id, role)

    async def _changed(self, user: WebUser, chat_id: int | None, role: str | None) -> None:
        now = self._now()
        outcome = "signed out" if role is None else f"may {role}"

        def change(db: sqlite3.Connection) -> None:
            access.meet(db, user.user_id, name=user.name, chat_role=role, chat_id=chat_id, now=now)
            if role is None:
                access.sign_out(db, user.user_id)
            if role != user.chat_role:
                audit.record(db, at=now, actor=user.actor, command="web: member", outcome=outcome)

        await self._store.write(change)
        log.info("role changed user_id=%d role=%s", user.user_id, role)
