"""One statement as a chat is told of it: its posts, and the mentions that count there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from storage.records import Kept, Member, Mention, Revision


@dataclass(frozen=True, slots=True)
class Statement:
    """A member of a story that mentions a place which a chat watches.

    `told` is, for each part with a mention that counts in some revision, the newest revision that has one and
    those mentions.
    """

    member: Member
    told: tuple[tuple[Revision, tuple[Mention, ...]], ...]
    first_said: datetime  # when the first revision with such a mention was made
    counts: Callable[[Mention], bool]

    @property
    def parts(self) -> tuple[Kept, ...]:
        """All parts, those without a mention too."""
        return self.member.parts

    @property
    def lead(self) -> Kept:
        """The part that stands for the statement."""
        return self.member.lead


def statement_of(member: Member, counts: Callable[[Mention], bool]) -> Statement | None:
    """The member as a chat is told of it; None where nothing in it counts."""
    told = []
    said: list[datetime] = []
    for part in member.parts:
        with_mentions = [
            (revision, found)
            for revision in part.revisions
            if (found := tuple(m for m in revision.mentions if counts(m)))
        ]
        if with_mentions:
            told.append(with_mentions[-1])
            said.append(said_at(part, with_mentions[0][0]))
    return Statement(member, tuple(told), min(said), counts) if told else None


def said_at(part: Kept, revision: Revision) -> datetime:
    """When a revision was made: the first one with its post, a later one with its edit."""
    return part.post.posted_at if revision.number == 0 else revision.edited_at or revision.seen_at
