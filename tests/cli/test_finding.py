"""extract and explain, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Printed

Type = Callable[..., Printed]
POSTS = '{"id": 1, "text": "у Бахмуті"}\n{\n{"id": 2, "text": "Бои в Артёмовске"}\n'


def test_posts_are_read_from_a_file_and_a_broken_line_is_named(type_: Type, tmp_path: Path) -> None:
    names, posts = tmp_path / "names.tsv", tmp_path / "posts.jsonl"
    names.write_text("b\tБахмут\tuk\nb\tАртёмовск\tru\n", encoding="utf-8")
    posts.write_text(POSTS, encoding="utf-8")
    printed = type_("extract", "--names", str(names), str(posts))
    assert printed.status == 1
    assert "line 2" in printed.err
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert [line["id"] for line in lines] == [1, 2]
    assert [line["mentions"][0]["place"] for line in lines] == ["b", "b"]


def test_posts_are_read_from_standard_input(type_: Type) -> None:
    printed = type_("extract", "--place", "Бахмут", stdin='{"id": 1, "text": "у Бахмуті"}\n')
    assert json.loads(printed.out)["mentions"][0]["surface"] == "Бахмуті"


def test_the_tracked_places_and_those_of_a_country_can_be_looked_for(type_: Type) -> None:
    type_("places", "add", "Bakhmut")
    post = '{"id": 1, "text": "Бои в Артёмовске"}\n'
    assert json.loads(type_("extract", "--tracked", stdin=post).out)["mentions"][0]["place"] == "Bakhmut"
    of_country = json.loads(type_("extract", "--countries", "ua", stdin=post).out)["mentions"]
    assert "713174" in {m["place"] for m in of_country}


def test_explain_shows_form_name_cues_and_score_and_what_was_nearly_a_match(type_: Type) -> None:
    printed = type_("explain", "У Покровську тихо. Покровський собор цілий.", "--place", "Покровськ").out
    assert "“Покровську”: genitive or dative or locative of “Покровськ”" in printed
    assert "+2.2  locative preposition" in printed
    sure, nearly = printed.split("Nearly a match")
    assert "church, unit or organisation" in nearly
    assert "church, unit or organisation" not in sure


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("extract",), "--names FILE"),
        (("extract", "--place", "A", "--tracked"), "in one way"),
        (("extract", "--names", "none.tsv"), "none.tsv can't be read"),
        (("extract", "--place", "Бахмут", "none.jsonl"), "none.jsonl can't be read"),
        (("extract", "--countries", "XX"), "no gazetteer of XX"),
        (("explain", "У Бахмуті", "--tracked"), "no archive"),
    ],
)
def test_what_can_not_be_read_is_named(type_: Type, arguments: tuple[str, ...], words: str) -> None:
    printed = type_(*arguments)
    assert printed.status != 0
    assert words in printed.err


def test_a_broken_table_of_names_is_refused_with_its_line(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "names.tsv").write_text("a\tБахмут\tuk\nb\n", encoding="utf-8")
    printed = type_("extract", "--names", str(tmp_path / "names.tsv"))
    assert printed.status == 1
    assert "names.tsv, line 2" in printed.err
