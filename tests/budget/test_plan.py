"""How channels are read within what one account may ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.budget.plan import READING, Plan, Share, make_plan, wish
from storage.records import Channel, Priority
from tests.making import NOW

SHARE = Share("reader", 1.0, 60, 300)


def channel(number: int, priority: Priority = Priority.NORMAL, *, joined: bool = False) -> Channel:
    return Channel(
        id=number,
        telegram_id=number,
        username=None,
        title="C",
        added_at=NOW,
        joined=joined,
        priority=priority,
    )


def channels(count: int, priority: Priority = Priority.NORMAL, *, start: int = 0) -> list[Channel]:
    return [channel(start + n, priority) for n in range(count)]


KINDS = st.lists(st.tuples(st.sampled_from(Priority), st.booleans()), max_size=600)
SHARES = st.builds(
    Share,
    account=st.just("reader"),
    requests_per_second=st.floats(0.01, 50),
    poll_seconds=st.floats(1, 86_400),
    sweep_seconds=st.floats(1, 86_400),
)


def planned(kinds: list[tuple[Priority, bool]], share: Share) -> Plan:
    return make_plan((channel(n, p, joined=j) for n, (p, j) in enumerate(kinds)), share)


def test_few_channels_are_read_as_often_as_wished() -> None:
    plan = make_plan([channel(1), channel(2, joined=True)], SHARE)
    assert plan.intervals == {1: 60, 2: 300}
    assert plan.fits


def test_high_priority_is_read_more_often_even_when_joined_and_low_more_rarely() -> None:
    kinds = [(Priority.HIGH, False), (Priority.HIGH, True), (Priority.LOW, False), (Priority.LOW, True)]
    assert planned(kinds, SHARE).intervals == {0: 30, 1: 60, 2: 240, 3: 1200}


def test_where_the_budget_is_too_small_the_hot_channels_give_way_last() -> None:
    # .8 requests a second are to be had; 40 normal channels wish for .67, 40 of low priority for .17, 10 hot for .33.
    known = [
        *channels(40),
        *channels(40, Priority.LOW, start=100),
        *channels(10, Priority.HIGH, start=200),
    ]
    plan = make_plan(known, SHARE)
    assert not plan.fits
    assert plan.intervals[200] == 30
    assert plan.intervals[0] > 60
    assert plan.intervals[100] / 240 == pytest.approx(2 * plan.intervals[0] / 60)


def test_three_hundred_channels_of_which_none_is_joined_are_read_every_six_minutes() -> None:
    plan = make_plan(channels(300), SHARE)
    assert list(plan.intervals.values()) == pytest.approx([375] * 300)
    assert plan.wanted == pytest.approx(5)


@given(KINDS, SHARES)
def test_a_plan_is_never_above_the_budget_and_never_more_eager_than_wished(
    kinds: list[tuple[Priority, bool]], share: Share
) -> None:
    plan = planned(kinds, share)
    assert plan.spent <= share.requests_per_second * READING * (1 + 1e-9)
    for number, (priority, joined) in enumerate(kinds):
        assert plan.intervals[number] >= wish(channel(number, priority, joined=joined), share)


@given(KINDS, SHARES)
def test_nobody_is_stretched_more_than_four_times_as_far_as_another_and_the_hot_least(
    kinds: list[tuple[Priority, bool]], share: Share
) -> None:
    plan = planned(kinds, share)
    factors: dict[Priority, float] = {}
    for number, (priority, joined) in enumerate(kinds):
        wanted = wish(channel(number, priority, joined=joined), share)
        factors[priority] = plan.intervals[number] / wanted
    in_order = [factors[p] for p in (Priority.HIGH, Priority.NORMAL, Priority.LOW) if p in factors]
    assert in_order == sorted(in_order)
    if in_order:
        assert in_order[-1] <= 4 * in_order[0] * (1 + 1e-9)


@given(KINDS, SHARES, st.floats(1, 10))
def test_a_bigger_budget_never_makes_an_interval_longer(
    kinds: list[tuple[Priority, bool]], share: Share, more: float
) -> None:
    bigger = Share("reader", share.requests_per_second * more, share.poll_seconds, share.sweep_seconds)
    small, big = planned(kinds, share), planned(kinds, bigger)
    assert all(big.intervals[n] <= small.intervals[n] * (1 + 1e-9) for n in small.intervals)


@given(KINDS, SHARES)
def test_a_budget_that_is_too_small_is_used_up(kinds: list[tuple[Priority, bool]], share: Share) -> None:
    plan = planned(kinds, share)
    if not plan.fits:
        assert plan.spent == pytest.approx(plan.allowed)


@given(KINDS, SHARES)
def test_one_channel_more_never_makes_another_be_read_more_often(
    kinds: list[tuple[Priority, bool]], share: Share
) -> None:
    fewer, more = planned(kinds, share), planned([*kinds, (Priority.HIGH, False)], share)
    assert all(more.intervals[n] >= fewer.intervals[n] * (1 - 1e-9) for n in fewer.intervals)
