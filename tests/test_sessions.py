"""What reading accounts are called, and where they are signed in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import sessions
from bot.errors import Mendable


def test_the_first_account_stands_before_the_others_and_other_files_are_no_accounts(tmp_path: Path) -> None:
    for name in (
        "reader-west.session",
        "reader-north.session",
        "reader.session",
        "reader.session.lock",
        "reader-north.session-journal",
        "reader-North.session",
        "reader-reader.session",
        "bot.session",
    ):
        (tmp_path / name).touch()
    assert sessions.signed_in(tmp_path) == ["reader", "north", "west"]
    assert sessions.file_of(tmp_path, "reader").name == "reader.session"
    assert sessions.file_of(tmp_path, "west").name == "reader-west.session"


def test_without_the_first_account_the_others_read(tmp_path: Path) -> None:
    assert sessions.signed_in(tmp_path) == []
    sessions.file_of(tmp_path, "north").touch()
    assert sessions.signed_in(tmp_path) == ["north"]


@pytest.mark.parametrize("name", ["", "../x", "a b", "-a", "имя", "x" * 25, "a/b", "a.b"])
def test_a_name_that_can_not_be_part_of_a_file_is_refused_and_says_what_may_be(name: str) -> None:
    with pytest.raises(Mendable, match="placewatch login --as north"):
        sessions.checked(name)


def test_names_are_kept_in_lower_case() -> None:
    assert sessions.checked(" North-2 ") == "north-2"


def test_what_to_type_names_the_account() -> None:
    assert sessions.login_of(Path("data/reader.session")) == "placewatch login"
    assert sessions.login_of(Path("data/reader-north.session")) == "placewatch login --as north"
