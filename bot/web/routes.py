"""Every route of the page, and the least role that may use it."""

from __future__ import annotations

from typing import Final

from bot.web import assets
from bot.web.entry import Entry
from bot.web.pages import stream
from bot.web.roles import Role

TABLE: Final[tuple[Entry, ...]] = (
    Entry("/static/{path:path}", "static", assets.serve, Role.PUBLIC),
    Entry("/", "stream", stream.page, Role.READ),
)
