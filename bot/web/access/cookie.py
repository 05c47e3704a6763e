"""The cookie by which a browser is known that has signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.responses import Response

_NAME: Final = "placewatch"


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
