"""A Telegram message as a `Post`. Pure: nothing is asked, nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from telethon.tl import types

from bot.characters import clean
from bot.telegram.rich import flatten
from storage.records import Entity, Forward, Media, Post, PostKey

_LARGEST = 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def to_post(message: object, channel_id: int) -> Post | None:
    """The message as a post of our channel row; None for service messages and for ids without a message.

    Text is the message or caption, then what its rich blocks, poll, to-do list or venue say, each on lines of
    its own. Entities keep their UTF-16 offsets, which stay right because the message comes first.
    """
    if not isinstance(message, types.Message):
        return None
    said = clean(message.message)
    media = message.media
    lines = [said] if said else []
    lines += [
        line for line in map(clean, flatten(getattr(message, "rich_message", None))) if line not in said
    ]
    lines += [clean(line) for line in _words_of(media)]
    return Post(
        key=PostKey(channel_id, message.id),
        posted_at=_utc(message.date) or _EPOCH,
        text="\n".join(line for line in lines if line.strip()) if len(lines) > 1 else said or "".join(lines),
        preview=clean(_preview(media)),
        entities=tuple(_entities(message.entities or ())),
        edited_at=None if getattr(message, "edit_hide", False) else _utc(message.edit_date),
        changed_at=_utc(message.edit_date),
        author=clean(message.post_author) or None,
        forward=_forward(message.fwd_from),
        reply_to=_integer(getattr(message.reply_to, "reply_to_msg_id", None)),
        grouped_id=_integer(message.grouped_id),
        media=_media(media),
        protected=bool(message.noforwards),
        views=_integer(message.views),
        forwards=_integer(message.forwards),
    )


def _integer(value: object) -> int | None:
    """The number, where it is one that TL and SQLite can hold (64 bits): a figure must not cost us the words."""
    return value if isinstance(value, int) and -_LARGEST <= value < _LARGEST else None


def _utc(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _entities(entities: Iterable[Any]) -> Iterable[Entity]:
    for entity in entities:
        kind = _CAMEL.sub("_", type(entity).__name__.removeprefix("MessageEntity")).lower()
        offset, length = _integer(getattr(entity, "offset", None)), _integer(getattr(entity, "length", None))
        if offset is not None and length is not None:
            url = getattr(entity, "url", None)
            yield Entity(kind, offset, length, clean(url) if url else None)


def _forward(header: Any) -> Forward | None:
    if header is None:
        return None
    origin = getattr(header, "from_id", None)
    return Forward(
        telegram_id=_integer(getattr(origin, "channel_id", None) or getattr(origin, "user_id", None)),
        message_id=_integer(getattr(header, "channel_post", None)),
        name=clean(getattr(header, "from_name", None)) or clean(getattr(header, "post_author", None)) or None,
        posted_at=_utc(getattr(header, "date", None)),
    )


def _plain(text: Any) -> str:
    """The words of a TextWithEntities, or of a bare string as older layers had."""
    return text if isinstance(text, str) else str(getattr(text, "text", None) or "")


def _words_of(media: Any) -> list[str]:
    """What the media itself says in words: questions, options, items, places."""
    if poll := getattr(media, "poll", None):
        return [_plain(getattr(poll, "question", "")), *(_plain(a.text) for a in _list(poll, "answers"))]
    if todo := getattr(media, "todo", None):
        return [_plain(getattr(todo, "title", "")), *(_plain(item.title) for item in _list(todo, "list"))]
    if isinstance(media, types.MessageMediaVenue):
        return [_plain(media.title), _plain(media.address)]
    if isinstance(media, types.MessageMediaInvoice):
        return [_plain(media.title), _plain(media.description)]
    return []


def _list(thing: Any, name: str) -> list[Any]:
    value = getattr(thing, name, None)
    return [item for item in value if item is not None] if isinstance(value, list | tuple) else []


def _preview(media: Any) -> str:
    page = getattr(media, "webpage", None)
    parts = (getattr(page, "title", None), getattr(page, "description", None))
    return "\n".join(part for part in parts if isinstance(part, str) and part)


_KINDS: dict[type, str] = {
    types.MessageMediaPhoto: "photo",
    types.MessageMediaGeo: "location",
    types.MessageMediaGeoLive: "location",
    types.MessageMediaVenue: "location",
    types.MessageMediaContact: "contact",
    types.MessageMediaPoll: "poll",
    types.MessageMediaToDo: "todo",
    types.MessageMediaPaidMedia: "paid",
    types.MessageMediaStory: "story",
    types.MessageMediaGame: "game",
    types.MessageMediaInvoice: "invoice",
    types.MessageMediaDice: "dice",
    types.MessageMediaGiveaway: "giveaway",
    types.MessageMediaGiveawayResults: "giveaway",
    types.MessageMediaVideoStream: "stream",
}


def _media(media: Any) -> Media | None:
    if media is None or isinstance(media, types.MessageMediaEmpty | types.MessageMediaWebPage):
        return None
    if isinstance(media, types.MessageMediaDocument):
        return _document(media)
    photo = getattr(media, "photo", None) if isinstance(media, types.MessageMediaPhoto) else None
    return Media(kind=_KINDS.get(type(media), "unsupported"), id=_integer(getattr(photo, "id", None)))


def _document(media: Any) -> Media:
    document = getattr(media, "document", None)
    kind, name, duration = "document", None, None
    for attribute in _list(document, "attributes"):
        if isinstance(attribute, types.DocumentAttributeFilename):
            name = clean(attribute.file_name) or None
        elif isinstance(attribute, types.DocumentAttributeVideo):
            kind, duration = "video", float(attribute.duration)
        elif isinstance(attribute, types.DocumentAttributeAudio):
            kind, duration = "voice" if attribute.voice else "audio", float(attribute.duration)
        elif isinstance(attribute, types.DocumentAttributeSticker):
            kind = "sticker"
    return Media(
        kind=kind,
        id=_integer(getattr(document, "id", None)),
        mime=clean(getattr(document, "mime_type", None)) or None,
        name=name,
        size=_integer(getattr(document, "size", None)),
        duration=duration if duration is not None and isfinite(duration) else None,  # JSON has no others
    )
