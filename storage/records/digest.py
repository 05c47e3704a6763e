"""What was said in a period, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.records.channel import Channel
from storage.records.gap import Gap
from storage.records.place import Place
from storage.records.post import Kept, Progress


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was said: an album is one statement, and so is one with its copies; who repeats is no source."""

    statements: float
    sources: float  # independent ones: channels of one owner are one


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNews:
    """What was said about a place in a period, beside what is usual."""

    place: Place
    said: Tally
    usual: Tally | None  # the mean of as long periods before; None: too little is known
    before: datetime | None  # the newest mention before the period
    newest: tuple[Kept, ...]  # newest first
    read_late: int  # statements from before the period that were read within it
    edited: tuple[Kept, ...]
    deleted: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When a channel posted lately."""

    channel: Channel
    posts: tuple[datetime, ...]  # newest first; an album is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What became of a chat's places in a period, and how well the channels were read."""

    since: datetime
    until: datetime
    places: tuple[PlaceNews, ...]
    channels: tuple[Heard, ...]
    archive_from: datetime | None  # the oldest post that is kept
    unfinished: Progress | None  # older posts are still examined for some of the places
    unexamined: int  # posts that are to be examined by themselves
    unread: tuple[Gap, ...] = ()  # what the archive lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What was said about a place in the last hour, beside the same hour of the days before."""

    place: Place
    said: Tally
    before: tuple[float, ...]  # statements, by day
    first: Kept
