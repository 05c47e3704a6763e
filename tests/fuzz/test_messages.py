"""A short run of `tests.fuzz.messages`; the README has the long one and its result."""

from __future__ import annotations

from tests.fuzz.messages import fuzz


def test_messages_of_any_shape_are_kept_or_refused_with_a_reason() -> None:
    count = fuzz(600, 7)
    assert count.inputs == 600
    assert count.inputs == count.kept + count.none.total() + count.refused.total()
    assert set(count.refused) <= {"OverflowError"}, str(count)  # ids of more than 64 bits
    assert count.kept > 400
