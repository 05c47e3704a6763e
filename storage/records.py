"""The words that everybody speaks: frozen records, no behaviour beyond what follows from their fields.

Times are timezone-aware `datetime` in UTC. Offsets into text are Python string indices (code points),
except in `Entity`, which keeps Telegram's UTF-16 units as they came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChannelState(StrEnum):
    """Whether a channel is read, and if not, why."""

    ACTIVE = "active"
    UNREADABLE = "unreadable"  # private, banned or gone just now; `Channel.problem` says it in words
    REMOVED = "removed"  # nobody follows it any more; its posts stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A public channel that we follow, under a row of our own (`id`); Telegram's id may come later."""

    id: int
    telegram_id: int | None  # bare id, as in `https://t.me/c/<id>/…`
    username: str | None  # without @
    title: str
    label: str | None = None  # who speaks there, in the team's words: "DPR head (official)"
    state: ChannelState = ChannelState.ACTIVE
    problem: str | None = None
    side: str | None = None  # on which side, in the team's words
    standing: str | None = None  # how official: "official", "affiliated", "media", "observer"
    owner: str | None = None  # channels of one owner are one source
    joined: bool = False  # joined channels are pushed live; others are polled
    cursor: int = 0  # every message id up to here has been read in order
    added_at: datetime
    read_at: datetime | None = None  # when history was last read to its end
    posted_at: datetime | None = None  # newest post

    @property
    def name(self) -> str:
        """How people call it: `@username`, or the title where it has none."""
        return f"@{self.username}" if self.username else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A channel as one reading account may address it."""

    telegram_id: int
    access_hash: int
    username: str | None
    title: str
    joined: bool
    newest: int  # id of its newest message, 0 where it has none
    members: int | None = None  # None where Telegram does not say
    posted_at: datetime | None = None  # when its newest message was posted
    opening: str = ""  # how that begins; "" where it has no words


@dataclass(frozen=True, slots=True, order=True)
class PostKey:
    """Where a post stands: our channel row and Telegram's message id, unique together."""

    channel_id: int
    message_id: int


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

    @property
    def subject(self) -> str:
        """What is told about once: the post, or the album that it is a part of."""
        if self.grouped_id is not None:
            return f"album:{self.key.channel_id}:{self.grouped_id}"
        return f"post:{self.key.channel_id}:{self.key.message_id}"

    @property
    def searchable(self) -> str:
        """The text that is examined; an index at or past `len(text)` lies in the link's preview."""
        return f"{self.text}\n{self.preview}" if self.preview else self.text


class Examined(StrEnum):
    """Whether a post's text has been searched for places."""

    YES = "yes"
    NO_TEXT = "no text"  # a photo or video without words: nobody looked at it
    FAILED = "failed"  # the examination broke; the post is kept and logged


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the archive has been examined in a generation."""

    generation: int
    started_at: datetime
    since: datetime | None  # posts from here on are done; None before the first one
    examined: int
    total: int
    finished_at: datetime | None


class NameKind(StrEnum):
    """What sort of name a place bears."""

    OFFICIAL = "official"
    FORMER = "former"
    ALIAS = "alias"
    ROMANISED = "romanised"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """One name of one place, in its nominative."""

    place_id: int
    text: str
    language: str  # "uk", "ru", "en"; "" where unknown
    kind: NameKind = NameKind.OFFICIAL
    since: int | None = None  # first year of use, where known
    until: int | None = None  # last year of use, where known
    id: int = 0
    source: str = "given"  # "given" by a person, "gazetteer", or the rule that made it
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that the team tracks. `name` is the team's own, neutral name, used in our own voice."""

    id: int
    name: str
    region: str | None = None
    latitude: float | None = None  # degrees, WGS 84
    longitude: float | None = None
    geonames_id: int | None = None
    population: int | None = None
    area: str | None = None  # the area as a part of which it is tracked: "Donetsk Oblast"
    names: tuple[PlaceName, ...] = ()


class MentionKind(StrEnum):
    """What is named: the place itself, or something called after it."""

    NAME = "name"
    DIRECTION = "direction"  # «на Покровском направлении»
    DISTRICT = "district"  # «Покровський район»
    REGION = "region"  # «Донецкая область»
    ADJECTIVE = "adjective"  # «покровские позиции»


@dataclass(frozen=True, slots=True)
class Rival:
    """Another place that the same words could mean."""

    place_id: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place named at a span of a post's `searchable` text, and why we think so."""

    start: int
    end: int
    surface: str  # the text at [start, end), as written
    place_id: int
    name: str  # the name whose form this is, in its nominative
    kind: MentionKind = MentionKind.NAME
    confidence: float  # 0 to 1
    why: str  # for people: form, rule and cues
    rivals: tuple[Rival, ...] = ()
    late: bool = False  # found when the archive was examined again: shown, but owes no alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a look at one post gave, and with which names it was looked at."""

    state: Examined
    mentions: tuple[Mention, ...] = ()
    generation: int  # the state of names and matcher, as in `storage.examination`


class Delivery(StrEnum):
    """How a chat is told about a place."""

    ALERT = "alert"
    SILENT = "silent"  # without a sound
    URGENT = "urgent"  # in quiet hours too, where the chat wants that
    DIGEST = "digest"  # in digests only


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A chat's standing request to be told about a place."""

    chat_id: int
    place_id: int
    since: datetime  # posts older than this owe nothing
    min_confidence: float | None = None  # None: as everywhere
    kinds: frozenset[MentionKind] | None = None  # None: every kind of mention
    channels: frozenset[int] | None = None  # row ids; None: every channel
    topic: int | None = None  # of a forum
    delivery: Delivery = Delivery.ALERT
    muted_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a post said from `seen_at` on; number 0 is what we saw first."""

    number: int
    seen_at: datetime
    edited_at: datetime | None
    text: str
    preview: str = ""
    mentions: tuple[Mention, ...] = ()


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


class OwedKind(StrEnum):
    """Why something goes out."""

    ALERT = "alert"
    UPDATE = "update"  # said in reply to an alert: an edit, a deletion, another side
    SUMMARY = "summary"  # many alerts in one message
    DIGEST = "digest"
    ANSWER = "answer"
    NOTICE = "notice"
    BURST = "burst"  # a place is mentioned many times more than usual
    FOLLOW_UP = "follow-up"  # said in reply where the first message can't be edited any more


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens an address, or sends `data` (at most 64 bytes) back to us."""

    words: str
    data: str | None = None
    url: str | None = None


Buttons = tuple[tuple[Button, ...], ...]  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes out with a message, whose text is then its caption: 1,024 UTF-16 units at most."""

    name: str
    mime: str
    data: bytes  # 5 MB at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes to a chat, and how. HTML as Telegram understands it."""

    html: str
    buttons: Buttons = ()
    plain: bool = False  # the bare words, without markup
    silent: bool = False
    reply_to: int | None = None  # message id
    topic: int | None = None  # of a forum
    ask: bool = False  # the person who is replied to is asked to reply (a selective ForceReply)
    attachment: Attachment | None = None
    number: int = 0  # our own, by which a reader outside Telegram knows a message that came twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one chat should show about one subject."""

    chat_id: int
    subject: str
    html: str
    kind: OwedKind = OwedKind.ALERT
    buttons: Buttons = ()
    brief: str | None = None  # one line of HTML, for a summary that tells of it instead
    answers: str | None = None  # the subject of the alert to which this is a reply
    topic: int | None = None
    ask: bool = False
    silent: bool = False
    urgent: bool = False  # goes out in quiet hours too, where the chat wants that
    said_at: datetime | None = None  # when what is told was said
    wait: float = 0  # seconds to wait for more before the first attempt
    attachment: Attachment | None = None  # goes with an answer's first attempt, and never changes


class Quiet(StrEnum):
    """What happens in a chat's quiet hours."""

    HOLD = "hold"  # everything waits, and comes as one summary
    SILENT = "silent"  # everything comes without a sound
    URGENT = "urgent"  # only what is marked urgent comes


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A team chat that is told things, how it wants to be told, and why it can't be told just now."""

    id: int
    title: str | None
    held_until: datetime | None  # Telegram asked us to wait
    problem: str | None  # Telegram refuses; a person must look
    language: str = "en"
    output: str | None = None  # outside Telegram: the place's name in the settings
    paused_at: datetime | None = None
    released_at: datetime | None = None  # what was owed before and not sent comes as one summary
    muted_until: datetime | None = None
    digest_at: str | None = None  # "08:00", local
    digest_since: datetime | None = None  # digests whose time came before are not made up for
    quiet_from: str | None = None  # "23:00", local
    quiet_to: str | None = None
    quiet_how: Quiet | None = None
    follow_ups: str = "silent"  # "silent", "loud" or "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert, a burst or an update that a chat is owed and was not sent, in one line for a summary."""

    row_id: int
    kind: OwedKind
    line: str  # HTML
    topic: int | None
    silent: bool
    urgent: bool
    said_at: datetime | None
    owed_at: datetime
    answers: int | None  # the row of the alert to which it is a reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that a chat is owed, and how far its delivery has come.

    `wanted` is what the chat should show; `first` is the exact text of the first attempt, fixed together
    with `random_id` before anything was sent. Both are HTML as Telegram understands it.
    """

    id: int
    chat_id: int
    kind: OwedKind
    subject: str
    wanted: str
    buttons: Buttons
    random_id: int
    first: str | None
    shown: str | None  # what the chat shows now, as far as we know
    message_id: int | None
    reply_to: int | None  # message of the chat that this one answers
    topic: int | None
    ask: bool
    silent: bool
    urgent: bool
    plain: bool  # Telegram refused the markup: send the bare words
    attempts: int
    not_before: datetime
    created_at: datetime
    changed_at: datetime | None  # when the chat was last given another text


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What was said about a place in the last hour, beside the same hour of the days before."""

    place: Place
    said: Tally
    before: tuple[float, ...]  # statements, by day
    first: Kept
