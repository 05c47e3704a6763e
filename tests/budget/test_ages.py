"""Which posts are looked at again, and when."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.budget.ages import AGES, most_overdue
from storage.records import Pass
from tests.making import NOW

HOUR, DAY, WEEK = AGES
MINUTE = timedelta(minutes=1)


def passes(**ages: tuple[float, int | None]) -> dict[tuple[int, str], Pass]:
    """Of channel 1: minutes since a pass began, and how far it has come; that of the last hour has only just ended."""
    return {(1, "hour"): Pass(NOW, None)} | {
        (1, age): Pass(NOW - begun * MINUTE, reached) for age, (begun, reached) in ages.items()
    }


def test_what_was_never_looked_at_is_due() -> None:
    assert most_overdue([1], {}, NOW) == (1, HOUR)


def test_posts_of_the_last_hour_are_due_every_ten_minutes() -> None:
    assert most_overdue([1], passes(hour=(9, None), day=(59, None), week=(5, None)), NOW) is None
    assert most_overdue([1], passes(hour=(10, None), day=(59, None), week=(5, None)), NOW) == (1, HOUR)


def test_posts_of_a_day_are_due_every_hour_and_those_of_a_week_every_day() -> None:
    assert most_overdue([1], passes(day=(59, None), week=(23 * 60, None)), NOW) is None
    assert most_overdue([1], passes(day=(60, None), week=(23 * 60, None)), NOW) == (1, DAY)
    assert most_overdue([1], passes(day=(59, None), week=(24 * 60, None)), NOW) == (1, WEEK)


def test_a_pass_that_is_under_way_goes_on_before_another_that_is_just_due_begins() -> None:
    assert most_overdue([1], passes(day=(60, None), week=(5, 700)), NOW) == (1, WEEK)


def test_a_pass_that_is_long_overdue_comes_before_one_that_is_under_way() -> None:
    assert most_overdue([1], passes(day=(180, None), week=(5, 700)), NOW) == (1, DAY)


def test_a_clock_that_was_put_back_makes_nothing_wait() -> None:
    assert most_overdue([1], passes(day=(-60, None), week=(5, None)), NOW) == (1, DAY)


def test_only_channels_that_can_be_read_are_looked_at() -> None:
    assert most_overdue([2], passes(day=(600, None)), NOW) == (2, HOUR)
    assert most_overdue([], {}, NOW) is None


@given(st.integers(1, 40), st.integers(1, 12))
def test_in_turn_every_channel_and_age_gets_its_look(count: int, hours: int) -> None:
    known: dict[tuple[int, str], Pass] = {}
    now = NOW
    for _ in range(count * len(AGES)):
        due = most_overdue(range(count), known, now)
        assert due is not None
        known[due[0], due[1].name] = Pass(now, None)
        now += timedelta(seconds=hours)
    assert len(known) == count * len(AGES)
