"""What goes out, and the chats to which it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    language: str | None = None  # in which our own words in it are; kept of alerts


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
    language: str | None = None  # "en", "uk", "ru"; None: what the operator has set
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
