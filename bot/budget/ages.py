"""Which posts are looked at again for silent edits and deletions, and when: fresh ones often, older ones rarely."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage.records import Pass


@dataclass(frozen=True, slots=True)
class Age:
    """Posts between two ages, and how often they are looked at again."""

    name: str
    youngest: timedelta
    oldest: timedelta
    every: timedelta


# Whatever stands among a channel's newest posts is seen by every reading of it; in a channel that posts faster, even
# posts of the last hour have left that page.
AGES: Final = (
    Age("hour", timedelta(0), timedelta(hours=1), timedelta(minutes=10)),
    Age("day", timedelta(hours=1), timedelta(days=1), timedelta(hours=1)),
    Age("week", timedelta(days=1), timedelta(days=7), timedelta(days=1)),
)

LATELY: Final = tuple(age for age in AGES if age.oldest <= timedelta(days=1))

_BEFORE_RESTORED: Final = timedelta(days=30)
_ONCE: Final = timedelta(days=36_500)


def of_restored(number: int, until: datetime, now: datetime) -> Age:
    """The posts of the month before a backup was made: once it is restored, they are looked at once for what it missed."""
    youngest = now - until
    return Age(f"restored {number}", youngest, youngest + _BEFORE_RESTORED, _ONCE)


def most_overdue(
    channels: Iterable[int],
    passes: Mapping[tuple[int, str], Pass],
    now: datetime,
    ages: Sequence[Age] = AGES,
) -> tuple[int, Age] | None:
    """The channel and age that have waited longest, measured by how often they should be looked at.

    None where nothing is due. A pass that was begun long ago and is not over goes on; a beginning in the future,
    after the clock was put back, counts as none.
    """
    longest, found = 0.0, None
    for channel in channels:
        for age in ages:
            waited = _waited(passes.get((channel, age.name)), age, now)
            if waited > longest:
                longest, found = waited, (channel, age)
    return found


def _waited(last: Pass | None, age: Age, now: datetime) -> float:
    """1 where it is just due, more where it is overdue, 0 where it is not due.

    What was never looked at comes first: it can't tell how long it has waited, and must not starve.
    """
    if last is None or last.began_at > now:
        return math.inf
    waited = (now - last.began_at) / age.every
    if last.reached is not None:
        return 1.0 + waited  # what has been begun is finished first
    return waited if waited >= 1 else 0.0
