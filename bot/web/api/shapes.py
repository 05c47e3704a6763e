"""What the API gives. Times are UTC; offsets into a text count code points of the text, a line feed and the preview."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Something that the API gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlaceRef(Answer):
    """A place by its number and the team's name for it."""

    id: int
    name: str


class ChannelRef(Answer):
    """A channel by its number, as people call it, and on which side it is."""

    id: int
    name: str
    title: str
    side: str | None


class Mention(Answer):
    """A place that a text names, and why we think so."""

    place: PlaceRef
    name: Annotated[str, Field(description="The name whose form was found, in its nominative.")]
    surface: Annotated[str, Field(description="As it is written.")]
    start: int
    end: int
    kind: str
    confidence: float
    why: str


class Origin(Answer):
    """Where a forwarded post comes from, as far as Telegram says."""

    name: str | None
    telegram_id: int | None
    message_id: int | None
    posted_at: datetime | None


class Post(Answer):
    """A post as it stands now."""

    id: int
    link: str
    channel: ChannelRef
    posted_at: datetime
    received_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    text: str
    preview: Annotated[str | None, Field(description="Of a linked page: not the source's own words.")]
    media: str | None
    forwarded_from: Origin | None
    revisions: Annotated[int, Field(description="How many versions are kept.")]
    mentions: tuple[Mention, ...]


class Found(Post):
    """A post that a query found."""

    found_in_revision: Annotated[int | None, Field(description="None: in what it says now.")]
    hits: Annotated[
        tuple[tuple[int, int], ...], Field(description="Where the query's words stand in that version.")
    ]


class Posts(Answer):
    """A page of posts."""

    posts: tuple[Found, ...]
    next: Annotated[str | None, Field(description="Give it as `after` for the next page; null at the end.")]
    remarks: Annotated[tuple[str, ...], Field(description="What is left out, in words.")]


class Fresh(Answer):
    """How many statements there are that are newer than a post; each counts once, however many repeat it."""

    count: int
    capped: Annotated[bool, Field(description="There are more: counting ended here.")]
    newest: Annotated[int | None, Field(description="The number of the newest of them.")]


class Revision(Answer):
    """What a post said from a time on."""

    number: int
    seen_at: datetime
    edited_at: datetime | None
    text: str
    preview: str | None
    mentions: tuple[Mention, ...]
    changed: Annotated[
        tuple[tuple[str, str], ...] | None,
        Field(
            description="Beside the version before: (kept, gone or new; words). Null: too long, or the first."
        ),
    ]


class Statement(Answer):
    """One who says what a story says."""

    id: int
    link: str
    channel: ChannelRef
    posted_at: datetime
    how: Annotated[str | None, Field(description="How it repeats the first; null: it is the first.")]
    why: str


class Alert(Answer):
    """An alert that reached a chat."""

    chat_id: int
    chat: str | None
    at: datetime
    message_id: int | None


class Decision(Answer):
    """What the team decided about a statement and a place."""

    post: Annotated[int, Field(description="The story's first post.")]
    place: PlaceRef
    verdict: str
    reason: str | None
    other_place: str | None
    actor: str
    at: datetime


class Note(Answer):
    """What somebody wrote beside a statement."""

    text: str
    actor: str
    at: datetime


class Review(Answer):
    """How far the team has come with a story."""

    post: Annotated[int, Field(description="The story's first post.")]
    version: Annotated[int, Field(description="Send it with a change: a newer one is a conflict (409).")]
    decisions: tuple[Decision, ...]
    assignee: str | None
    tags: tuple[str, ...]
    notes: tuple[Note, ...]


class Proof(Answer):
    """Where a post stands in the ledger of everything kept."""

    entries: tuple[int, ...]
    digest: Annotated[str, Field(description="SHA-256 of what it says now.")]
    head: Annotated[str, Field(description="HASH@NUMBER of the ledger: placewatch verify --head …")]


class File(Answer):
    """A file that hangs on a post."""

    state: str
    reason: str | None
    sha256: str | None
    size: int | None


class WholePost(Post):
    """A post with all that is known about it."""

    history: tuple[Revision, ...]
    story: tuple[Statement, ...]
    alerts: tuple[Alert, ...]
    review: Review
    proof: Proof | None
    files: tuple[File, ...]


class Name(Answer):
    """One name of a place."""

    text: str
    language: str
    kind: str
    source: str
    active: Annotated[bool, Field(description="Whether it is looked for.")]


class Place(Answer):
    """A place that is tracked."""

    id: int
    name: str
    region: str | None
    latitude: float | None
    longitude: float | None
    geonames_id: int | None
    names: tuple[Name, ...]


class Misfire(Answer):
    """A name that was marked as meaning something else."""

    name: str
    wrong: int
    judged: int


class WholePlace(Place):
    """A place, with the names that misfire."""

    misfires: tuple[Misfire, ...]


class Places(Answer):
    """Every place that is tracked."""

    places: tuple[Place, ...]


class Bar(Answer):
    """How often a place was mentioned in a stretch of time."""

    since: datetime
    until: datetime
    read: Annotated[bool, Field(description="False: nothing was read from then, which is no zero.")]
    statements: int
    possibly: Annotated[int, Field(description="Mentions below the confidence that alerts.")]


class Share(Answer):
    """How often a channel spoke."""

    channel: ChannelRef
    statements: int


class Gap(Answer):
    """What was not read of a channel."""

    channel: ChannelRef
    since: datetime
    until: Annotated[datetime | None, Field(description="Null: it goes on.")]
    why: str
    posts: Annotated[int, Field(description="Message ids that are missing; 0 for a stretch of time.")]


class Timeline(Answer):
    """A place's history."""

    place: PlaceRef
    unit: str
    bars: tuple[Bar, ...]
    first_here: Annotated[int | None, Field(description="The first post in this stretch.")]
    first_ever: int | None
    channels: tuple[Share, ...]
    gaps: tuple[Gap, ...]


class Channel(Answer):
    """A channel, and how well it is read."""

    id: int
    name: str
    title: str
    telegram_id: int | None
    label: str | None
    side: str | None
    standing: str | None
    owner: str | None
    state: str
    problem: str | None
    priority: str
    joined: bool
    added_at: datetime
    read_at: Annotated[datetime | None, Field(description="When its history was last read to its end.")]
    posted_at: datetime | None
    lag_seconds: Annotated[float | None, Field(description="Usually from the post to our having it.")]
    gaps: tuple[Gap, ...]


class Channels(Answer):
    """Every channel that is followed."""

    channels: tuple[Channel, ...]


class Story(Answer):
    """A statement, and those who repeat it."""

    id: Annotated[int, Field(description="The first post.")]
    places: tuple[PlaceRef, ...]
    statements: tuple[Statement, ...]
    review: Review


class Stories(Answer):
    """A page of stories, the newest first."""

    stories: tuple[Story, ...]
    next: int | None


class Said(Answer):
    """One who claims something, and where."""

    post: int | None
    link: str | None
    channel: str
    side: str | None
    posted_at: datetime
    cue: Annotated[str, Field(description="The words by which it is recognised, as written.")]


class Claim(Answer):
    """One kind of claim about a place, made in one way. A reading aid, never shown without the quote."""

    kind: str
    label: str
    modality: str
    first: Said
    newest: Said
    repeats: int
    copies: int
    sources: tuple[str, ...]
    sides: tuple[str, ...]
    contradicted_by: Annotated[tuple[tuple[str, str], ...], Field(description="(kind, modality)")]


class Claims(Answer):
    """The claims about a place side by side."""

    place: PlaceRef
    since: datetime
    until: datetime
    disputed: bool
    capped: Annotated[bool, Field(description="Older posts of this stretch were not read for claims.")]
    claims: tuple[Claim, ...]


class Reviews(Answer):
    """A page of decisions, the newest first."""

    reviews: tuple[Decision, ...]
    next: str | None


class Count(Answer):
    """How many posts a value has."""

    value: str
    posts: int


class Stats(Answer):
    """How the posts that a query finds are spread."""

    posts: int
    capped: Annotated[bool, Field(description="Only the newest were counted.")]
    channels: tuple[Count, ...]
    sides: tuple[Count, ...]
    places: tuple[Count, ...]
    days: Annotated[tuple[Count, ...], Field(description="Local days, the newest first.")]


class Me(Answer):
    """Who asks, and what they may do."""

    name: str
    role: str


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Field(description="What is wrong, and how to mend it.")]
    errors: list[dict[str, str]] | None = None
    version: Annotated[int | None, Field(description="With 409: the version that holds now.")] = None
