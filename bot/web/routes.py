"""Every route of the page, and the least role that may use it."""

from __future__ import annotations

from typing import Final

from bot.web import assets
from bot.web.entry import Entry
from bot.web.pages import atlas, channels, media, place, places, post, review, stream
from bot.web.roles import Role

TABLE: Final[tuple[Entry, ...]] = (
    Entry("/static/{path:path}", "static", assets.serve, Role.PUBLIC),
    Entry("/", "stream", stream.page, Role.READ),
    Entry("/new", "new", stream.new, Role.READ),
    Entry("/post/{channel}/{message:int}", "post", post.page, Role.READ),
    Entry("/media/{digest}", "media", media.file, Role.READ),
    Entry("/place/{place:int}", "place", place.page, Role.READ),
    Entry("/places", "places", places.page, Role.READ),
    Entry("/map", "map", atlas.page, Role.READ),
    Entry("/map/data", "map_data", atlas.data, Role.READ),
    Entry("/channels", "channels", channels.page, Role.READ),
    Entry("/review/{post:int}", "review", review.decide, Role.REVIEW, ("POST",)),
)
