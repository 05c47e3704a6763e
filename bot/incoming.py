"""A command as it came in from a team chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that begins with a slash, in a chat that may give commands."""

    chat_id: int  # as bots see it: -100… supergroups, negative groups
    message_id: int
    sender_id: int
    sender_name: str
    text: str
    at: datetime  # by Telegram's clock
