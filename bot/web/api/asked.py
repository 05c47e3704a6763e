"""What the API takes: the fields of addresses and of bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from bot.web.api.call import Shape

_ROW = (1 << 63) - 1

Row = Annotated[int, Field(ge=0, le=_ROW)]
Limit = Annotated[int, Field(ge=1, le=100, description="How many at most.")]
Query = Annotated[
    str,
    Field(
        max_length=1000,
        description='As in the search: words, "phrases", -minus, place:, channel:, from:7d, is:edited … Empty: everything.',
    ),
]
Span = Annotated[str, Field(pattern=r"^\d{1,5}[hdwmy]$", description="How far back: 12h, 7d, 2w, 3m or 1y.")]


class Wanted(Shape):
    """Which posts: as the page's addresses have it. Of several places, channels or sides one must be it."""

    q: Query = ""
    place: Annotated[tuple[Row, ...], Field(max_length=200)] = ()
    channel: Annotated[tuple[Row, ...], Field(max_length=200)] = ()
    side: Annotated[tuple[str, ...], Field(max_length=200)] = ()
    state: Annotated[
        tuple[str, ...], Field(max_length=20, description="edited, deleted, unreviewed …: each must hold.")
    ] = ()
    since: Annotated[str, Field(alias="from", max_length=100, description="A date, or a local time.")] = ""
    until: Annotated[str, Field(alias="to", max_length=100)] = ""
    all: Annotated[
        bool, Field(description="Where nothing is looked for: posts that mention no place as well.")
    ] = True


class PostsQuery(Wanted):
    """Which posts, and which page of them."""

    limit: Limit = 20
    after: Annotated[str | None, Field(max_length=200, description="`next` of the page before.")] = None


class FreshQuery(Wanted):
    """Which posts, newer than one."""

    newer: Annotated[int, Field(ge=0, le=_ROW, description="The number of the newest post that is known.")]


class TimelineQuery(Shape):
    """Which stretch of time."""

    span: Span = "7d"
    end: Annotated[datetime | None, Field(description="Up to then; now without it.")] = None


class ClaimsQuery(Shape):
    """About which place, and since when."""

    place: Row
    span: Span = "7d"


class StoriesQuery(Shape):
    """About which place, and which page."""

    place: Row | None = None
    limit: Limit = 20
    after: Annotated[Row | None, Field(description="`next` of the page before.")] = None


class ReviewsQuery(Shape):
    """Which decisions, and which page."""

    place: Row | None = None
    verdict: Literal["relevant", "not relevant", "wrong", "second look"] | None = None
    limit: Limit = 50
    after: Annotated[str | None, Field(pattern=r"^\d{1,18}-\d{1,18}-\d{1,18}$")] = None


class Deciding(Shape):
    """What is decided about a statement."""

    version: Annotated[int, Field(ge=0, le=_ROW, description="Of the review as it was read.")]
    verdict: Literal["relevant", "not relevant", "wrong", "second look"]
    place: Annotated[Row | None, Field(description="One of its places; all of them without it.")] = None
    reason: Literal["person", "other place", "word"] | None = None


class Assigning(Shape):
    """Who sees to a statement."""

    version: Annotated[int, Field(ge=0, le=_ROW)]
    assignee: Annotated[str | None, Field(max_length=60, description="Null: nobody.")]


class Tagging(Shape):
    """A word of the team's, put on a statement or taken off."""

    add: Annotated[str | None, Field(max_length=60)] = None
    drop: Annotated[str | None, Field(max_length=60)] = None


class Noting(Shape):
    """Something written beside a statement."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]
