"""Every route of the page, and the least role that may use it."""

from __future__ import annotations

from typing import Final

from bot.web import assets
from bot.web.access import pages as access
from bot.web.api import pages as api
from bot.web.entry import Entry
from bot.web.pages import atlas, audit, channels, downloads, media, place, places, post, review, stream
from bot.web.roles import Role

TABLE: Final[tuple[Entry, ...]] = (
    Entry("/static/{path:path}", "static", assets.serve, Role.PUBLIC),
    Entry("/enter", "enter", access.enter, Role.PUBLIC),
    Entry("/enter/{link}", "enter_link", access.link, Role.PUBLIC),
    Entry("/enter/{link}", "enter_redeem", access.redeem, Role.PUBLIC, ("POST",)),
    Entry("/leave", "leave", access.leave, Role.PUBLIC, ("POST",)),
    *api.ENTRIES,
    Entry("/", "stream", stream.page, Role.READ),
    Entry("/post/{channel}/{message:int}", "post", post.page, Role.READ),
    Entry("/media/{digest}", "media", media.file, Role.READ),
    Entry("/place/{place:int}", "place", place.page, Role.READ),
    Entry("/places", "places", places.page, Role.READ),
    Entry("/map", "map", atlas.page, Role.READ),
    Entry("/map/data", "map_data", atlas.data, Role.READ),
    Entry("/channels", "channels", channels.page, Role.READ),
    Entry("/audit", "audit", audit.page, Role.ADMIN),
    Entry("/review/{post:int}", "review", review.decide, Role.REVIEW, ("POST",)),
    Entry("/export.{form}", "export", downloads.export, Role.READ),
    Entry("/feeds/{secret}.{form}", "feed", downloads.feed, Role.PUBLIC),  # whoever knows the address
)
