"""The newest statements."""

from __future__ import annotations

import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.web.rendering import show
from storage import reading


async def page(request: Request) -> Response:
    """What was said last."""

    def read(db: sqlite3.Connection) -> dict[str, Any]:
        return {"total": reading.count(db)}

    return await show(request, "stream.html", read)
