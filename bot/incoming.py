"""What members of the team's chats do: they type, and they press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """A command (its text begins with a slash), or a reply to one of our messages."""

    chat_id: int  # as bots see it: -100… supergroups, negative groups; a person's own id in private
    message_id: int
    sender_id: int  # the chat's own id for an anonymous administrator
    sender_name: str
    text: str
    at: datetime  # by Telegram's clock
    reply_to: int | None = None  # the message that it replies to
    topic: int | None = None  # of a forum


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button below one of our messages."""

    query_id: int
    chat_id: int
    message_id: int
    sender_id: int
    sender_name: str
    data: str
    at: datetime
