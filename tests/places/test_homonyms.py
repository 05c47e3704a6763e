"""Places that share a name, and the regions by which they are told apart."""

from __future__ import annotations

import pytest

from bot.places import Matcher
from bot.places.regions import oblast_of
from storage.records import Mention, PlaceName

DONETSK, SUMY = 1, 2


def watching(*regions: str) -> Matcher:
    """Track one Kostiantynivka in each region, in three languages."""
    names = [
        PlaceName(place_id=place, text=text, language=language)
        for place in range(1, len(regions) + 1)
        for text, language in (("Костянтинівка", "uk"), ("Константиновка", "ru"), ("Kostiantynivka", "en"))
    ]
    return Matcher(names, regions=dict(enumerate(regions, start=1)))


def alerts(mentions: tuple[Mention, ...]) -> set[int]:
    """Which places are mentioned surely enough for an alert."""
    return {mention.place_id for mention in mentions if mention.confidence >= 0.5}


@pytest.mark.parametrize(
    "text",
    [
        "Костянтинівка Сумської області",
        "У Костянтинівці Роменського району Сумської області горить склад",
        "Обстріляно Костянтинівку (Сумська область)",
        "Костянтинівка, Сумська обл.",
        "Костянтинівка на Сумщині",
        "Сумщина, Костянтинівка: вибухи",
        "Сумська область: в Костянтинівці вибухи",
        "В Константиновке Сумской области",
        "Константиновка (Сумская обл.) обстреляна",
        "Shelling of Kostiantynivka, Sumy Oblast",
        "Kostiantynivka in Sumy region",
        "Костянтинівка Івано-Франківської області",
        "Костянтинівка Івано‑Франківської обл.",
        "Константиновка Белгородской области",
    ],
)
@pytest.mark.parametrize("region", ["Donetsk Oblast", "Донецька область", "Донецкая область"])
def test_another_region_beside_the_name_holds_the_alert_back(text: str, region: str) -> None:
    mentions = watching(region).find(text, min_confidence=0.0)
    assert [mention.place_id for mention in mentions] == [DONETSK]
    assert mentions[0].confidence < 0.5
    assert "another region is named beside it" in mentions[0].why


@pytest.mark.parametrize(
    "text",
    [
        "Костянтинівка Донецької області",
        "Костянтинівка, Донецька область",
        "У Костянтинівці на Донеччині",
        "Донеччина: Костянтинівка",
        "Константиновка, ДНР",
        "В Константиновке Донецкой области",
        "Kostiantynivka, Donetsk Oblast",
        "Костянтинівка, Суми, Харків",
        "Костянтинівка. Сумська область: тривога",
        "Костянтинівка 🔴 Покровськ",
        "Костянтинівка сумує",
        "Костянтинівка, кримінальне провадження",
    ],
)
def test_its_own_region_or_none_leaves_the_alert(text: str) -> None:
    assert alerts(watching("Donetsk Oblast").find(text)) == {DONETSK}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Костянтинівка Сумської області", SUMY),
        ("У Костянтинівці на Сумщині вибухи", SUMY),
        ("На Сумщині обстріл. Постраждала Костянтинівка.", SUMY),
        ("Костянтинівка Донецької області", DONETSK),
        ("Донецкая область. Обстрел Константиновки.", DONETSK),
    ],
)
def test_region_words_choose_among_places_of_one_name(text: str, place: int) -> None:
    assert alerts(watching("Donetsk Oblast", "Sumy Oblast").find(text)) == {place}


def test_the_usual_region_of_a_channel_chooses_where_the_text_does_not() -> None:
    matcher = watching("Donetsk Oblast", "Sumy Oblast")
    text = "Сьогодні обстріляно Костянтинівку"
    assert alerts(matcher.find(text)) == {DONETSK, SUMY}
    plain = {mention.place_id: mention.confidence for mention in matcher.find(text)}
    usual = matcher.find(text, usual_regions=frozenset(["Сумська область"]))
    rated = {mention.place_id: mention.confidence for mention in usual}
    assert rated[SUMY] > plain[SUMY]
    assert rated[DONETSK] < plain[DONETSK]
    assert usual[0].place_id == SUMY
    assert "in the channel's usual region" in usual[0].why


def test_the_text_outweighs_the_usual_region() -> None:
    matcher = watching("Donetsk Oblast", "Sumy Oblast")
    mentions = matcher.find("Костянтинівка Донецької області", usual_regions=frozenset(["Sumy Oblast"]))
    assert alerts(mentions) == {DONETSK}


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("Donetsk Oblast", "Donetsk"),
        ("Донецька область", "Donetsk"),
        ("Донецкая область", "Donetsk"),
        ("Kyiv Oblast", "Kyiv"),
        ("Kyiv", "Kyiv"),
        ("Ivano-Frankivsk Oblast", "Frankivsk"),
        ("Ивано-Франковская область", "Frankivsk"),
        ("Autonomous Republic of Crimea", "Crimea"),
        ("Belgorod Oblast", "Belgorod"),
        ("Сумщина", "Sumy"),
        ("Mazovia", None),
        ("", None),
    ],
)
def test_an_oblast_is_known_by_its_names_in_three_languages(region: str, name: str | None) -> None:
    assert oblast_of(region) == name
