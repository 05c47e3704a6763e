"""Which claim belongs to which place."""

from __future__ import annotations

import pytest

from bot.alerts.excerpt import sentences
from bot.claims import claims_about, load, spans_by_place
from storage.records import Mention

TABLE = load(None)
PLACES = {
    1: ("Покровск", "Покровска", "Покровску", "Покровськ", "Покровська", "Pokrovsk"),
    2: ("Мирноград", "Мирнограда", "Мирнограду", "Myrnohrad"),
    3: ("Родинское", "Родинське", "Rodynske"),
}


def about(text: str) -> dict[int, list[str]]:
    places: dict[int, list[tuple[int, int]]] = {}
    for place, names in PLACES.items():
        for at in range(len(text)):
            longest = max((n for n in names if text.startswith(n, at)), key=len, default="")
            if longest:
                places.setdefault(place, []).append((at, at + len(longest)))
    found = claims_about(text, sentences(text), places, TABLE)
    return {
        place: [("not " if claim.negated else "") + claim.kind for claim in claims]
        for place, claims in found.items()
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Покровск взят. В Киеве тихо, враг отступил.", {1: ["captured"]}),
        ("Покровск взят, Мирноград окружён.", {1: ["captured"], 2: ["encircled"]}),
        ("Покровск взят, но Мирноград не окружён.", {1: ["captured"], 2: ["not encircled"]}),
        ("Освобождены Покровск, Мирноград и Родинское.", {n: ["liberated"] for n in (1, 2, 3)}),
        ("Покровск, Мирноград и Родинское освобождены.", {n: ["liberated"] for n in (1, 2, 3)}),
        ("ВСУ отошли из Покровска к Мирнограду.", {1: ["withdrawal"]}),
        ("Из Покровска части отошли, вчера.", {1: ["withdrawal"]}),
        ("ВСУ отошли к Мирнограду из Покровска.", {1: ["withdrawal"]}),
        ("Troops withdrew to Myrnohrad from Pokrovsk.", {1: ["withdrawal"]}),
        ("Покровск: противник отступил, Мирноград.", {1: ["withdrawal"], 2: ["withdrawal"]}),
        ("Shelling of Pokrovsk, fire in Myrnohrad.", {1: ["struck"]}),
        ("Взяли Селидово. Покровск стоит.", {}),
        ("Погода: Покровск, Мирноград.", {}),
        ("", {}),
    ],
)
def test_a_claim_goes_to_the_nearest_place_of_its_clause(text: str, expected: dict[int, list[str]]) -> None:
    assert about(text) == expected


def test_a_name_of_two_places_gives_both_the_claim() -> None:
    text = "Покровск взят."
    assert claims_about(text, [(0, len(text))], {1: [(0, 8)], 2: [(0, 8)]}, TABLE).keys() == {1, 2}


def test_mentions_give_the_spans() -> None:
    mention = Mention(start=3, end=9, surface="Бахмут", place_id=4, name="Бахмут", confidence=1, why="")
    assert spans_by_place([mention, mention]) == {4: [(3, 9), (3, 9)]}
