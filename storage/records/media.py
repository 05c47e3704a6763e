"""Files of posts, as they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MediaState(StrEnum):
    """Whether a file of a post is kept."""

    WANTED = "wanted"  # it is still to be fetched
    KEPT = "kept"
    LEFT = "left"  # it is not to be had, or not wanted; `PostFile.reason` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFile:
    """A file that a post carries, and what became of it."""

    post_id: int
    file_id: int  # Telegram's number of the photo or document
    channel_id: int
    message_id: int
    state: MediaState
    reason: str | None
    sha256: str | None  # of what is kept
    size: int | None  # bytes of what is kept
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A content that is kept, once for all posts that carry it."""

    sha256: str
    size: int  # bytes
    kept_at: datetime
