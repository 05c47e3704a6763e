"""`placewatch claims …` as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    hidden = {"VISUAL", "EDITOR"}
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("PLACEWATCH_") and key not in hidden
    }
    root = str(Path(__file__).parents[2])
    return subprocess.run(
        [sys.executable, "-m", "bot", "claims", *arguments],
        env=inherited
        | {"PLACEWATCH_DATA": str(tmp_path / "data"), "COLUMNS": "200", "PYTHONPATH": root}
        | variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def editor(tmp_path: Path, body: str) -> str:
    script = tmp_path / "editor.py"
    script.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{body}\n", "utf-8")
    return f"{sys.executable} {script}"


def test_check_says_what_is_wrong_and_prints_the_table_where_asked(tmp_path: Path) -> None:
    done = run(tmp_path, "check")
    assert done.returncode == 0, done.stderr
    assert "withdrawal" not in done.stdout
    assert "0 warnings" in done.stdout
    assert "withdrawal" in run(tmp_path, "check", "--all").stdout


def test_check_as_json_is_for_programs(tmp_path: Path) -> None:
    answer = json.loads(run(tmp_path, "check", "--json").stdout)
    assert answer["kinds"]["withdrawal"]["label"]["ru"] == "отход"
    assert answer["warnings"] == []


def test_check_shows_what_is_found_in_a_text_and_why(tmp_path: Path) -> None:
    text = "Покровск не взят под контроль."
    done = run(tmp_path, "check", "--text", text)
    assert "claim: capture (negated)" in done.stdout
    assert "negated by “не”" in done.stdout
    (found,) = json.loads(run(tmp_path, "check", "--text", text, "--json").stdout)
    assert (found["kind"], found["modality"], text[found["start"] : found["end"]]) == (
        "captured",
        "negated",
        "взят под контроль",
    )
    assert "No claim" in run(tmp_path, "check", "--text", "Тихо").stdout


def test_check_of_a_broken_or_missing_file_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text("[kinds.captured]\n", "utf-8")
    done = run(tmp_path, "check", str(broken))
    assert done.returncode == 1
    assert "mine.toml, line 1: [kinds.captured] label needs a word in each language" in done.stderr
    assert "There is no file" in run(tmp_path, "check", "nowhere.toml").stderr


def test_edit_without_an_editor_makes_the_file_and_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "edit")
    path = tmp_path / "data" / "claims.toml"
    assert done.returncode == 0, done.stderr
    assert path.exists()
    assert f"Edit {path} with any text editor" in done.stdout


def test_edit_opens_the_editor_and_keeps_an_edit_that_is_wrong(tmp_path: Path) -> None:
    wrong = editor(tmp_path, "path.write_text('[kinds.mine]\\n', 'utf-8')")
    done = run(tmp_path, "edit", EDITOR=wrong)
    path = tmp_path / "data" / "claims.toml"
    assert done.returncode == 1
    assert "line 1: [kinds.mine]" in done.stderr
    assert "Your edit is kept" in done.stderr
    assert path.read_text("utf-8") == "[kinds.mine]\n"


def test_edit_that_is_right_is_used_from_then_on(tmp_path: Path) -> None:
    added = editor(
        tmp_path,
        "path.write_text(path.read_text('utf-8').replace('\"captur(', '\"nabbed PLACE\", \"captur(', 1), 'utf-8')",
    )
    done = run(tmp_path, "edit", EDITOR="false", VISUAL=added)
    assert done.returncode == 0, done.stderr
    assert "claim: capture" in run(tmp_path, "check", "--text", "They nabbed Pokrovsk.").stdout


@pytest.mark.parametrize("command", ["no-such-editor-anywhere", '"', "false"])
def test_an_editor_that_fails_is_told_and_nothing_is_lost(command: str, tmp_path: Path) -> None:
    done = run(tmp_path, "edit", EDITOR=command)
    assert done.returncode == 1
    assert "editor" in done.stderr
    assert (tmp_path / "data" / "claims.toml").exists()
