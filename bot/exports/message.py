"""An exported message as a `Post`. Pure: nothing is asked, nothing is kept.

Fields as Telegram Desktop writes them (export/output/export_output_json.cpp). What the file does not say is not
made up: no version of it numbers albums, tells the message that was forwarded, or counts views.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.characters import clean
from bot.exports.wording import entities, words
from storage.records import Entity, Forward, Media, Post, PostKey, Source

_FIRST_DAY = datetime(2013, 8, 14, tzinfo=UTC)  # Telegram's first
_LAST_ID = 2**31 - 1
_LONGEST = 200_000  # characters; Telegram allows 4,096
_PEER = re.compile(r"(?:channel|user|chat)([0-9]{1,18})")
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Service:
    """A message that says nothing: a title was changed, a message pinned."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """What can't be kept as a post, and why."""

    message_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A post; `local` where its time stood there without a zone."""

    post: Post
    local: bool


def read(raw: Any, channel_id: int, *, zone: ZoneInfo, until: datetime) -> Taken | Service | Refused:
    """What the export says at the place of one message, as a post of our channel row.

    Old exports give times without a zone: those are read in `zone`. A post from after `until` is refused.
    """
    if not isinstance(raw, dict):
        return Refused(None, "it is no message")
    number = raw.get("id")
    if type(number) is not int or not 0 < number <= _LAST_ID:
        return Refused(None, f"{_shown(number)} is no message id" if "id" in raw else "it has no id")
    kind = raw.get("type")
    if kind == "service":
        return Service(number)
    if kind == "unsupported":
        return Refused(number, "Telegram Desktop could not export it; a newer version may")
    if kind != "message":
        return Refused(number, f"{_shown(kind)} is a type that is not known")
    posted_at, local = _moment(raw, "date", zone)
    if posted_at is None or not _FIRST_DAY <= posted_at <= until:
        return Refused(number, f"{_shown(raw.get('date_unixtime', raw.get('date')))} can't be its date")
    said = _said(raw)
    if isinstance(said, str):
        return Refused(number, said)
    text, formatting = said
    edited_at, _ = _moment(raw, "edited", zone)
    if edited_at is not None and not posted_at <= edited_at <= until:
        edited_at = None  # exports of 2018 give the year 1970 to what was never edited
    post = Post(
        key=PostKey(channel_id, number),
        posted_at=posted_at,
        text=text,
        entities=formatting,
        edited_at=edited_at,
        changed_at=edited_at,
        author=clean(raw.get("author")) or None,
        forward=_forward(raw),
        reply_to=_reply(raw),
        media=_media(raw),
        source=Source.EXPORT,
    )
    return Taken(post, local)


def _shown(value: Any) -> str:
    """A value in a message to people: short, on one line."""
    shown = repr(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
    return clean(shown if len(shown) <= 40 else f"{shown[:40]}…")


def _moment(raw: dict[str, Any], name: str, zone: ZoneInfo) -> tuple[datetime | None, bool]:
    """A time in UTC, and whether it stood there without a zone."""
    seconds, date = raw.get(f"{name}_unixtime"), raw.get(name)
    try:
        if isinstance(seconds, str) and _SECONDS.fullmatch(seconds):
            return datetime.fromtimestamp(int(seconds), UTC), False
        if isinstance(date, str):
            moment = datetime.fromisoformat(date)
            local = moment.tzinfo is None
            return (moment.replace(tzinfo=zone) if local else moment).astimezone(UTC), local
    except (ValueError, OverflowError, OSError):
        pass
    return None, False


def _said(raw: dict[str, Any]) -> tuple[str, tuple[Entity, ...]] | str:
    """Text and formatting, then the words of polls and places on lines of their own; or why there is no telling."""
    given = raw.get("text", raw.get("text_entities"))
    text = words(given)
    if text is None:
        return "its text has a shape that is not known" if given is not None else "it has no field of text"
    # The same words twice: the list of parts is the fuller one, but only the text is sure to be there.
    parts = raw.get("text_entities")
    formatting = entities(parts if isinstance(parts, list) and words(parts) == text else given)
    lines = [text] if text else []
    lines += [line for line in map(words, _words_of(raw)) if line is not None]
    if len(lines) > 1:
        text = "\n".join(line for line in lines if line.strip())
    elif lines:
        text = lines[0]
    if len(text) > _LONGEST:
        return f"its text has {len(text):,} characters; Telegram allows 4,096"
    return text, formatting


def _words_of(raw: dict[str, Any]) -> list[Any]:
    """What hangs on the message and speaks, in the order in which reading it from Telegram gives it."""
    if isinstance(poll := raw.get("poll"), dict):
        return [poll.get("question"), *_texts(poll.get("answers"))]
    if isinstance(todo := raw.get("todo_list"), dict):
        return [todo.get("title"), *_texts(todo.get("answers"))]
    if "place_name" in raw:
        return [raw.get("place_name"), raw.get("address")]
    invoice = raw.get("invoice_information")
    if isinstance(invoice, str):  # an object within a string
        try:
            invoice = json.loads(invoice)
        except (ValueError, RecursionError):
            return []
    return [invoice.get("title"), invoice.get("description")] if isinstance(invoice, dict) else []


def _texts(items: Any) -> list[Any]:
    return [item.get("text") for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _forward(raw: dict[str, Any]) -> Forward | None:
    if "forwarded_from" not in raw and "forwarded_from_id" not in raw:
        return None
    origin = raw.get("forwarded_from_id")
    peer = _PEER.fullmatch(origin) if isinstance(origin, str) else None
    return Forward(telegram_id=int(peer[1]) if peer else None, name=clean(raw.get("forwarded_from")) or None)


def _reply(raw: dict[str, Any]) -> int | None:
    number = raw.get("reply_to_message_id")
    here = type(number) is int and 0 < number <= _LAST_ID and "reply_to_peer_id" not in raw
    return number if here else None


_MEDIA_TYPES = {
    "video_file": "video",
    "video_message": "video",
    "animation": "video",
    "audio_file": "audio",
    "voice_message": "voice",
    "sticker": "sticker",
}
_BY_FIELD = {
    "contact_information": "contact",
    "place_name": "location",
    "location_information": "location",
    "poll": "poll",
    "todo_list": "todo",
    "game_title": "game",
    "invoice_information": "invoice",
    "giveaway_information": "giveaway",
    "giveaway_results": "giveaway",
    "paid_stars_amount": "paid",
}


def _media(raw: dict[str, Any]) -> Media | None:
    if "photo" in raw:
        return Media(kind="photo", size=_size(raw.get("photo_file_size")))
    if "file" in raw:
        kind, duration = raw.get("media_type"), raw.get("duration_seconds")
        return Media(
            kind=_MEDIA_TYPES.get(kind, "document") if isinstance(kind, str) else "document",
            mime=clean(raw.get("mime_type")) or None,
            name=clean(raw.get("file_name")) or None,
            size=_size(raw.get("file_size")),
            duration=float(duration) if type(duration) is int and 0 <= duration < 10**9 else None,
        )
    for field, kind in _BY_FIELD.items():
        if field in raw:
            return Media(kind=kind)
    return None


def _size(value: Any) -> int | None:
    return value if type(value) is int and 0 < value < 2**50 else None
