"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.web.roles import Role
from storage.records import ApiToken, WebSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who asks, and what they may do."""

    name: str  # as the audit names them
    role: Role
    user_id: int | None = None  # at Telegram; None: the owner of this machine, or a program
    chat_id: int | None = None  # the team's chat through which they came


OWNER: Final = Member(name="owner", role=Role.ADMIN)
"""Whoever has the command line of the machine on which the archive lies."""


def of_session(session: WebSession | None) -> Member | None:
    """Who has signed in, with the role that they have by now; None where they may see nothing any more."""
    if session is None:
        return None
    user = session.user
    if user is None:
        return OWNER
    if user.may is None:
        return None
    return Member(
        name=user.name,
        role=Role[user.may.upper()],
        user_id=user.user_id,
        chat_id=user.chat_id,
    )


def of_token(token: ApiToken | None) -> Member | None:
    """The program that has a token."""
    return None if token is None else Member(name=f"{token.name} (API)", role=Role[token.role.upper()])
