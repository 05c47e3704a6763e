"""Who uses the page: on this machine alone, its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.entry import Entry, least
from bot.web.roles import Role

_READING: Final = frozenset(["GET", "HEAD"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who asks, and what they may do."""

    name: str  # as the audit names them
    role: Role
    user_id: int | None = None  # at Telegram; None: the owner of this machine
    chat_id: int | None = None  # the team's chat through which they came


OWNER: Final = Member(name="owner", role=Role.ADMIN)


class Guard:
    """Lets through who may use the route that is asked for; the others learn that they may not."""

    def __init__(self, app: ASGIApp, table: Sequence[Entry]) -> None:
        self._app = app
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            request = Request(scope)
            request.state.member = OWNER
            origin = request.headers.get("origin")
            foreign = origin is not None and origin.partition("://")[2] != request.headers.get("host")
            if request.method not in _READING and (origin is None or foreign):
                await PlainTextResponse("This form was not sent from this page.", 403)(scope, receive, send)
                return
            if OWNER.role < least(self._table, scope):
                await PlainTextResponse("You may not do this.", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)
