"""Which ids to ask for, and what an answer makes known: nothing is left out, and nothing claimed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.coverage.holes import AT_ONCE, questions, ranges, unexplained, without

IDS = st.sets(st.integers(1, 2000))


def every(found: list[tuple[int, int]]) -> list[int]:
    return [i for low, high in found for i in range(low, high + 1)]


@given(missing=IDS, again=IDS)
def test_every_missing_id_is_asked_for_in_one_way_or_the_other(missing: set[int], again: set[int]) -> None:
    asked = questions(ranges(missing), again)
    by_id = [i for ids in asked.ids for i in ids]
    assert len(by_id) == len(set(by_id))
    assert all(len(ids) <= AT_ONCE for ids in asked.ids)
    assert set(by_id) | set(every(list(asked.stretches))) == missing | again


def test_a_long_hole_is_read_as_history() -> None:
    asked = questions([(1, 3), (100, 5000)])
    assert asked.ids == ((1, 2, 3),)
    assert asked.stretches == ((100, 5000),)


@given(ids=IDS)
def test_ranges_hold_the_same_ids(ids: set[int]) -> None:
    assert every(ranges(ids)) == sorted(ids)


@given(low=st.integers(1, 100), length=st.integers(0, 100), lost=IDS)
def test_an_answer_makes_all_of_its_span_known_but_for_what_was_lost(
    low: int, length: int, lost: set[int]
) -> None:
    assert every(without(low, low + length, lost)) == [
        i for i in range(low, low + length + 1) if i not in lost
    ]


def test_a_hole_of_posts_that_can_not_be_kept_is_explained() -> None:
    assert unexplained([(3, 5), (9, 9)], {3, 4, 5}) == [(9, 9)]
