"""What a person sees where a page can't be shown: what is wrong, and what to do."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.languages import N_, Said
from bot.web import site
from bot.web.declined import Declined
from bot.web.headers import policy
from bot.web.rendering import render, words
from storage.database import StorageError

log = logging.getLogger(__name__)

_TITLES: Final = {
    400: N_("This can't be read"),
    403: N_("You may not do this"),
    404: N_("There is nothing here"),
    405: N_("There is nothing here"),
    409: N_("Somebody was faster"),
    413: N_("This is too much"),
    429: N_("Too many attempts"),
    503: N_("Not just now"),
}
_FAILED: Final = N_("This did not work")
_NOTHING: Final = Said(N_("The address may be mistyped, or what was here has been removed from the archive."))
_HINTS: Final = {404: _NOTHING, 405: _NOTHING}
_OURS: Final = Said(N_("This is a fault of placewatch. Its log says what happened."))


def problem(request: Request, status: int, told: Said | str = "") -> Response:
    """A page that says what is wrong."""
    t = words(request)
    what = told or _HINTS.get(status, "")
    context = {
        "title": t(_TITLES.get(status, _FAILED)),
        "words": what.by(t) if isinstance(what, Said) else what,
        "status": status,
    }
    return render(request, "problem.html", context, status)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    # Starlette fills in the standard's own phrase where nothing was said: our titles say it better.
    said = error.detail if error.status_code in (400, 403, 409, 413, 429) or _said(error) else ""
    found = problem(request, error.status_code, error.told if isinstance(error, Declined) else said)
    found.headers.update(error.headers or {})
    return found


def _said(error: HTTPException) -> bool:
    return HTTPException(error.status_code).detail != error.detail


async def _mendable(request: Request, error: Exception) -> Response:
    return problem(request, 400, error.told if isinstance(error, Mendable) else str(error))


async def _not_now(request: Request, error: Exception) -> Response:
    return problem(request, 503, str(error))


async def _failed(request: Request, error: Exception) -> Response:
    log.error("page failed path=%s", request.url.path)  # its traceback is logged by the server
    found = problem(request, 500, _OURS)
    found.headers.update(policy(site.of(request).settings.web.tiles))  # outside of what adds them otherwise
    return found


HANDLERS: Final[dict[Any, Callable[[Request, Exception], Awaitable[Response]]]] = {
    HTTPException: _http,
    Mendable: _mendable,
    StorageError: _not_now,
    Busy: _not_now,
    Unavailable: _not_now,
    Refused: _mendable,
    Exception: _failed,
}
