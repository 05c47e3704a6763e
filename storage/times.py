"""Between `datetime` (aware, UTC) and the integers that the database keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload

_LAST = (
    253_402_300_799_999  # the last millisecond that a datetime can name: a later one could not be read again
)
NUMBER_BITS = 20  # posts within one second: about a million before the next second is borrowed


@overload
def to_ms(at: datetime) -> int: ...
@overload
def to_ms(at: datetime | None) -> int | None: ...
def to_ms(at: datetime | None) -> int | None:
    """Unix milliseconds."""
    return None if at is None else min(round(at.timestamp() * 1000), _LAST)


@overload
def from_ms(ms: int) -> datetime: ...
@overload
def from_ms(ms: int | None) -> datetime | None: ...
def from_ms(ms: int | None) -> datetime | None:
    """The time behind Unix milliseconds."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


def first_id(at: datetime) -> int:
    """The smallest post id of that second: ids sort as their posts' times do."""
    return int(at.timestamp()) << NUMBER_BITS


def posted_at(post_id: int) -> datetime:
    """When the post with that row id was posted, to the second."""
    return datetime.fromtimestamp(post_id >> NUMBER_BITS, UTC)
