"""Channels, and how an account addresses them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from storage.records.reading import Priority

READER: Final = "reader"  # the first account that reads; others have names of their own


class ChannelState(StrEnum):
    """Whether a channel is read, and if not, why."""

    ACTIVE = "active"
    UNREADABLE = "unreadable"  # private, banned or gone just now; `Channel.problem` says it in words
    REMOVED = "removed"  # nobody follows it, any more or yet; its posts stay


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
    priority: Priority = Priority.NORMAL
    account: str = READER  # which reads it
    joined: bool = False  # that account is a member: posts are pushed live; others are polled
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
    """A channel as one reading account may address it; a public page knows its name alone."""

    telegram_id: int | None
    access_hash: int | None
    username: str | None
    title: str
    joined: bool
    newest: int  # id of its newest message, 0 where it has none
    members: int | None = None  # None where Telegram does not say
    posted_at: datetime | None = None  # when its newest message was posted
    opening: str = ""  # how that begins; "" where it has no words
    account: str = READER  # which has looked it up
