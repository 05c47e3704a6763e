"""Sleep, a clock that was put forward or back, and a program that was held up are told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.coverage.instants import Between, Instant, between
from tests.making import NOW

HOUR, NONE = timedelta(hours=1), timedelta(0)


@pytest.mark.parametrize(
    ("wall", "boot", "running", "expected"),
    [
        (15, 15, 15, Between(NONE, NONE, NONE)),
        (16.5, 16, 15.2, Between(NONE, NONE, NONE)),
        (3615, 3615, 15, Between(HOUR, NONE, NONE)),
        (3615, 15, 15, Between(NONE, HOUR, NONE)),
        (-3585, 15, 15, Between(NONE, -HOUR, NONE)),
        (3615, 3615, 3615, Between(NONE, NONE, HOUR)),
        (7215, 3615, 15, Between(HOUR, HOUR, NONE)),
    ],
)
def test_what_happened_between_two_looks(wall: float, boot: float, running: float, expected: Between) -> None:
    before = Instant(NOW, 100, 50)
    after = Instant(NOW + timedelta(seconds=wall), 100 + boot, 50 + running)
    assert between(before, after, meant=15) == expected
