"""`extract`: lines in, lines out, and errors that name their line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.places import Matcher
from bot.places.extract import BrokenLineError, extract_lines, names_of, names_of_settlements, read_names
from bot.places.gazetteer import Gazetteer
from tests.making import place

TABLE = read_names(["bakhmut\tБахмут\tuk", "bakhmut\tBakhmut\ten", "", "# a remark", "yar\tЧасів Яр\tuk"])


def run(*lines: str) -> tuple[list[dict[str, object]], list[int]]:
    broken: list[BrokenLineError] = []
    done = extract_lines(lines, Matcher(TABLE.names), TABLE, broken=broken.append)
    return [json.loads(line) for line in done], [problem.number for problem in broken]


def test_each_post_gives_a_line_with_the_places_of_the_table() -> None:
    posts, broken = run('{"id": 7, "text": "у Бахмуті"}', '{"id": "x", "text": "тихо"}')
    assert [post["id"] for post in posts] == [7, "x"]
    (mention,) = posts[0]["mentions"]  # type: ignore[misc]
    assert mention["place"] == "bakhmut"
    assert mention["surface"] == "Бахмуті"
    assert set(mention) == {"start", "end", "surface", "place", "name", "kind", "confidence", "why", "rivals"}
    assert not broken


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "text": null}', "nonsense", "1"])
def test_a_broken_line_is_named_and_the_rest_goes_on(line: str) -> None:
    posts, broken = run(line, '{"id": 2, "text": "Часів Яр"}')
    assert [post["id"] for post in posts] == [2]
    assert broken == [1]


def test_a_lone_surrogate_in_a_post_is_written_as_an_escape() -> None:
    posts, broken = run('{"id": 1, "text": "у \\ud800 Бахмуті"}')
    assert posts
    assert not broken


@pytest.mark.parametrize("line", ["bakhmut", "bakhmut\t", "bakhmut\tБахмут\tpl"])
def test_a_broken_table_of_names_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(BrokenLineError, match="line 2"):
        read_names(["a\tБахмут\tuk", line])


def test_tracked_places_of_one_name_are_told_apart_by_their_regions() -> None:
    first, second = place(name="Lyman", region="Donetsk Oblast"), place(name="Lyman", region="Odesa Oblast")
    table = names_of([replace(first, id=1), replace(second, id=2), replace(place(name="Bakhmut"), id=3)])
    assert [table.place(i) for i in (1, 2, 3)] == ["Lyman, Donetsk Oblast", "Lyman, Odesa Oblast", "Bakhmut"]


def test_every_place_of_a_country_can_be_looked_for() -> None:
    table = names_of_settlements(Gazetteer.load(countries=["MD"]))
    (mention,) = table.matcher(morphology=False).find("Люди прийшли до Кишинева.")
    assert table.place(mention.place_id) == "618426"
