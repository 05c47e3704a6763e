"""Which account reads which channel."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.budget import Share
from bot.budget.sharing import Load, Member, load, share_out
from storage.records import Channel
from tests.making import NOW

NAMES = ("reader", "north", "south", "west")


def channel(number: int, account: str | None = None, *, cost: float = 0.1, **more: frozenset[str]) -> Load:
    return Load(channel_id=number, account=account, polled=cost, pushed=cost / 5, **more)


def accounts(*names: str, allowed: float = 1.0) -> list[Member]:
    return [Member(name, allowed=allowed) for name in names]


def of(shared: dict[int, str], name: str) -> list[int]:
    return sorted(number for number, account in shared.items() if account == name)


def test_channels_without_an_account_are_shared_evenly() -> None:
    shared = share_out(accounts("reader", "north"), [channel(n) for n in range(10)])
    assert len(of(shared, "reader")) == len(of(shared, "north")) == 5


def test_channels_of_an_account_that_has_failed_go_to_the_others_and_do_not_come_back() -> None:
    three = accounts("reader", "north", "south")
    before = [channel(n, three[n % 3].name) for n in range(9)]
    failed = [replace(three[0], works=False), *three[1:]]
    shared = share_out(failed, before)
    assert of(shared, "reader") == []
    assert {n: a for n, a in shared.items() if n % 3} == {n: three[n % 3].name for n in range(9) if n % 3}
    again = [replace(c, account=shared[c.channel_id]) for c in before]
    assert share_out(three, again) == shared


def test_a_channel_that_one_account_may_not_read_goes_to_another_and_stays_where_none_may() -> None:
    two = accounts("reader", "north")
    assert share_out(two, [channel(1, "reader", unable=frozenset({"reader"}))]) == {1: "north"}
    assert share_out(two, [channel(1, "north", unable=frozenset({"reader", "north"}))]) == {1: "north"}


def test_a_member_takes_over_first_then_one_that_knows_the_channel() -> None:
    three = [Member("reader", works=False), *accounts("north", "south")]
    busy = [channel(n, "south") for n in range(5)]
    assert share_out(three, [*busy, channel(9, "reader", members=frozenset({"south"}))])[9] == "south"
    assert share_out(three, [*busy, channel(9, "reader", known=frozenset({"south"}))])[9] == "south"
    assert share_out(three, [*busy, channel(9, "reader")])[9] == "north"


def test_an_account_that_is_full_is_no_choice_even_for_its_own_channels() -> None:
    two = [Member("reader", works=False), *accounts("north", "south")]
    full = [channel(n, "north") for n in range(10)]
    shared = share_out(two, [*full, channel(99, "reader", members=frozenset({"north"}), cost=0.9)])
    assert shared[99] == "south"


def test_a_further_account_relieves_one_that_has_too_much_and_takes_no_more_than_that() -> None:
    crowd = [channel(n, "reader") for n in range(14)]  # 1.4 requests a second where 1 is allowed
    shared = share_out(accounts("reader", "north"), crowd)
    assert len(of(shared, "north")) == 4
    assert share_out(accounts("reader"), crowd) == dict.fromkeys(range(14), "reader")


def test_where_it_is_too_much_for_all_nobody_has_much_more_than_another() -> None:
    shared = share_out(accounts("reader", "north"), [channel(n, "reader") for n in range(40)])
    assert abs(len(of(shared, "reader")) - len(of(shared, "north"))) <= 1


def test_where_no_account_works_channels_stay() -> None:
    assert share_out([Member("reader", works=False)], [channel(1, "reader"), channel(2)]) == {1: "reader"}


def test_a_member_spends_less_on_a_channel() -> None:
    known = Channel(id=1, telegram_id=1, username="c", title="C", added_at=NOW, account="north")
    found = load(known, Share("", 1.0, 60, 300), members=["north"])
    assert (found.account, found.by("north"), found.by("reader")) == ("north", 1 / 300, 1 / 60)


SETS = st.frozensets(st.sampled_from(NAMES))
LOADS = st.lists(
    st.builds(
        Load,
        channel_id=st.integers(1, 10_000),
        account=st.none() | st.sampled_from(NAMES),
        polled=st.floats(0.001, 0.5),
        pushed=st.floats(0.0001, 0.1),
        members=SETS,
        known=SETS,
        unable=SETS,
    ),
    max_size=60,
    unique_by=lambda c: c.channel_id,
)
ACCOUNTS = st.lists(
    st.builds(
        Member, name=st.sampled_from(NAMES), works=st.booleans(), allowed=st.sampled_from([0.4, 0.8, 1.6])
    ),
    min_size=1,
    unique_by=lambda a: a.name,
)


def fill(shared: dict[int, str], channels: list[Load], account: Member) -> float:
    return (
        sum(c.by(account.name) for c in channels if shared.get(c.channel_id) == account.name)
        / account.allowed
    )


@given(ACCOUNTS, LOADS)
def test_every_channel_has_one_working_account_that_may_read_it_where_there_is_one(
    members: list[Member], channels: list[Load]
) -> None:
    shared = share_out(members, channels)
    working = {m.name for m in members if m.works}
    for one in channels:
        if working:
            assert shared[one.channel_id] in working
            assert shared[one.channel_id] not in one.unable or working <= one.unable
        else:
            assert shared.get(one.channel_id) == one.account


@given(ACCOUNTS, LOADS)
def test_sharing_out_again_changes_nothing(members: list[Member], channels: list[Load]) -> None:
    shared = share_out(members, channels)
    again = [replace(c, account=shared.get(c.channel_id)) for c in channels]
    assert share_out(members, again) == shared
    assert share_out(members, channels[::-1]) == shared


@given(ACCOUNTS, LOADS)
def test_nobody_has_too_much_while_another_could_take_a_channel_within_its_limit(
    members: list[Member], channels: list[Load]
) -> None:
    shared = share_out(members, channels)
    working = [m for m in members if m.works]
    for crowded in (m for m in working if fill(shared, channels, m) > 1.000001):
        for one in (c for c in channels if shared.get(c.channel_id) == crowded.name):
            for other in working:
                if other is not crowded and other.name not in one.unable:
                    assert fill(shared, channels, other) + one.by(other.name) / other.allowed > 0.999999


@given(ACCOUNTS, LOADS)
def test_nothing_moves_while_every_account_works_has_enough_and_may_read_what_it_has(
    members: list[Member], channels: list[Load]
) -> None:
    working = [replace(m, works=True) for m in members]
    shared = share_out(working, [replace(c, unable=frozenset()) for c in channels])
    settled = [replace(c, account=shared[c.channel_id], unable=frozenset()) for c in channels]
    if all(fill(shared, channels, m) <= 1 for m in working):
        assert share_out([*working, Member("new")], settled) == shared
