"""What members type, read as commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.parse import Command, parse, place_names


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/watch Часів Яр", Command("watch", "Часів Яр")),
        ("/Watch@placewatch_bot  Часів   Яр ", Command("watch", "Часів Яр")),
        ("/watch\nPokrovsk", Command("watch", "Pokrovsk")),
        ("/help", Command("help", "")),
        ("/", Command("", "")),
    ],
)
def test_a_command_is_read_with_its_argument(typed: str, meant: Command) -> None:
    assert parse(typed) == meant


def test_commas_separate_places_and_equals_signs_names_of_one() -> None:
    assert place_names("Часів Яр = Часов Яр, Бахмут,, =") == [["Часів Яр", "Часов Яр"], ["Бахмут"]]


@given(st.text())
def test_any_text_can_be_read(typed: str) -> None:
    command = parse(typed)
    assert command.name == command.name.lower() or not command.name.isascii()
    place_names(command.argument)
