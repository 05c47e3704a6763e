"""What every command needs: the archive, the places, the world outside, and what a command comes to."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Flag, auto
from zoneinfo import ZoneInfo

from bot.claims import Table
from bot.desk.door import Door
from bot.incoming import Incoming, Press
from bot.languages import ENGLISH, Languages, Words
from bot.tracking import Tracking
from storage.posts import Decide
from storage.records import Attachment, Buttons, Peer
from storage.store import Store


class Changed(Flag):
    """What a command changed, so that the rest of the house hears of it after the commit."""

    NOTHING = 0
    PLACES = auto()
    CHANNELS = auto()
    CHATS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: HTML as Telegram understands it, within one message."""

    html: str
    buttons: Buttons = ()
    attachment: Attachment | None = None  # a file; `html` is then its caption, 1,024 units at most
    ask: str | None = None  # the member is asked to reply: the command whose argument that is, or `asking(…)`
    changed: Changed = Changed.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a press comes to."""

    toast: str | None = None  # shown to the one who pressed; 200 characters at most
    page: Reply | None = None  # the pressed message shows this from now on
    say: Reply | None = None  # a message of its own, in reply to the pressed one
    changed: Changed = Changed.NOTHING


# Something slow or uncertain is done before; an effect runs within the transaction that keeps the audit and the answer.
Effect = Callable[[sqlite3.Connection], Reply]
PressEffect = Callable[[sqlite3.Connection], Outcome]


async def _unknown(_: int, __: int) -> bool:
    """Who can't be asked about is not named."""
    return True


async def _unheard(_: int, __: str, ___: int) -> None:
    """Nobody is there to carry it."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the desk needs of the rest of the house."""

    resolve: Callable[[str], Awaitable[Peer]]  # a link to the channel behind it
    start_of: Callable[[Peer, datetime], Awaitable[int]]  # the id before the first post since then
    changed_channels: Callable[[], Awaitable[None]]
    accounts: Callable[[], list[str]]  # a line on each account's connection
    on_owed: Callable[[], None]
    is_admin: Callable[[int, int], Awaitable[bool]]  # (chat, member): may they change things there?
    answer_press: Callable[[int, str | None], Awaitable[None]]  # (query id, words)
    is_hidden: Callable[[int, int], Awaitable[bool]] = (
        _unknown  # (chat, member): must they not be named there?
    )
    # (chat, HTML, a number by which a repeated message is known): said past the archive, where that is shut
    tell_now: Callable[[int, str, int], Awaitable[None]] = _unheard


@dataclass(frozen=True, slots=True)
class Room:
    """The desk's own room."""

    store: Store
    tracking: Tracking
    outside: Outside
    zone: ZoneInfo
    now: Callable[[], datetime]
    decide: Decide
    min_confidence: float = 0.5
    claims: Table | None = None  # the team's table; without one nothing is said about claims
    door: Door | None = None  # to the review page, where that has a public address
    t: Words = ENGLISH  # our words, in the language of the chat that is answered
    languages: Languages = field(
        default_factory=Languages
    )  # what chats may choose, and what they have if not


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: what carries it out, whether it changes things, and what to ask where its argument is missing."""

    run: Callable[[Room, Incoming, str], Awaitable[Effect]]
    edits: bool = False
    looks: frozenset[str] = frozenset()  # arguments, in lower case, with which it changes nothing
    question: Callable[[Words], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """What the presses of one sort of button do; its data is "verb|argument|argument", 64 bytes at most."""

    run: Callable[[Room, Press, list[str]], Awaitable[PressEffect]]
    edits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a reply to a question does that a button has asked; the context is what the button was about."""

    run: Callable[[Room, Incoming, list[str], str], Awaitable[Effect]]
    edits: bool = False


def say(html: str) -> Effect:
    """An effect that only answers."""
    return lambda _: Reply(html=html)


def toast(words: str) -> PressEffect:
    """A press that only tells the one who pressed."""
    return lambda _: Outcome(toast=words)


def asking(question: str, *context: object) -> str:
    """A question with its context, for `Reply.ask`; the context never leaves our own tables."""
    return f"{question}:{'|'.join(map(str, context))}"


def data(verb: str, *arguments: object) -> str:
    """A button's data; ValueError where Telegram would not take it."""
    text = "|".join([verb, *map(str, arguments)])
    if len(text.encode()) > 64:
        raise ValueError(f"too long for a button: {text}")
    return text
