"""Claims side by side: first, repeats, copies, contradictions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.claims import Claim, Modality, load
from bot.claims.ledger import Line, Said, side_by_side
from storage.records import PostKey

TABLE = load(None)
START = datetime(2025, 11, 1, 9, tzinfo=UTC)


def said(
    kind: str,
    minute: int,
    channel: str,
    modality: Modality = Modality.ASSERTED,
    *,
    side: str | None = None,
    owner: str | None = None,
    copied: bool = False,
) -> Said:
    return Said(
        claim=Claim(kind=kind, start=0, end=1, cue="x", modality=modality, reported=False, why="x"),
        place_id=1,
        post=PostKey(sum(map(ord, channel)), minute),
        posted_at=START + timedelta(minutes=minute),
        channel=channel,
        side=side,
        owner=owner,
        copied=copied,
    )


def lines(*all_said: Said) -> list[Line]:
    return list(side_by_side(all_said, TABLE)[1].lines)


def test_the_first_is_named_and_the_rest_repeat() -> None:
    (line,) = lines(said("captured", 5, "@b"), said("captured", 1, "@a"), said("captured", 9, "@a"))
    assert line.first.channel == "@a"
    assert [one.channel for one in line.repeats] == ["@b", "@a"]
    assert line.sources == ("@a", "@b")
    assert line.newest.posted_at == START + timedelta(minutes=9)


def test_a_copy_is_no_source_and_channels_of_one_owner_are_one() -> None:
    (line,) = lines(
        said("captured", 1, "@a", owner="Ministry"),
        said("captured", 2, "@a2", owner="Ministry"),
        said("captured", 3, "@c", copied=True),
    )
    assert line.sources == ("Ministry",)
    assert [one.channel for one in line.copies] == ["@c"]
    assert line.newest.channel == "@c"


def test_a_copy_of_what_nobody_we_follow_said_is_the_first_that_we_know() -> None:
    (line,) = lines(said("captured", 3, "@c", copied=True), said("captured", 4, "@d", copied=True))
    assert line.first.channel == "@c"
    assert line.repeats == ()
    assert [one.channel for one in line.copies] == ["@d"]


def test_sides_that_contradict_each_other_are_set_against_each_other() -> None:
    taken, held = lines(said("captured", 1, "@ru", side="RU"), said("held", 2, "@ua", side="UA"))
    assert taken.contradicted_by == (("held", Modality.ASSERTED),)
    assert held.contradicted_by == (("captured", Modality.ASSERTED),)
    assert side_by_side([said("captured", 1, "@ru"), said("held", 2, "@ua")], TABLE)[1].disputed


def test_one_side_doesn_t_contradict_itself_by_saying_two_things() -> None:
    assert not any(
        line.contradicted_by
        for line in lines(said("captured", 1, "@ru", side="RU"), said("held", 2, "@ru2", side="RU"))
    )


def test_a_copy_on_another_side_contradicts_nothing_and_stands_for_no_side() -> None:
    taken, held = lines(
        said("captured", 1, "@ru", side="RU"),
        said("captured", 2, "@ua", side="UA", copied=True),
        said("held", 3, "@ru2", side="RU"),
    )
    assert taken.sides == ("RU",)
    assert not taken.contradicted_by
    assert not held.contradicted_by


def test_a_denial_of_the_same_claim_contradicts_it_even_on_one_side() -> None:
    first, second = lines(
        said("withdrawal", 1, "@a", side="UA"), said("withdrawal", 2, "@b", Modality.NEGATED, side="UA")
    )
    assert first.contradicted_by == (("withdrawal", Modality.NEGATED),)
    assert second.contradicted_by == (("withdrawal", Modality.ASSERTED),)


def test_plans_contradict_nothing() -> None:
    assert not any(
        line.contradicted_by
        for line in lines(said("captured", 1, "@ru", Modality.PLANNED), said("held", 2, "@ua"))
    )


def test_a_post_that_says_it_twice_says_it_once() -> None:
    (line,) = lines(said("captured", 1, "@a"), said("captured", 1, "@a"))
    assert line.repeats == ()


def test_no_claims_are_no_places() -> None:
    assert side_by_side([], TABLE) == {}


CLAIMS = st.builds(
    said,
    st.sampled_from(["captured", "held", "withdrawal"]),
    st.integers(0, 9),
    st.sampled_from(["@a", "@b", "@c"]),
    st.sampled_from(list(Modality)),
    side=st.sampled_from([None, "RU", "UA"]),
    copied=st.booleans(),
)


@given(st.lists(CLAIMS, unique_by=lambda one: (one.post, one.claim)), st.randoms())
def test_the_order_of_giving_doesn_t_matter_and_contradictions_are_mutual(
    given_: list[Said], random: object
) -> None:
    shuffled = sorted(given_, key=lambda _: random.random())  # type: ignore[attr-defined]
    placed = side_by_side(given_, TABLE)
    assert placed == side_by_side(shuffled, TABLE)
    for place in placed.values():
        against = {(line.kind, line.modality): line.contradicted_by for line in place.lines}
        assert all(key in against[other] for key, others in against.items() for other in others)
