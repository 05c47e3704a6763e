"""What was not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.records.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Posts of a channel that are not in the archive, or may not be: message ids, or a stretch of time."""

    channel: Channel
    since: datetime  # of one post: when it was posted, or noticed where that is not known
    until: datetime | None  # None: it goes on
    why: str  # in words, without a stop
    low: int | None = None  # the first and the last id, where it is about ids
    high: int | None = None
    told: bool = False  # the team's chats were told of it

    @property
    def posts(self) -> int:
        """How many message ids it is about; 0 for a stretch of time."""
        return 0 if self.low is None or self.high is None else self.high - self.low + 1
