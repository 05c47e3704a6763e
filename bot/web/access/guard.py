"""The guard before every route: whom the request is from, whether they may, and whether it is theirs at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.languages import N_, Said
from bot.web import problems, site
from bot.web.access import cookie, secret
from bot.web.access.addresses import Addresses
from bot.web.access.attempts import Attempts, client
from bot.web.access.member import Member, of_session, of_token
from bot.web.api import problems as api
from bot.web.entry import Entry, least
from bot.web.local import asked_for
from bot.web.roles import Role
from storage import access
from storage.database import StorageError

_READING: Final = frozenset(["GET", "HEAD"])
_API: Final = "/api/"
_BEARER: Final = "bearer "
_STRANGE_HOST: Final = Said(
    N_(
        "This is not an address of the page. Use the one that placewatch web prints, or set PLACEWATCH_WEB__PUBLIC_URL "
        "to the one under which members reach it."
    )
)
_STRANGE_FORM: Final = Said(
    N_(
        "This was not sent by a page of this archive. Go back to the page, load it again, and repeat it there."
    )
)
_TOKEN: Final = "No program has this token: placewatch tokens list. Send one as: Authorization: Bearer pw_…"  # noqa: S105 - words
_SIGN_IN: Final = (
    "Sign in first, or send a token: Authorization: Bearer pw_… (placewatch tokens add NAME --role read)"
)
_WAIT: Final = "Too much was tried from here that failed. Wait, and try again."


class Guard:
    """Lets through who may use the route that is asked for; the others learn how to get in, or that they may not."""

    def __init__(self, app: ASGIApp, table: Sequence[Entry]) -> None:
        self._app = app
        self._table = table
        self._attempts = Attempts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            request = Request(scope)
            request.state.member = None
            request.state.attempts = self._attempts
            refusal = await self._refusal(request)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        """The answer to a request that is not let through; else `request.state.member` is who it is from."""
        here = site.of(request)
        web = here.settings.web
        addresses = Addresses(web.host, web.public_url)
        host = request.headers.get("host", "")
        if not addresses.knows(host):
            return _refused(request, 400, _STRANGE_HOST)
        needed = least(self._table, request.scope)
        token = _bearer(request)
        try:
            if token is not None:
                address = client_of(request)
                wait = self._attempts.wait(address, here.now())
                if wait:
                    return _refused(
                        request, 429, _WAIT, {"Retry-After": str(round(wait.total_seconds()) + 1)}
                    )
                member = await here.store.read(_by_token, token)
                if member is None:
                    self._attempts.failed(address, here.now())
                    return _refused(request, 401, _TOKEN, {"WWW-Authenticate": "Bearer"})
            else:
                member = await self._by_cookie(request, here, secure=addresses.is_secure(host))
        except StorageError as error:
            return _refused(request, 503, str(error))
        request.state.member = member
        by_browser = token is None and request.method not in _READING
        if by_browser and not addresses.is_own(
            host, request.headers.get("origin"), request.headers.get("sec-fetch-site")
        ):
            return _refused(request, 403, _STRANGE_FORM)
        if member is None and needed > Role.PUBLIC:
            if request.url.path.startswith(_API):
                return _refused(request, 401, _SIGN_IN, {"WWW-Authenticate": "Bearer"})
            to_enter = RedirectResponse("/enter", 303)
            # A page to look at, neither a form nor what a script asks for.
            if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                cookie.want(to_enter, asked_for(request), secure=addresses.is_secure(host))
            return to_enter
        if member is not None and member.role < needed:
            return _refused(
                request,
                403,
                Said(
                    N_("This needs the role {needed}; yours is {own}."),
                    needed=needed.name.lower(),
                    own=member.role.name.lower(),
                ),
            )
        return None

    async def _by_cookie(self, request: Request, here: site.Site, *, secure: bool) -> Member | None:
        found = request.cookies.get(cookie.name(secure=secure))
        if not found or request.url.path.startswith("/static/"):
            return None
        return await here.store.read(_by_session, found, here.now())


def client_of(request: Request) -> str:
    """The address that attempts are counted by."""
    peer = request.client.host if request.client is not None else "unknown"
    return client(peer, request.headers.get("x-forwarded-for"))


def _bearer(request: Request) -> str | None:
    """The token of a program; pages are for people, so that it counts for the API alone."""
    given = request.headers.get("authorization", "")
    if not request.url.path.startswith(_API) or not given.casefold().startswith(_BEARER):
        return None
    return given[len(_BEARER) :].strip()


def _by_token(db: sqlite3.Connection, token: str) -> Member | None:
    return of_token(access.token(db, secret.hashed(token)))


def _by_session(db: sqlite3.Connection, found: str, now: datetime) -> Member | None:
    return of_session(access.session(db, secret.hashed(found), now))


def _refused(
    request: Request, status: int, told: Said | str, headers: dict[str, str] | None = None
) -> Response:
    if request.url.path.startswith(_API):
        return api.answer(HTTPException(status, str(told), headers))
    found = problems.problem(request, status, told)
    found.headers.update(headers or {})
    return found
