"""`extract` and `explain`: lines in, lines out, and errors that name their line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.places import Matcher
from bot.places.extract import BrokenLineError, explain, extract, main, names_given, read_names

TABLE = read_names(["bakhmut\tБахмут\tuk", "bakhmut\tBakhmut\ten", "", "# a remark", "yar\tЧасів Яр\tuk"])


def run(*lines: str) -> tuple[list[dict[str, object]], list[int]]:
    broken: list[BrokenLineError] = []
    done = extract(lines, Matcher(TABLE.names), TABLE, broken=broken.append)
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


def test_explain_shows_mentions_and_what_was_nearly_one() -> None:
    table = names_given(["Покровськ"])
    lines = explain("У Покровську тихо. Покровський собор цілий.", Matcher(table.names), table)
    assert "Покровську" in lines[0]
    assert "locative" in lines[0]
    assert any("Nearly" in line for line in lines)


def test_the_command_reads_files_and_ends_with_1_after_a_broken_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names, posts = tmp_path / "names.tsv", tmp_path / "posts.jsonl"
    names.write_text("b\tБахмут\tuk\n", encoding="utf-8")
    posts.write_text('{"id": 1, "text": "у Бахмуті"}\n{\n', encoding="utf-8")
    assert main(["--names", str(names), str(posts)]) == 1
    done = capsys.readouterr()
    assert json.loads(done.out)["mentions"][0]["place"] == "b"
    assert "line 2" in done.err


def test_the_command_says_what_it_can_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--names", str(tmp_path / "none.tsv"), "-"]) == 2
    assert "none.tsv" in capsys.readouterr().err
