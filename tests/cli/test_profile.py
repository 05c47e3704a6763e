"""`placewatch profile …` typed at a prompt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[2] / "examples" / "profile.yaml"


def test_a_profile_is_checked_shown_taken_in_once_and_given_out_again(
    type_: Callable[..., Any], tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.yaml"
    theirs.write_text(
        "placewatch: 1\nchannels:\n- {name: '@dpr_head', label: Head, side: A}\n"
        "places:\n- Kharkiv\n- {name: Old works, names: [Старый завод]}\n"
    )
    assert "can be imported: 1 channel, 2 places" in type_("profile", "check", str(theirs)).out
    shown = type_("profile", "import", str(theirs), "--dry-run")
    assert "would follow @dpr_head, Head\n@dpr_head: side A\nwould track Kharkiv" in shown.out
    assert not (tmp_path / "data" / "placewatch.db").exists()

    theirs.write_text(
        theirs.read_text().partition("channels:")[0] + "places:" + theirs.read_text().partition("places:")[2]
    )
    assert "✓ track Old works, named: Старый завод" in type_("profile", "import", str(theirs)).out
    assert "tracked already" in type_("profile", "import", str(theirs)).out

    ours = tmp_path / "ours.yaml"
    assert "0 channels and 2 places" in type_("profile", "export", str(ours)).out
    assert "add --force" in type_("profile", "export", str(ours)).err
    assert type_("profile", "export", "-").out == ours.read_text()
    assert "tracked already" in type_("profile", "import", str(ours)).out


def test_a_place_that_is_not_clear_is_told_with_its_line_and_the_numbers_to_choose_from(
    type_: Callable[..., Any], tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.yaml"
    theirs.write_text("placewatch: 1\nplaces:\n- name: Іванівка\n")
    told = type_("profile", "check", str(theirs))
    assert told.status == 1
    assert "theirs.yaml:3: several places are called Іванівка" in told.err
    assert "geonames: " in told.err


def test_the_example_can_be_imported(type_: Callable[..., Any]) -> None:
    assert "3 channels, 3 places" in type_("profile", "check", str(EXAMPLE)).out
