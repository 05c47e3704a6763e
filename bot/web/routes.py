"""Every route of the page, and the least role that may use it."""

from __future__ import annotations

from typing import Final

from bot.web import assets
from bot.web.entry import Entry
from bot.web.pages import downloads, stream
from bot.web.roles import Role

TABLE: Final[tuple[Entry, ...]] = (
    Entry("/static/{path:path}", "static", assets.serve, Role.PUBLIC),
    Entry("/", "stream", stream.page, Role.READ),
    Entry("/export.{form}", "export", downloads.export, Role.READ),
    Entry("/feeds/{secret}.{form}", "feed", downloads.feed, Role.PUBLIC),  # whoever knows the address
)
