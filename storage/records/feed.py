"""Feeds of what a query finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A query whose newest statements are read at a secret address."""

    id: int
    query: str
    added_at: datetime
    ended_at: datetime | None  # nobody can read it since then
