"""Names made by rule, against the examples of the law and the spellings of the press."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.places.names import complete, romanised, romanised_russian, russian_of
from storage.records import NameKind, PlaceName

# The examples of the table in resolution No. 55 of the Cabinet of Ministers of Ukraine, 27 January 2010.
KMU = """
Алушта Alushta|Андрій Andrii|Борщагівка Borshchahivka|Борисенко Borysenko|Вінниця Vinnytsia|Володимир Volodymyr
Гадяч Hadiach|Богдан Bohdan|Згурський Zghurskyi|Ґалаґан Galagan|Ґорґани Gorgany|Донецьк Donetsk|Дмитро Dmytro
Рівне Rivne|Олег Oleh|Есмань Esman|Єнакієве Yenakiieve|Гаєвич Haievych|Короп'є Koropie|Житомир Zhytomyr
Жанна Zhanna|Жежелів Zhezheliv|Закарпаття Zakarpattia|Казимирчук Kazymyrchuk|Медвин Medvyn
Михайленко Mykhailenko|Іванків Ivankiv|Іващенко Ivashchenko|Їжакевич Yizhakevych|Кадиївка Kadyivka|Мар'їне Marine
Йосипівка Yosypivka|Стрий Stryi|Олексій Oleksii|Київ Kyiv|Коваленко Kovalenko|Лебедин Lebedyn|Леонід Leonid
Миколаїв Mykolaiv|Маринич Marynych|Ніжин Nizhyn|Наталія Nataliia|Одеса Odesa|Онищенко Onyshchenko|Полтава Poltava
Петро Petro|Решетилівка Reshetylivka|Рибчинський Rybchynskyi|Суми Sumy|Соломія Solomiia|Тернопіль Ternopil|Троць Trots
Ужгород Uzhhorod|Уляна Uliana|Фастів Fastiv|Філіпчук Filipchuk|Харків Kharkiv|Христина Khrystyna|Біла Церква Bila Tserkva
Стеценко Stetsenko|Чернівці Chernivtsi|Шевченко Shevchenko|Шостка Shostka|Кишеньки Kyshenky|Щербухи Shcherbukhy
Гоща Hoshcha|Гаращенко Harashchenko|Юрій Yurii|Корюківка Koriukivka|Яготин Yahotyn|Ярошенко Yaroshenko
Костянтин Kostiantyn|Знам'янка Znamianka|Феодосія Feodosiia|Згорани Zghorany|Розгон Rozghon
"""
PRESS = """
Костянтинівка Kostyantynivka|Кам'янське Kamyanske|Запоріжжя Zaporizhzhya|Запоріжжя Zaporizhia|Миколаїв Mykolayiv
Кривий Ріг Kryvyy Rih|Кривий Ріг Kryvy Rih|Хмельницький Khmelnytsky|Вінниця Vinnytsya|Слов'янськ Slovyansk
"""
RUSSIAN_PRESS = """
Константиновка Konstantinovka|Часов Яр Chasov Yar|Артёмовск Artyomovsk|Артёмовск Artemovsk|Красноармейск Krasnoarmeysk
Красноармейск Krasnoarmeisk|Кривой Рог Krivoy Rog|Николаев Nikolaev|Николаев Nikolayev|Красный Лиман Krasny Liman
Енакиево Yenakievo|Енакиево Yenakiyevo|Грозный Grozny|Волчанск Volchansk|Подъячево Podyachevo
"""
RUSSIAN = """
Костянтинівка Константиновка|Покровськ Покровск|Часів Яр Часов Яр|Нова Каховка Новая Каховка
Олександрівка Александровка|Миколаївка Николаевка|Новоолександрівка Новоалександровка|Мирне Мирное
Катеринівка Екатериновка|Новокатеринівка Новокатериновка
"""
UNSURE = [
    "Рівне",
    "Сіверськ",
    "Вовчанськ",
    "Суми",
    "Кремінна",
    "Київ Перший",
    "Мостове",
    "",
    "-",
    "Kyiv",
    "Энергодар",
]


def pairs(table: str) -> list[tuple[str, str]]:
    """The words before and after the middle of each entry."""
    entries = [entry.split() for line in table.split("\n") for entry in line.split("|") if entry]
    return [(" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])) for words in entries]


@pytest.mark.parametrize(("name", "latin"), pairs(KMU))
def test_the_examples_of_the_resolution_come_out_first_and_are_marked(name: str, latin: str) -> None:
    assert romanised(name)[0] == (latin, "KMU-2010")


@pytest.mark.parametrize(("name", "latin"), pairs(PRESS))
def test_the_press_spellings_of_ukrainian_names_are_given(name: str, latin: str) -> None:
    assert (latin, "press spelling") in romanised(name)


@pytest.mark.parametrize(("name", "latin"), pairs(RUSSIAN_PRESS))
def test_the_press_spellings_of_russian_names_are_given(name: str, latin: str) -> None:
    assert (latin, "press spelling from Russian") in romanised_russian(name)


@pytest.mark.parametrize(("name", "russian"), pairs(RUSSIAN))
def test_a_russian_name_is_made_where_the_rule_is_sure(name: str, russian: str) -> None:
    assert russian_of(name) == [russian]


@pytest.mark.parametrize("name", UNSURE)
def test_no_russian_name_is_made_where_it_is_not(name: str) -> None:
    assert russian_of(name) == []


@pytest.mark.parametrize("apostrophe", "'’ʼ‘`")
def test_any_apostrophe_is_dropped(apostrophe: str) -> None:
    assert romanised(f"Знам{apostrophe}янка")[0][0] == "Znamianka"


def test_capitals_stay_capitals() -> None:
    assert romanised("КИЇВ")[0][0] == "KYIV"
    assert romanised("Щ")[0][0] == "Shch"


def test_names_in_other_letters_have_no_romanisation() -> None:
    assert romanised("Крым") == romanised("Kyiv") == romanised("") == []
    assert romanised_russian("Київ") == romanised_russian("Kyiv") == []


def name(text: str, language: str, kind: NameKind = NameKind.OFFICIAL, until: int | None = None) -> PlaceName:
    return PlaceName(place_id=7, text=text, language=language, kind=kind, until=until)


def test_missing_names_are_added_after_those_given_and_say_where_they_come_from() -> None:
    given_names = (name("Костянтинівка", "uk"),)
    made = complete(given_names)
    assert made[:1] == given_names
    told = {(n.text, n.language, n.kind, n.source) for n in made[1:]}
    assert ("Константиновка", "ru", NameKind.OFFICIAL, "rule from Ukrainian") in told
    assert ("Kostiantynivka", "en", NameKind.ROMANISED, "KMU-2010") in told
    assert ("Kostyantynivka", "en", NameKind.ROMANISED, "press spelling") in told
    assert ("Konstantinovka", "en", NameKind.ROMANISED, "press spelling from Russian") in told
    assert {n.place_id for n in made} == {7}


def test_a_given_russian_name_is_not_doubled_by_rule() -> None:
    made = complete((name("Рівне", "uk"), name("Ровно", "ru")))
    assert [n.text for n in made if n.language == "ru"] == ["Ровно"]


def test_spellings_of_a_former_name_are_former_and_of_its_years() -> None:
    made = complete((name("Бахмут", "uk"), name("Артемівськ", "uk", NameKind.FORMER, 2016)))
    spelt = next(n for n in made if n.text == "Artemivsk")
    assert (spelt.kind, spelt.until) == (NameKind.FORMER, 2016)


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from(["uk", "ru", "en", ""])), max_size=4))
@example([("Б", "uk"), ("Б", "uk")])
def test_any_names_are_completed_without_loss_and_without_doubles(wild: list[tuple[str, str]]) -> None:
    names = tuple(name(text, language) for text, language in wild)
    made = complete(names)
    assert made[: len(names)] == names
    added = [n.text.casefold() for n in made[len(names) :]]
    assert len(added) == len(set(added))
    assert all(added)
