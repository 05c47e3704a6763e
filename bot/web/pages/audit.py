"""What was done by whom: every change by members, programs and the command line, the newest first."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.web.rendering import show
from storage import audit

_AT_ONCE: Final = 100
_DIGITS: Final = 18  # of a number that SQLite can hold


async def page(request: Request) -> Response:
    """A page of the audit; `before` is the entry that it goes on from."""
    asked = request.query_params.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS else None

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        found = audit.newest(db, before=before, limit=_AT_ONCE + 1)
        return {
            "entries": [entry for _, entry in found[:_AT_ONCE]],
            "before": found[_AT_ONCE - 1][0] if len(found) > _AT_ONCE else None,
            "first_page": before is None,
        }

    return await show(request, "audit.html", look)
