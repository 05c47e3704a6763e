"""Pure: two looks at the clocks, and what must have happened between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_NOTEWORTHY = timedelta(seconds=30)  # clocks are trimmed by less; schedules bear less


@dataclass(frozen=True, slots=True)
class Instant:
    """One look at three clocks: people's, one that runs on while the machine sleeps, and one that does not."""

    wall: datetime
    boot: float  # seconds
    running: float  # seconds


@dataclass(frozen=True, slots=True)
class Between:
    """What happened between two looks; zero where nothing did."""

    slept: timedelta  # the machine was suspended
    jumped: timedelta  # people's clock was put forward, or back where that is negative
    held: timedelta  # the program did not get to look for so much longer than it meant to


def between(before: Instant, after: Instant, *, meant: float) -> Between:
    """What must have happened between two looks that were meant to be `meant` seconds apart."""
    passed = timedelta(seconds=after.boot - before.boot)
    ran = timedelta(seconds=after.running - before.running)
    return Between(
        slept=_noteworthy(passed - ran),
        jumped=_noteworthy(after.wall - before.wall - passed),
        held=_noteworthy(ran - timedelta(seconds=meant)),
    )


def _noteworthy(time: timedelta) -> timedelta:
    return time if abs(time) >= _NOTEWORTHY else timedelta(0)
