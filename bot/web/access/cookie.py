"""The cookie by which a browser is known that has signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from bot.web.local import is_local

_NAME: Final = "placewatch"
_WANTED: Final = "placewatch-wanted"
_WANTED_SECONDS: Final = 3600
_LONGEST: Final = 2000  # characters of an address: browsers keep no more than 4,096 bytes in a cookie


def name(*, secure: bool) -> str:
    """What it is called: with HTTPS so that browsers take it from this host alone, and never without HTTPS."""
    return f"__Host-{_NAME}" if secure else _NAME


def give(response: Response, session: str, age: timedelta, *, secure: bool) -> None:
    """Have the browser keep it: out of every script's reach, and sent to this page alone.

    At the public address members follow links from chats, which `Strict` would show them as strangers.
    """
    response.set_cookie(
        name(secure=secure),
        session,
        max_age=round(age.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax" if secure else "strict",
    )


def take(response: Response, *, secure: bool) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax" if secure else "strict"
    )


def want(response: Response, address: str, *, secure: bool) -> None:
    """Have the browser remember which page it wanted before it was sent to the way in."""
    kept = quote(address)
    if address != "/" and len(kept) <= _LONGEST:
        response.set_cookie(
            _WANTED, kept, max_age=_WANTED_SECONDS, path="/", secure=secure, httponly=True, samesite="lax"
        )


def wanted(request: Request) -> str:
    """The page of this archive that was wanted; the first one where none was."""
    address = unquote(request.cookies.get(_WANTED, ""))
    ours = is_local(address) and not address.startswith("/enter")
    return address if ours and address.isprintable() else "/"


def forget_wanted(request: Request, response: Response, *, secure: bool) -> None:
    """Have the browser forget which page it wanted, where it wanted any."""
    if _WANTED in request.cookies:
        response.delete_cookie(_WANTED, path="/", secure=secure, httponly=True, samesite="lax")
