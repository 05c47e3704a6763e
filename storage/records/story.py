"""Stories: a statement, those who repeat it, and what people decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.records.channel import Channel
from storage.records.message import Chat
from storage.records.place import Place, Watch
from storage.records.post import Kept


class Joined(StrEnum):
    """How a post came into a story that was there before it."""

    ORIGINAL = "original"  # what a forward that was kept earlier forwards
    FORWARD = "forward"
    COPY = "copy"  # the same words
    NEAR_COPY = "near copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One statement of a story: a post, or the parts of an album in order of message id."""

    parts: tuple[Kept, ...]
    how: Joined | None = None  # None: what the story began with
    why: str = ""
    origin: Channel | None = None  # the followed channel that it was forwarded from

    @property
    def lead(self) -> Kept:
        """The first part: its time, channel and link stand for the statement."""
        return self.parts[0]


class Verdict(StrEnum):
    """What people decided about a statement and a place."""

    RELEVANT = "relevant"
    WRONG = "wrong"  # not this place
    SECOND_LOOK = "second look"
    NOT_RELEVANT = "not relevant"  # the place is right, and it is not what the team looks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A decision of the team's, kept apart from what was said."""

    post_id: int  # the story's first post
    place_id: int
    verdict: Verdict
    reason: str | None = None  # "person", "other place" or "word", where it is wrong
    other_place: str | None = None
    name: str | None = None  # the name whose form was found there
    actor: str
    at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Told:
    """Since when a chat is owed an alert about a story, and when it was sent one."""

    owed_at: datetime
    sent_at: datetime | None
    language: str = "en"  # the one that it began in, which it keeps


@dataclass(frozen=True, slots=True)
class AlertSent:
    """An alert that reached a chat."""

    chat_id: int
    chat: str | None  # its title
    at: datetime
    message_id: int | None  # None where it never became known


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that decides what one story owes: what was said in it, and who watches."""

    members: tuple[Member, ...]  # the one it began with first, then by time
    places: dict[int, Place]  # every place mentioned in any revision
    watches: tuple[Watch, ...]  # on those places
    chats: Mapping[int, Chat]
    told: Mapping[int, Told]  # by chat
    reviews: tuple[Review, ...]
    at: datetime  # now

    @property
    def subject(self) -> str:
        """What alerts about the story are known by."""
        return self.members[0].lead.post.subject
