"""Who says a statement, counted by who owns the channels: repeating is no confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class How(StrEnum):
    """How a post came into its story."""

    FIRST = "first"  # in words of its own: what the story began with, or what people joined to it
    FORWARD = "forward"
    COPY = "copy"
    NEAR_COPY = "near copy"
    SAME_ALBUM = "same album"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A post of a story, as far as it counts. `owner` is None where nobody has said who owns the channel."""

    channel_id: int
    owner: str | None
    how: How
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many say it in words of their own, and how many have only passed it on."""

    independent: int  # owners; a channel that nobody owns is one of its own
    repeating: int  # further owners, none of whose posts is their own words
    channels: int
    posts: int  # the parts of an album are one


def sources(members: Sequence[Member]) -> Count:
    """Count who says it: a forward confirms nothing, nor does a copy, nor a second channel of one owner."""
    said = {_owner(member) for member in members if member.how is How.FIRST}
    everybody = {_owner(member) for member in members}
    return Count(
        independent=len(said),
        repeating=len(everybody - said),
        channels=len({member.channel_id for member in members}),
        posts=sum(member.how is not How.SAME_ALBUM for member in members),
    )


def _owner(member: Member) -> str | int:
    owner = " ".join(member.owner.split()).casefold() if member.owner else ""
    return owner or member.channel_id
