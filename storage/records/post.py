"""Posts as they were said, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.records.channel import Channel
from storage.records.place import Mention


@dataclass(frozen=True, slots=True, order=True)
class PostKey:
    """Where a post stands: our channel row and Telegram's message id, unique together."""

    channel_id: int
    message_id: int


class Source(StrEnum):
    """How a post reached us, from the fullest account of it to the poorest."""

    TELEGRAM = "telegram"  # read by an account
    EXPORT = "export"  # a file that Telegram Desktop wrote
    PREVIEW = "preview"  # the public web page: no album numbers, rounded figures, the present state only


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of formatting as Telegram sent it: offset and length in UTF-16 units."""

    kind: str  # "bold", "text_url", "hashtag", …
    offset: int
    length: int
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What hangs on a post; described, not downloaded."""

    kind: str  # "photo", "video", "audio", "voice", "document", "poll", "location", …
    id: int | None = None
    mime: str | None = None
    name: str | None = None
    size: int | None = None  # bytes
    duration: float | None = None  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Where a forwarded post comes from; a hidden author leaves only a name."""

    telegram_id: int | None = None  # bare id of the channel or user
    message_id: int | None = None
    name: str | None = None
    posted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message of a channel, as it is said now."""

    key: PostKey
    posted_at: datetime
    text: str  # message, caption, rich blocks, poll and to-do items: all that the source itself says
    preview: str = ""  # title and description of a linked page: matched, but not the source's words
    entities: tuple[Entity, ...] = ()
    edited_at: datetime | None = None  # as the author's edit is shown to people
    changed_at: datetime | None = None  # Telegram's own date of the last change, reactions included
    author: str | None = None
    forward: Forward | None = None
    reply_to: int | None = None
    grouped_id: int | None = None  # parts of one album share it
    media: Media | None = None
    protected: bool = False  # must not be forwarded or saved by clients
    views: int | None = None
    forwards: int | None = None
    source: Source = Source.TELEGRAM

    @property
    def subject(self) -> str:
        """What is told about once: the post, or the album that it is a part of."""
        return subject_of(self.key, self.grouped_id)

    @property
    def searchable(self) -> str:
        """The text that is examined; an index at or past `len(text)` lies in the link's preview."""
        return f"{self.text}\n{self.preview}" if self.preview else self.text


def subject_of(key: PostKey, grouped_id: int | None) -> str:
    """What a post, or the album that it is a part of, is known by where it is told about."""
    if grouped_id is not None:
        return f"album:{key.channel_id}:{grouped_id}"
    return f"post:{key.channel_id}:{key.message_id}"


class Examined(StrEnum):
    """Whether a post's text has been searched for places."""

    YES = "yes"
    NO_TEXT = "no text"  # a photo or video without words: nobody looked at it
    FAILED = "failed"  # the examination broke; the post is kept and logged


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a look at one post gave, and with which names it was looked at."""

    state: Examined
    mentions: tuple[Mention, ...] = ()
    generation: int  # the state of names and matcher, as in `storage.examination`


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the archive has been examined in a generation."""

    generation: int
    started_at: datetime
    since: datetime | None  # posts from here on are done; None before the first one
    examined: int
    total: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a post said from `seen_at` on; number 0 is what we saw first."""

    number: int
    seen_at: datetime
    edited_at: datetime | None
    text: str
    preview: str = ""
    mentions: tuple[Mention, ...] = ()

    @property
    def searchable(self) -> str:
        """As `Post.searchable`."""
        return f"{self.text}\n{self.preview}" if self.preview else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A post as it lies in the archive, with everything known about it."""

    id: int  # time-ordered row id
    post: Post
    channel: Channel
    received_at: datetime
    deleted_at: datetime | None
    examined: Examined
    revisions: tuple[Revision, ...]  # oldest first; the last one is what `post` says now

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The places that the post mentions as it stands now."""
        return self.revisions[-1].mentions

    @property
    def link(self) -> str:
        """Where anyone can read the post, as long as it is there."""
        where = self.channel.username or f"c/{self.channel.telegram_id}"
        return f"https://t.me/{where}/{self.post.key.message_id}"
