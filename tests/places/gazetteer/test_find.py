"""Looking places up in the packaged files, as people name them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.places.gazetteer import Gazetteer, GazetteerError, UnknownArea
from storage.records import NameKind, PlaceName

UKRAINE = Gazetteer.load(countries=["UA"])

# One place a line, under the names that news in three languages use for it; the first is the neutral one.
FRONT = """
Pokrovsk|Покровськ|Покровск|Красноармейск|Красноармійськ|Krasnoarmiisk|Krasnoarmeysk|Krasnoarmeisk
Myrnohrad|Мирноград|Mirnograd|Димитров|Dymytrov|Dimitrov
Bakhmut|Бахмут|Артёмовск|Артемовск|Артемівськ|Artemivsk|Artyomovsk|Artemovsk
Toretsk|Торецьк|Торецк|Дзержинськ|Дзержинск|Dzerzhynsk|Dzerzhinsk
Chasiv Yar|Часів Яр|Часов Яр|Chasov Yar
Kostiantynivka|Костянтинівка|Константиновка|Kostyantynivka|Konstantinovka
Siverskodonetsk|Сіверськодонецьк|Сєвєродонецьк|Северодонецк|Severodonetsk|Sievierodonetsk
Niu-York|Нью-Йорк|Новгородське|Новгородское
Soledar|Соледар|Карло-Лібкнехтівськ|Карло-Либкнехтовск
Avdiivka|Авдіївка|Авдеевка|Avdeevka|Avdeyevka
Vuhledar|Вугледар|Угледар|Ugledar
Velyka Novosilka|Велика Новосілка|Великая Новосёлка|Великая Новоселка
Kupiansk|Куп'янськ|Куп’янськ|Купʼянськ|Купянск|Kupyansk
Vovchansk|Вовчанськ|Волчанск|Volchansk
Huliaipole|Гуляйполе|Hulyaipole|Gulyaypole|Gulyaipole
Sloviansk|Слов'янськ|Славянск|Slovyansk|Slavyansk
Dnipro|Дніпро|Днепр|Дніпропетровськ|Днепропетровск|Dnipropetrovsk|Dnepropetrovsk
Kropyvnytskyi|Кропивницький|Кропивницкий|Кіровоград|Кировоград|Kirovohrad|Kirovograd
Kamianske|Кам'янське|Дніпродзержинськ|Днепродзержинск
Sheptytskyi|Шептицький|Шептицкий|Червоноград|Chervonohrad
Samar|Самар|Новомосковськ|Новомосковск|Novomoskovsk
Berestyn|Берестин|Красноград|Krasnohrad
Khrustalnyi|Хрустальний|Хрустальный|Красний Луч|Красный Луч
Dovzhansk|Довжанськ|Довжанск|Свердловськ|Sverdlovsk
Sorokyne|Сорокине|Сорокино|Краснодон|Krasnodon
Kadiivka|Кадіївка|Кадиевка|Стаханов|Stakhanov
Zviahel|Звягель|Новоград-Волинський|Новоград-Волынский|Zvyahel
Oleshky|Олешки|Цюрупинськ|Цюрупинск
Kyiv|Київ|Киев|Kiev
Kharkiv|Харків|Харьков|Kharkov
Odesa|Одеса|Одесса|Odessa
Mykolaiv|Миколаїв|Николаев|Nikolaev|Mykolayiv
Kryvyi Rih|Кривий Ріг|Кривой Рог|Krivoy Rog|Kryvyy Rih
Zaporizhzhia|Запоріжжя|Запорожье|Zaporizhia|Zaporizhzhya|Zaporozhye
Rivne|Рівне|Ровно|Rovno
"""
FORMER = {
    "Красноармейск": ("Pokrovsk", 1938, 2016),
    "Димитров": ("Myrnohrad", 1972, 2016),
    "Артёмовск": ("Bakhmut", 1924, 2016),
    "Дзержинск": ("Toretsk", 1938, 2016),
    "Днепропетровск": ("Dnipro", 1926, 2016),
    "Кировоград": ("Kropyvnytskyi", 1939, 2016),
    "Днепродзержинск": ("Kamianske", 1936, 2016),
    "Червоноград": ("Sheptytskyi", 1953, 2024),
    "Новомосковськ": ("Samar", 1794, 2024),
    "Красноград": ("Berestyn", 1922, 2024),
    "Новгородське": ("Niu-York", 1951, 2021),
    "Стаханов": ("Kadiivka", 1978, 2016),
    "Сталино": ("Donetsk", 1929, 1961),
}


@pytest.mark.parametrize("line", FRONT.split("\n")[1:-1])
def test_a_town_is_found_first_under_every_name_that_news_use(line: str) -> None:
    neutral, *others = line.split("|")
    for name in (neutral, *others):
        best = UKRAINE.find(name)[0]
        assert (name, best.settlement.name, best.how) == (name, neutral, "exact")


@pytest.mark.parametrize("name", FORMER)
def test_a_former_name_says_so_and_says_when(name: str) -> None:
    matched = UKRAINE.find(name)[0]
    kind = matched.matched.kind
    assert kind is NameKind.FORMER
    assert (matched.settlement.name, matched.matched.since, matched.matched.until) == FORMER[name]


def test_a_romanised_former_name_is_former_too() -> None:
    matched = UKRAINE.find("Krasnoarmeisk")[0].matched
    assert (matched.kind, matched.until) == (NameKind.FORMER, 2016)


@pytest.mark.parametrize(
    ("name", "least"), [("Kostiantynivka", 5), ("Rivne", 5), ("Лиман", 3), ("Калинівка", 5)]
)
def test_homonyms_are_all_offered_with_their_regions_the_largest_first(name: str, least: int) -> None:
    found = UKRAINE.find(name, limit=50)
    assert len(found) >= least
    assert len({candidate.settlement.region for candidate in found}) > 2
    sizes = [candidate.settlement.population for candidate in found if candidate.score == 1]
    assert sizes == sorted(sizes, reverse=True)


def test_hryshyne_is_one_place_of_that_name_among_those_of_500_people_and_more() -> None:
    found = UKRAINE.find("Hryshyne")
    assert [(c.settlement.name, c.settlement.region) for c in found] == [("Hryshyne", "Donetsk Oblast")]


def test_a_present_name_goes_before_a_former_one_of_a_larger_town() -> None:
    everywhere = Gazetteer.load(countries=["UA", "RU"])
    found = [(c.settlement.country, c.matched.kind) for c in everywhere.find("Красноармейск")]
    assert found[0] == ("RU", NameKind.OFFICIAL)
    assert ("UA", NameKind.FORMER) in found


@pytest.mark.parametrize(
    "region",
    ["Donetsk", "Donetsk Oblast", "Донецька область", "Донецкая", "донецкой области", "Донецьк", "Донецк"],
)
def test_a_region_settles_which_of_the_homonyms(region: str) -> None:
    found = UKRAINE.find("Kostiantynivka", region=region)
    assert [candidate.settlement.population for candidate in found] == [67350]


def test_an_unknown_region_is_said_with_those_that_sound_like_it() -> None:
    with pytest.raises(UnknownArea, match="Donetsk Oblast") as caught:
        UKRAINE.find("Pokrovsk", region="Donbetsk Oblst")
    assert "Donetsk Oblast" in caught.value.near


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Pokrovks", "Pokrovsk"),
        ("Покровсь", "Pokrovsk"),
        ("Kramatorks", "Kramatorsk"),
        ("Краматорк", "Kramatorsk"),
        ("Авдієвка", "Avdiivka"),
        ("Konstantinivka", "Kostiantynivka"),
        ("Чесів Яр", "Chasiv Yar"),
        ("Mirnohrad", "Myrnohrad"),
        ("Запорижье", "Zaporizhzhia"),
    ],
)
def test_a_misspelt_name_is_found_and_called_so(written: str, meant: str) -> None:
    best = UKRAINE.find(written)[0]
    assert best.settlement.name == meant
    assert best.how == "misspelt" or written == "Mirnohrad"
    assert best.score < 0.95 or written == "Mirnohrad"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Покровске", "Pokrovsk"),
        ("Часовым Яром", "Chasiv Yar"),
        ("Бахмутом", "Bakhmut"),
        ("Авдіївці", "Avdiivka"),
    ],
)
def test_a_case_form_is_found_and_called_so(written: str, meant: str) -> None:
    best = UKRAINE.find(written)[0]
    assert (best.settlement.name, best.how) == (meant, "inflected")


@pytest.mark.parametrize(
    "written", ["ПОКРОВСЬК", "покровськ", " Покро\u0301вськ ", "Покров\u00adськ", "«Покровськ"]
)
def test_case_spaces_stress_and_soft_hyphens_do_not_matter(written: str) -> None:
    assert UKRAINE.find(written)[0].settlement.name == "Pokrovsk"


@pytest.mark.parametrize(
    "written", ["Івано-Франківськ", "Івано Франківськ", "Іванофранківськ", "Ivano‑Frankivsk"]
)
def test_hyphens_do_not_matter(written: str) -> None:
    best = UKRAINE.find(written)[0]
    assert (best.settlement.name, best.how) == ("Ivano-Frankivsk", "exact")


@pytest.mark.parametrize(
    ("place", "alias", "owner"), [("Pokrovsk", "Grishino", "Hryshyne"), ("Myrnohrad", "Hrodivka", "Hrodivka")]
)
def test_an_alias_that_is_another_places_main_name_is_listed_but_not_offered(
    place: str, alias: str, owner: str
) -> None:
    settlement = UKRAINE.find(place)[0].settlement
    assert alias in [name.text for name in settlement.left_out]
    assert alias not in [name.text for name in settlement.names]
    offered = [(c.settlement.name, c.how) for c in UKRAINE.find(alias)]
    assert (owner, "exact") in offered
    assert place not in [name for name, _ in offered]


def test_every_name_of_a_settlement_finds_it() -> None:
    settlement = UKRAINE.find("Bakhmut")[0].settlement
    for name in settlement.names:
        assert settlement in [c.settlement for c in UKRAINE.find(name.text, limit=50)], name


def test_names_begin_with_the_neutral_one_and_tell_language_and_source() -> None:
    names = UKRAINE.find("Покровск")[0].settlement.names
    assert names[0] == PlaceName(place_id=0, text="Pokrovsk", language="en", source="gazetteer")
    official = {(n.language, n.text) for n in names if n.kind is NameKind.OFFICIAL}
    assert official == {("en", "Pokrovsk"), ("uk", "Покровськ"), ("ru", "Покровск")}
    assert {name.source for name in names} >= {"gazetteer", "press spelling from Russian"}


def test_a_settlement_is_known_by_its_number() -> None:
    pokrovsk = UKRAINE.by_id(704422)
    assert pokrovsk is not None
    assert (pokrovsk.name, pokrovsk.country, pokrovsk.population) == ("Pokrovsk", "UA", 60127)
    assert (round(pokrovsk.latitude, 2), round(pokrovsk.longitude, 2)) == (48.28, 37.18)
    assert pokrovsk.region_names == ("Donetsk Oblast", "Донецька область", "Донецкая область")
    assert UKRAINE.by_id(1) is None


@pytest.mark.parametrize(
    "area", ["Donetsk Oblast", "donetsk", "Донецька область", "Донецкая область", "Донецька"]
)
def test_an_area_lists_every_settlement_inside_the_largest_first(area: str) -> None:
    inside = UKRAINE.inside(area)
    assert {settlement.region for settlement in inside} == {"Donetsk Oblast"}
    assert inside[0].name == "Donetsk"
    assert len(inside) == 370


@pytest.mark.parametrize(
    ("area", "region"),
    [
        ("Київ", "Kyiv"),
        ("Kiev Oblast", "Kyiv Oblast"),
        ("Киевская область", "Kyiv Oblast"),
        ("Крым", "Autonomous Republic of Crimea"),
        ("Nikolaev Oblast", "Mykolaiv Oblast"),
        ("Запорожская", "Zaporizhzhia Oblast"),
        ("Волынская обл.", "Volyn Oblast"),
    ],
)
def test_areas_are_understood_as_people_name_them(area: str, region: str) -> None:
    assert UKRAINE.inside(area)[0].region == region


@pytest.mark.parametrize("area", ["", "xyz", "Х", "Атлантида", "\ud800", "область"])
def test_an_unknown_area_is_an_error_that_lists_near_names(area: str) -> None:
    with pytest.raises(GazetteerError, match="Near: "):
        UKRAINE.inside(area)


def test_an_ambiguous_area_is_an_error_that_lists_what_may_be_meant() -> None:
    with pytest.raises(UnknownArea, match=r"Călărași (County|District)") as caught:
        Gazetteer.load(countries=["RO", "MD"]).inside("Călărași")
    assert len(caught.value.near) == 2


def test_around_gives_the_nearest_first_and_none_beyond() -> None:
    near = UKRAINE.around(48.28014, 37.17706, 15)
    names = [settlement.name for settlement in near]
    assert names[0] == "Pokrovsk"
    assert {"Myrnohrad", "Rodynske", "Hryshyne", "Novohrodivka"} <= set(names)
    assert "Kostiantynivka" not in names
    assert UKRAINE.around(0, 0, 100) == []


@pytest.mark.parametrize(
    "point", [(91, 0, 1), (0, 181, 1), (0, 0, -1), (float("nan"), 0, 1), (0, 0, float("nan"))]
)
def test_a_point_off_the_earth_is_refused(point: tuple[float, float, float]) -> None:
    with pytest.raises(GazetteerError, match="no place on Earth"):
        UKRAINE.around(*point)


@pytest.mark.parametrize("name", ["", " ", "-", "'", "…", "\u200b"])
def test_a_name_without_letters_finds_nothing(name: str) -> None:
    assert UKRAINE.find(name) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_any_text_may_be_asked_for(name: str) -> None:
    for candidate in UKRAINE.find(name, limit=3):
        assert 0 < candidate.score <= 1


def test_ten_megabytes_may_be_asked_for() -> None:
    assert UKRAINE.find("Покровск" * 600_000) == []


def test_the_neighbours_are_known_in_their_languages() -> None:
    everywhere = Gazetteer.load()
    for name, country in [("Белгород", "RU"), ("Бєлгород", "RU"), ("Гомель", "BY"), ("Перемишль", "PL")]:
        assert everywhere.find(name)[0].settlement.country == country
    for name in ("Кишинёв", "Košice", "Сучава", "Debrecen", "Суджа"):
        assert everywhere.find(name)[0].how == "exact"
