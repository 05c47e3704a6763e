"""How channels are read: how often, as a member or not, and how far a second look at their posts has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """How often a channel is asked for, beside the others."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Joining(StrEnum):
    """What becomes of the operator's wish that an account joins or leaves a channel."""

    TO_JOIN = "to join"
    TO_LEAVE = "to leave"
    ASKED = "asked"  # the channel's administrators must agree
    REFUSED = "refused"  # `Wish.problem` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A membership that the operator wants to have or to end, and that has not come true."""

    account: str
    channel_id: int
    state: Joining
    problem: str | None = None
    since: datetime

    @property
    def words(self) -> str:
        """For people."""
        return {
            Joining.TO_JOIN: "waits to join",
            Joining.TO_LEAVE: "waits to leave",
            Joining.ASKED: "asked to join: an administrator of the channel must agree",
            Joining.REFUSED: f"joining refused: {self.problem}",
        }[self.state]


@dataclass(frozen=True, slots=True)
class Pass:
    """A second look at all posts of a channel that are of an age, from the newest to the oldest."""

    began_at: datetime
    reached: int | None  # the message id down to which it has come; None once it is over
