"""Reading back: what somebody asked for of a channel's past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.records.channel import Channel


class BackfillState(StrEnum):
    """Whether a part of the past is still to be read."""

    WAITING = "waiting"  # whoever holds the archive goes on with it
    STOPPED = "stopped"  # somebody stopped it
    FAILED = "failed"  # the channel can't be read; `Backfill.problem` says why
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """A part of a channel's past, and how much of it is known."""

    channel: Channel
    since: datetime | None  # None: from the first post
    until: datetime | None  # posts before then; None: up to the newest one
    low: int | None  # message ids, both included; None until Telegram has been asked
    high: int | None
    left: int | None  # message ids that have not been asked for yet
    state: BackfillState
    problem: str | None
    posts: int  # messages read
    asked_at: datetime
    finished_at: datetime | None

    @property
    def span(self) -> int | None:
        """How many message ids there are; deleted ones count, so there are at most as many messages."""
        if self.low is None or self.high is None:
            return None
        return max(0, self.high - self.low + 1)
