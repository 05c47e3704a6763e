"""Places on the command line: found by any name, chosen where several bear it, tracked by area."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Printed

Type = Callable[..., Printed]


@pytest.mark.parametrize(
    "name", ["Pokrovsk", "Покровськ", "Покровск", "Красноармейск", "Красноармійськ", "pokrovsk"]
)
def test_a_place_is_found_by_any_of_its_names(type_: Type, name: str) -> None:
    found = json.loads(type_("places", "find", name, "--json").out)
    assert found[0]["geonames_id"] == 704422
    assert found[0]["region"] == "Donetsk Oblast"


def test_a_misspelt_name_is_found_and_said_to_be_misspelt(type_: Type) -> None:
    found = json.loads(type_("places", "find", "Покровьск", "--json").out)
    assert (found[0]["geonames_id"], found[0]["how"]) == (704422, "misspelt")


def test_a_sole_bearer_of_a_name_is_taken_with_all_its_names(type_: Type) -> None:
    printed = type_("places", "add", "Красноармейск")
    assert "Tracking Pokrovsk (Donetsk Oblast)" in printed.out
    (place,) = json.loads(type_("places", "list", "--json").out)
    names = {n["text"]: n for n in place["names"]}
    assert names["Красноармейск"]["kind"] == "former"
    assert names["Красноармейск"]["until"] == 2016
    assert names["Красноармейск"]["source"] == "gazetteer"
    assert names["Krasnoarmiisk"]["source"] == "KMU-2010"


def test_where_several_bear_a_name_nothing_is_taken_and_all_are_shown(type_: Type) -> None:
    printed = type_("places", "add", "Kostiantynivka")
    assert printed.status == 1
    assert "Donetsk Oblast" in printed.err
    assert "Zaporizhzhia Oblast" in printed.err
    assert "--region" in printed.err
    assert "no archive" in type_("places", "list").err


@pytest.mark.parametrize(
    "options",
    [
        ("Kostiantynivka", "--region", "Donetsk"),
        ("Костянтинівка", "--region", "Донецька область"),
        ("Константиновка", "--region", "донецкая"),
        ("--geonames-id", "705104"),
        ("Kostiantynivka", "--lat", "48.53", "--lon", "37.70"),
    ],
)
def test_region_number_or_position_settle_which_one_is_meant(type_: Type, options: tuple[str, ...]) -> None:
    assert type_("places", "add", *options).status == 0
    (place,) = json.loads(type_("places", "list", "--json").out)
    assert place["geonames_id"] == 705104


def test_a_place_that_no_gazetteer_knows_is_tracked_under_its_own_names(type_: Type) -> None:
    type_("places", "add", "Хутірець Вигаданий", "--alias", "Хуторец", "--lat", "48.1", "--lon", "37.2")
    (place,) = json.loads(type_("places", "list", "--json").out)
    assert place["place"] == "Хутірець Вигаданий"
    assert place["latitude"] == 48.1
    assert {"Хутірець Вигаданий", "Хуторец"} <= {n["text"] for n in place["names"]}


def test_a_place_can_be_tracked_as_given_where_the_gazetteer_would_ask(type_: Type) -> None:
    assert type_("places", "add", "Kostiantynivka", "--as-given").status == 0
    (place,) = json.loads(type_("places", "list", "--json").out)
    assert place["geonames_id"] is None


def test_an_area_is_tracked_and_goes_as_one(type_: Type) -> None:
    type_("places", "add", "Pokrovsk")
    printed = type_("places", "add", "--area", "Донецкая область")
    assert "Tracking Donetsk Oblast: " in printed.out
    assert "; 1 tracked already" in printed.out
    assert "Donetsk Oblast: " in type_("places", "list").out
    assert len(json.loads(type_("places", "list", "--json").out)) > 300
    type_("places", "remove", "--area", "donetsk oblast")
    assert [p["place"] for p in json.loads(type_("places", "list", "--json").out)] == ["Pokrovsk"]


def test_everything_around_a_place_is_tracked(type_: Type) -> None:
    assert "30 km around Pokrovsk" in type_("places", "add", "--around", "Покровськ", "--km", "30").out
    tracked = {p["place"] for p in json.loads(type_("places", "list", "--json").out)}
    assert {"Pokrovsk", "Myrnohrad", "Rodynske"} <= tracked
    assert "Kramatorsk" not in tracked


def test_a_name_can_be_switched_off_and_on_and_added(type_: Type) -> None:
    type_("places", "add", "Pokrovsk")
    type_("places", "names", "Pokrovsk", "--off", "красноармейск", "--add", "Покра")
    (place,) = json.loads(type_("places", "names", "Pokrovsk", "--json").out)
    used = {n["text"]: n["used"] for n in place["names"]}
    assert used["Красноармейск"] is False
    assert used["Покра"] is True
    type_("places", "names", "Pokrovsk", "--on", "Красноармейск")
    (place,) = json.loads(type_("places", "names", "Pokrovsk", "--json").out)
    assert all(n["used"] for n in place["names"])


def test_an_everyday_word_as_a_name_is_warned_about(type_: Type) -> None:
    printed = type_("places", "add", "Щастя")
    assert "“Щастя” is also an everyday word" in printed.err
    assert "--off" in printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("places", "add"), "in one way"),
        (("places", "add", "X"), "two letters"),
        (("places", "add", "  "), "two letters"),
        (("places", "add", "x" * 200, "--as-given"), "too long"),
        (("places", "add", "--area", "Mordor"), "no region called"),
        (("places", "add", "--around", "Pokrovsk"), "--km"),
        (("places", "add", "--around", "Pokrovsk", "--km", "-3"), "km"),
        (("places", "add", "Pokrovsk", "--lat", "48"), "--lon"),
        (("places", "add", "--geonames-id", "1"), "no place number 1"),
        (("places", "names", "Pokrovsk"), "placewatch places list"),
        (("places", "remove", "--area", "Nowhere"), "not among the areas"),
        (("places", "remove"), "in one way"),
    ],
)
def test_what_can_not_be_done_says_how_to_do_it(type_: Type, arguments: tuple[str, ...], words: str) -> None:
    if "remove" in arguments or "names" in arguments:
        type_("places", "add", "Bakhmut")
    printed = type_(*arguments)
    assert printed.status == 1
    assert words in printed.err


def test_the_newest_posts_about_a_place_are_asked_for_by_its_name(type_: Type) -> None:
    type_("places", "add", "Pokrovsk")
    assert "Nothing found" in type_("latest", "Покровськ").out
    assert "Bakhmut is not tracked" in type_("latest", "Bakhmut").err
