"""A short run of `tests.service.crash`; the README has the long one and its result."""

from __future__ import annotations

from tests.service.crash import crash


async def test_killed_at_random_moments_nothing_is_lost_and_nothing_is_told_twice() -> None:
    result = await crash(posts=60, kills=8, seed=3, settling=120)
    assert result.good, str(result)
