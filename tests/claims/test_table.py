"""A table is read, or it is said where it is wrong and how to mend it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.claims import TableError, find_claims, load, load_or_embedded
from bot.claims.reading import parse
from bot.claims.review import warnings
from bot.claims.source import embedded_text
from bot.claims.table import LANGUAGES, rows

LABEL = 'label = { en = "capture", uk = "захоплення", ru = "взятие" }\n'


def kind(body: str, key: str = "captured") -> str:
    return f"[kinds.{key}]\n{LABEL}{body}\n"


def test_the_table_that_comes_along_has_words_in_each_language_and_nothing_doubtful() -> None:
    table = load(None)
    assert len(table.kinds) >= 15
    assert all(kind.cues[language] for kind in table.kinds.values() for language in LANGUAGES)
    assert warnings(table) == []
    assert [row.kind for row in rows(table)] == list(table.kinds)
    assert table.label("withdrawal", "uk") == "відхід"


def test_a_contradiction_holds_both_ways() -> None:
    table = load(None)
    assert table.contradict("captured", "held")
    assert table.contradict("held", "captured")
    assert not table.contradict("struck", "held")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[kinds.captured]\n" + LABEL, 1, "[kinds.captured] has no cue words"),
        (kind('en = "captured PLACE"'), 3, 'must be a list of texts in quotation marks: en = ["…", "…"]'),
        (kind('en = ["…"]'), 3, "must begin with a word"),
        (kind('en = [""]'), 3, "an empty cue"),
        (kind('en = ["took …"]'), 3, "delete the …"),
        (kind('en = ["took @city"]'), 3, "@city, which is not under [lists]"),
        (kind('en = ["capt(ured"]'), 3, "can't be read"),
        (kind('en = ["ca*"]'), 3, "3 letters or more"),
        (kind('en = ["PLACE"]'), 3, "must begin with a word"),
        (kind('en = ["a b c d e f g h i j k"]'), 3, "at most 10"),
        (kind('en = ["a … b … c … d"]'), 3, "make two cues of it"),
        (kind('de = ["genommen"]'), 3, "there is no key “de”"),
        (kind('en = ["took"]\ncontradicts = ["helt"]'), 4, "“helt”, which is no kind of this table"),
        (kind('en = ["took"]\nnot_after = ["tow*"]'), 4, "one plain word"),
        ('[kinds.captured]\nen = ["took"]', 1, "label needs a word in each language"),
        ('[captured]\nen = ["took"]', 1, "a kind of claim is written [kinds.captured]"),
        ("[lists]\ntown = []\n" + kind('en = ["took"]'), 2, "town is empty"),
        ('[not]\nafter = ["not"]\n' + kind('en = ["took"]'), 2, "known are before, clause, denies"),
        ("", None, "there are no kinds of claims"),
        ("kinds = 3", 1, "must be a part of its own"),
        ("[lists]\nx = [[1]]", 2, "must be a list of texts"),
    ],
)
def test_a_broken_table_says_where_and_how_to_mend_it(text: str, line: int | None, words: str) -> None:
    with pytest.raises(TableError) as raised:
        parse(text, "claims.toml")
    said = str(raised.value)
    assert said.startswith(f"claims.toml, line {line}: " if line else "claims.toml: ")
    assert words in said


def test_a_file_that_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(TableError, match="line 2"):
        parse('[kinds.captured]\nen = ["took\n', "claims.toml")


def test_doubtful_cues_are_pointed_out() -> None:
    table = parse(
        kind('en = ["took", "seized PLACE", "seized PLACE"]\nexcept = ["took"]')
        + kind('en = ["seized PLACE"]', "held"),
        "claims.toml",
    )
    said = "\n".join(warnings(table))
    assert "“took” is one short word" in said
    assert "“took” never finds anything: an exception or everyday phrase covers it" in said
    assert "“seized PLACE” is also a cue of held; only captured is found" in said
    assert "“seized PLACE” never finds anything: “seized Somewhere” is taken for captured" in said


def test_a_cue_written_twice_is_pointed_out() -> None:
    table = parse(kind('en = ["seized PLACE", "Seized PLACE"]'), "claims.toml")
    assert warnings(table) == ["[kinds.captured] en “seized PLACE” is written 2 times; once is enough"]


def test_the_team_s_file_is_preferred(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    assert load(path).kinds.keys() == load(None).kinds.keys()
    path.write_text("\ufeff" + kind('en = ["nabbed PLACE"]'), "utf-8")
    assert [claim.kind for claim in find_claims("They nabbed Pokrovsk", load(path))] == ["captured"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[kinds", b"[kinds.x]"])
def test_a_broken_team_file_is_an_error_for_people_and_a_warning_for_the_service(
    content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "claims.toml"
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"claims\.toml"):
        load(path)
    with caplog.at_level(logging.WARNING):
        assert load_or_embedded(path).kinds.keys() == load(None).kinds.keys()
    assert "claims.toml" in caplog.text


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="can't be read"):
        load(tmp_path)


def test_the_embedded_text_is_the_table_that_is_used() -> None:
    assert parse(embedded_text(), "x").rules == load(None).rules
