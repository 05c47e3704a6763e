"""One message block of a public page -> a post. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from selectolax.lexbor import LexborNode

from bot.preview.markup import classes, clean, walk, words
from storage.records import Entity, Forward, Media, Post, PostKey, Source

_MOST_ID: Final = 2**31 - 1
_BEGINNING: Final = datetime(2013, 8, 1, tzinfo=UTC)  # Telegram's own
_LINK: Final = re.compile(
    r"^https?://(?:t|telegram)\.(?:me|dog)/(?:s/)?(?P<name>\w{2,64})/(?P<id>\d{1,10})(?:[?#].*)?$", re.ASCII
)
_COUNT: Final = re.compile(r"^(\d{1,6}(?:\.\d{1,3})?)\s*([KMB]?)$", re.ASCII)
_FACTORS: Final = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_SIZE: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([KMG]?)B\b", re.ASCII)
_BYTES: Final = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_DURATION: Final = re.compile(r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})$", re.ASCII)

_PREFIX: Final = "tgme_widget_message_"
_MEDIA: Final = {  # by class, the surest first
    f"{_PREFIX}poll": "poll",
    f"{_PREFIX}sticker_wrap": "sticker",
    f"{_PREFIX}voice_player": "voice",
    f"{_PREFIX}roundvideo_player": "video",
    f"{_PREFIX}video_player": "video",
    f"{_PREFIX}photo_wrap": "photo",
    f"{_PREFIX}document_wrap": "document",
    f"{_PREFIX}location_wrap": "location",
    f"{_PREFIX}contact_wrap": "contact",
    f"{_PREFIX}invoice_wrap": "invoice",
    f"{_PREFIX}game_wrap": "game",
}
_PARTS: Final = (
    f"{_PREFIX}photo_wrap",
    f"{_PREFIX}video_player",
    f"{_PREFIX}document_wrap",
    "grouped_media_wrap",
)
# What is in them is said elsewhere, or is a notice that browsers hide.
_PASSED_OVER: Final = frozenset({"media_not_supported_cont", f"{_PREFIX}author", f"{_PREFIX}user"})


class Unreadable(Exception):
    """The block is no post that we can read; the words say why."""


@dataclass(slots=True)
class _Found:
    """What stands in a block."""

    text: str = ""
    entities: tuple[Entity, ...] = ()
    lines: list[str] = field(default_factory=list)  # what the media itself says: a poll's words
    preview: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)  # kinds
    name: str | None = None
    size: int | None = None
    duration: float | None = None
    audio: bool = False
    author: str | None = None
    forward_name: str | None = None
    forward_link: str | None = None
    reply_link: str | None = None
    views: int | None = None
    times: list[str] = field(default_factory=list)


def block_ids(block: LexborNode, name: str) -> tuple[int, frozenset[int]]:
    """The id of a block's message, and those of the further parts of its album; Unreadable where it has none."""
    owner, _, number = (block.attributes.get("data-post") or "").rpartition("/")
    message_id = _id(number)
    if message_id is None:
        raise Unreadable("it has no message id")
    if owner.casefold() != name.casefold():
        raise Unreadable("it is another channel's")
    further = set()
    for link in block.css("a[href]"):
        part = _linked(link.attributes.get("href"), name)
        # Telegram sends an album's parts one after the other, ten at most; others' posts may come between.
        if part is not None and message_id < part <= message_id + 100 and classes(link).intersection(_PARTS):
            further.add(part)
    return message_id, frozenset(further)


def to_post(
    block: LexborNode, message_id: int, name: str, channel_id: int, fetched_at: datetime
) -> Post | None:
    """The block as a post of our channel row; None for a service message. Unreadable says why it is none.

    The page tells neither when a post was edited, nor an album's number: what it shows is the state at `fetched_at`,
    an album's parts together under the first one's id.
    """
    if "service_message" in classes(block):
        return None
    found = _gather(block)
    posted_at = _posted_at(found.times, fetched_at)
    media = _media(found)
    lines = [line for line in found.lines if line.strip()]
    text = "\n".join([*([found.text] if found.text else []), *lines])
    if not text and media is None and not found.preview and found.forward_name is None:
        raise Unreadable("nothing in it is known to us")
    return Post(
        key=PostKey(channel_id, message_id),
        posted_at=posted_at,
        text=text,
        preview="\n".join(found.preview),
        entities=found.entities,
        changed_at=fetched_at,
        author=found.author,
        forward=_forward(found),
        reply_to=_linked(found.reply_link, name),
        media=media,
        views=found.views,
        source=Source.PREVIEW,
    )


def _gather(block: LexborNode) -> _Found:
    found = _Found()
    nodes = walk(block)
    passed_over: bool | None = None
    while True:
        try:
            begins, node = nodes.send(passed_over)
        except StopIteration:
            return found
        passed_over = begins and node.is_element_node and _note(found, node)


def _note(found: _Found, node: LexborNode) -> bool:
    """Take note of an element; True where what is in it needs no look of its own."""
    of = classes(node)
    if node.tag == "time":
        found.times.append(node.attributes.get("datetime") or "")
        if of & {"message_video_duration", f"{_PREFIX}voice_duration"}:
            found.duration = _duration(_line(node))
        return True
    if not of:
        return False
    if of & _PASSED_OVER:
        return True
    if f"{_PREFIX}reply" in of:  # its text has the same class as the post's own
        found.reply_link = node.attributes.get("href")
        return True
    if f"{_PREFIX}text" in of and "js-message_text" in of:
        found.text, found.entities = words(node)
        return True
    if f"{_PREFIX}link_preview" in of:
        found.preview = _link_preview(node)
        return True
    if "message_media_not_supported_wrap" in of:
        found.media.append("unsupported")
        return True
    kind = next((kind for name, kind in _MEDIA.items() if name in of), None)
    if kind is not None:
        found.media.append(kind)
    return _note_detail(found, node, of)


def _note_detail(found: _Found, node: LexborNode, of: frozenset[str]) -> bool:
    detail = next((name.removeprefix(_PREFIX) for name in of if name.startswith(_PREFIX)), "")
    match detail:
        case "poll_question" | "poll_option_text" | "location_title" | "location_address" | "contact_name":
            found.lines.append(words(node)[0])
        case "document_title":
            found.name = _line(node) or None
        case "document_extra":
            found.size = _size(_line(node))
        case "document_icon":
            found.audio = "audio" in of
            return True
        case "forwarded_from_name":
            found.forward_name = _line(node) or None
            found.forward_link = node.attributes.get("href")
        case "from_author":
            found.author = _line(node) or None
        case "views":
            found.views = _count(_line(node))
        case _:
            return False
    return True


def _line(node: LexborNode) -> str:
    return " ".join(words(node)[0].split())


def _link_preview(node: LexborNode) -> list[str]:
    found = {}
    for begins, inner in walk(node):
        if begins and inner.is_element_node:
            for name in classes(inner) & {"link_preview_title", "link_preview_description"}:
                found[name] = words(inner)[0]
    both = (found.get("link_preview_title", ""), found.get("link_preview_description", ""))
    return [line for line in both if line]


def _posted_at(times: list[str], fetched_at: datetime) -> datetime:
    for text in times:
        if not text:
            continue
        try:
            at = datetime.fromisoformat(text)
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if _BEGINNING <= at <= fetched_at + timedelta(days=1):
            return at
    raise Unreadable("it has no time")


def _media(found: _Found) -> Media | None:
    kinds = [kind for kind in found.media if kind != "unsupported"] or found.media
    if not kinds:
        return None
    kind = "audio" if kinds[0] == "document" and found.audio else kinds[0]
    return Media(kind=kind, name=found.name, size=found.size, duration=found.duration)


def _forward(found: _Found) -> Forward | None:
    if found.forward_name is None:
        return None
    link = _LINK.match(found.forward_link or "")
    return Forward(message_id=_id(link["id"]) if link else None, name=found.forward_name)


def _linked(href: str | None, name: str) -> int | None:
    """The id of the channel's own message that a link leads to."""
    link = _LINK.match(clean(href or ""))
    return _id(link["id"]) if link and link["name"].casefold() == name.casefold() else None


def _id(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    number = int(text)
    return number if 0 < number <= _MOST_ID else None


def _count(text: str) -> int | None:
    """4.85K is 4850: the page rounds."""
    found = _COUNT.match(text.replace(",", "").replace("\u00a0", ""))
    return round(float(found[1]) * _FACTORS[found[2]]) if found else None


def _size(text: str) -> int | None:
    found = _SIZE.search(text)
    return round(float(found[1]) * _BYTES[found[2]]) if found else None


def _duration(text: str) -> float | None:
    found = _DURATION.match(text)
    return None if found is None else float(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]))
