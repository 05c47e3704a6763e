"""Who may come to the review page through the team's chats."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import Enum, auto


class Standing(Enum):
    """What somebody is in a chat."""

    NOBODY = auto()
    MEMBER = auto()
    ADMIN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The page's public address, and for whom it opens."""

    url: str
    minutes: int  # that a link can be used
    members: str | None  # the role of the chats' members; None: none
    admins: frozenset[int]  # the operator's own, who may everything
    chats: Callable[[], Collection[int]]  # the team's, by their present numbers
    standing: Callable[[int, int], Awaitable[Standing]]  # (chat, person)
    bot_name: Callable[[], str | None]
