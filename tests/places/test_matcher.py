"""The promises of `Matcher` itself; what it finds in real sentences is held by the challenge set."""

from __future__ import annotations

import pytest

from bot.places import Matcher
from storage.records import Mention, MentionKind, PlaceName

POKROVSK = (
    PlaceName(place_id=1, text="Покровск", language="ru"),
    PlaceName(place_id=1, text="Покровськ", language="uk"),
    PlaceName(place_id=1, text="Pokrovsk", language="en"),
)


def only(text: str, *names: PlaceName) -> Mention:
    """Give the one mention in a text."""
    (mention,) = Matcher(names or POKROVSK).find(text)
    return mention


@pytest.mark.parametrize("text", ["Бои в Покровске", "Тиснуть під Покровськом", "Pokrovsk's outskirts"])
def test_a_place_is_found_in_every_language_from_its_nominatives(text: str) -> None:
    assert only(text).kind is MentionKind.NAME


def test_an_adjective_tells_what_it_describes() -> None:
    assert only("на Покровском направлении").kind is MentionKind.DIRECTION
    assert only("Покровський район").kind is MentionKind.DISTRICT
    assert (
        only("Донецкая область", PlaceName(place_id=2, text="Донецк", language="ru")).kind
        is MentionKind.REGION
    )
    assert only("покровские позиции").kind is MentionKind.ADJECTIVE


def test_a_church_called_after_a_feast_is_not_the_town() -> None:
    assert not Matcher(POKROVSK).find("Покровский собор", min_confidence=0.5)


def test_offsets_point_into_the_text_as_it_was_written() -> None:
    text = "У По\u00adкро\u200bвську\u0301 тихо"
    mention = only(text)
    assert text[mention.start : mention.end] == mention.surface
    assert mention.surface.startswith("По\u00ad")


def test_an_inactive_name_is_not_looked_for() -> None:
    assert not Matcher([PlaceName(place_id=1, text="Покровск", language="ru", active=False)]).find(
        "в Покровске"
    )


def test_adding_names_gives_a_new_matcher_and_leaves_the_old_one_alone() -> None:
    old = Matcher(POKROVSK)
    new = old.with_names([PlaceName(place_id=9, text="Часів Яр", language="uk")])
    assert not old.find("у Часовому Ярі")
    assert [mention.place_id for mention in new.find("у Часовому Ярі, під Покровськом")] == [9, 1]


def test_a_place_let_go_is_found_no_more_and_those_beside_it_are() -> None:
    matcher = Matcher(
        [
            PlaceName(place_id=1, text="Нова Каховка", language="uk"),
            PlaceName(place_id=2, text="Каховка", language="uk"),
            PlaceName(place_id=3, text="Каховка", language="uk"),
        ]
    )
    left = matcher.without_places([1, 3, 77])
    assert [mention.place_id for mention in left.find("у Новій Каховці")] == [2]
    assert left.find("у Каховці")[0].rivals == ()
    assert [mention.place_id for mention in matcher.find("у Новій Каховці")] == [1]


def test_a_place_let_go_can_come_back() -> None:
    name = PlaceName(place_id=1, text="Лиман", language="uk")
    matcher = Matcher([name]).without_places([1])
    assert not matcher.find("у Лимані")
    assert [mention.place_id for mention in matcher.with_names([name]).find("у Лимані")] == [1]


def test_many_small_additions_share_a_layer() -> None:
    matcher = Matcher(POKROVSK)
    for number in range(30):
        matcher = matcher.with_names([PlaceName(place_id=100 + number, text="Часів Яр", language="uk")])
    assert {mention.place_id for mention in matcher.find("у Часовому Ярі")} == set(range(100, 130))
    assert len(matcher._layers) == 2
