"""Between `datetime` (aware, UTC) and the integers that the database keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import overload

NUMBER_BITS = 20  # posts within one second: about a million before the next second is borrowed

# Floats would round the last moments of the year 9999, which a hostile post may name, into a year that can't be read.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS, _SECOND = timedelta(milliseconds=1), timedelta(seconds=1)


@overload
def to_ms(at: datetime) -> int: ...
@overload
def to_ms(at: datetime | None) -> int | None: ...
def to_ms(at: datetime | None) -> int | None:
    """Unix milliseconds that have passed."""
    return None if at is None else (at - _EPOCH) // _MS


@overload
def from_ms(ms: int) -> datetime: ...
@overload
def from_ms(ms: int | None) -> datetime | None: ...
def from_ms(ms: int | None) -> datetime | None:
    """The time behind Unix milliseconds."""
    return None if ms is None else _EPOCH + timedelta(milliseconds=ms)


def first_id(at: datetime) -> int:
    """The smallest post id of that second: ids sort as their posts' times do."""
    return (at - _EPOCH) // _SECOND << NUMBER_BITS


def posted_at(post_id: int) -> datetime:
    """When the post with that row id was posted, to the second."""
    return _EPOCH + timedelta(seconds=post_id >> NUMBER_BITS)
