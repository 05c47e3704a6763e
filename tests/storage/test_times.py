"""Times as integers: every moment comes back as it was, to the millisecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.times import first_id, from_ms, posted_at, to_ms


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_comes_back_to_the_millisecond_below(at: datetime) -> None:
    ms = to_ms(at)
    assert timedelta(0) <= at - from_ms(ms) < timedelta(milliseconds=1)
    assert to_ms(from_ms(ms)) == ms


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_posts_row_id_tells_its_second(at: datetime) -> None:
    assert posted_at(first_id(at)) == at.replace(microsecond=0)


def test_the_last_moment_that_python_knows_can_be_kept() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert from_ms(to_ms(last)) == last.replace(microsecond=999_000)
    assert posted_at(first_id(last)) == last.replace(microsecond=0)
