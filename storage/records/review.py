"""What the team makes of a statement, besides deciding on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.records.story import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a member wrote beside a statement."""

    text: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How far a team has come with a statement."""

    post_id: int  # the story's first post
    version: int = 0  # grows with every decision and every change of who sees to it; 0: nobody has touched it
    reviews: tuple[Review, ...] = ()  # by place
    assignee: str | None = None
    assigned_by: str | None = None
    assigned_at: datetime | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()  # oldest first
