"""What whoever holds the data folder does about access: links, sessions, users, tokens. Hashes come in, never secrets."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bot.control import Operation
from bot.errors import Mendable
from bot.languages import N_, Said
from config.sections import WebSettings
from storage import access, audit
from storage.store import Store

ROLES: Final = ("read", "review", "admin")
_LONGEST_NAME: Final = 60
_NAME: Final = re.compile(rf"[\w.@ -]{{1,{_LONGEST_NAME}}}")
_AGAIN: Final = Said(
    N_("Get another one: /archive in the team's chat, or placewatch web --link on its machine.")
)


class Access:
    """The operations by the names under which `bot.control` carries them."""

    def __init__(self, store: Store, web: WebSettings, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._link = timedelta(minutes=web.link_minutes)
        self._session = timedelta(hours=web.session_hours)

    def by_name(self) -> dict[str, Operation]:
        """Every operation."""
        return {
            "access.link": self.link,
            "access.redeem": self.redeem,
            "access.leave": self.leave,
            "users.set": self.set_user,
            "users.remove": self.remove_user,
            "tokens.add": self.add_token,
            "tokens.remove": self.remove_token,
        }

    async def link(self, link: str) -> dict[str, Any]:
        """A way in for whoever has this machine's command line."""
        now = self._now()
        await self._store.write(access.add_link, bytes.fromhex(link), None, now=now, until=now + self._link)
        return {"minutes": round(self._link.total_seconds() / 60)}

    async def redeem(self, link: str, session: str) -> dict[str, Any]:
        """Use a link up; Mendable where it does not work, or not for this person any more."""
        name = await self._store.write(self._redeem, bytes.fromhex(link), bytes.fromhex(session))
        return {"name": name}

    def _redeem(self, db: sqlite3.Connection, link: bytes, session: bytes) -> str:
        now = self._now()
        found = access.link(db, link)
        if found is None:
            raise Mendable(
                N_("This link does not work: it is mistyped, or a newer one was made. {again}"), again=_AGAIN
            )
        if found.used_at is not None:
            raise Mendable(N_("This link was used already; each works once. {again}"), again=_AGAIN)
        if found.expires_at <= now:
            raise Mendable(N_("This link has expired. {again}"), again=_AGAIN)
        user = None if found.user_id is None else access.user(db, found.user_id, now)
        if found.user_id is not None and (user is None or user.may is None):
            raise Mendable(N_("You may not see this archive any more; ask who runs it."))
        access.use_link(db, link, session, now=now, until=now + self._session)
        name = "owner" if user is None else user.actor
        audit.record(db, at=now, actor=name, command="web: sign in", outcome="done")
        return name

    async def leave(self, session: str) -> dict[str, Any]:
        """A browser signs out."""
        await self._store.write(access.end_session, bytes.fromhex(session))
        return {}

    async def set_user(self, user_id: int, role: str | None, name: str | None) -> dict[str, Any]:
        """Say what somebody may do; "none" signs them out, None leaves it to the chat."""
        if role not in (*ROLES, "none", None):
            raise Mendable(
                N_("There is no role {role}; there are {have} and none."), role=role, have=", ".join(ROLES)
            )
        if user_id <= 0:
            raise Mendable(
                N_(
                    "A person's number at Telegram is positive; they see it where they send /start to the bot."
                )
            )

        def change(db: sqlite3.Connection) -> int:
            access.set_role(db, user_id, role, name=None if name is None else called(name), now=self._now())
            ended = access.sign_out(db, user_id) if role == "none" else 0
            self._record(db, f"users set {user_id} {role or 'chat'}")
            return ended

        return {"user": user_id, "role": role, "signed_out": await self._store.write(change)}

    async def remove_user(self, user_id: int) -> dict[str, Any]:
        """Forget somebody and sign them out; as a member of a chat they can come again."""

        def change(db: sqlite3.Connection) -> None:
            if not access.remove_user(db, user_id):
                raise Mendable(
                    N_("Nobody is known by the number {wanted}: placewatch users list"), wanted=user_id
                )
            self._record(db, f"users remove {user_id}")

        await self._store.write(change)
        return {"user": user_id}

    async def add_token(self, name: str, token: str, role: str) -> dict[str, Any]:
        """A program may ask the API."""
        if role not in ROLES:
            raise Mendable(N_("There is no role {role}; there are {have}."), role=role, have=", ".join(ROLES))
        if not _NAME.fullmatch(name) or name != name.strip():
            raise Mendable(N_("A token's name has up to 60 letters, digits, spaces and any of . _ - @"))

        def change(db: sqlite3.Connection) -> None:
            if not access.add_token(db, name, bytes.fromhex(token), role, now=self._now()):
                raise Mendable(
                    N_("There is a token {name} already; remove it first: placewatch tokens remove {name}"),
                    name=name,
                )
            self._record(db, f"tokens add {name} {role}")

        await self._store.write(change)
        return {"name": name, "role": role}

    async def remove_token(self, name: str) -> dict[str, Any]:
        """A program may ask no more."""

        def change(db: sqlite3.Connection) -> None:
            if not access.remove_token(db, name):
                raise Mendable(N_("There is no token {name}: placewatch tokens list"), name=name)
            self._record(db, f"tokens remove {name}")

        await self._store.write(change)
        return {"name": name}

    def _record(self, db: sqlite3.Connection, command: str) -> None:
        audit.record(db, at=self._now(), actor="command line", command=command, outcome="done")


def called(name: str) -> str:
    """A person's name as it is kept: on one line, and not too long to stand beside what they did."""
    return " ".join(name.split())[:_LONGEST_NAME] or "a member"
