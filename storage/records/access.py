"""People and programs that may see the archive, and what each may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebUser:
    """Somebody of the team who was given a link to the page, or of whom the operator has spoken."""

    user_id: int  # Telegram's
    name: str
    role: str | None  # as the operator said: "none", "read", "review" or "admin"; None: as the chat says
    chat_role: str | None  # what the chat gave when the last link was made
    chat_id: int | None
    added_at: datetime
    link_at: datetime | None
    sessions: int = 0  # browsers that are signed in

    @property
    def actor(self) -> str:
        """As the audit names them."""
        return f"{self.name} ({self.user_id})"

    @property
    def may(self) -> str | None:
        """The role that counts; None where they may not see the page."""
        chosen = self.role or self.chat_role
        return None if chosen == "none" else chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A browser that is signed in."""

    user: WebUser | None  # None: whoever has the machine's command line
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A program that may ask the API; the token itself is known to nobody here."""

    name: str
    role: str
    made_at: datetime
