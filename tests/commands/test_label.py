"""Who speaks in a channel, as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.label import Labels, parse_labels
from bot.errors import Mendable


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("@name", Labels("@name")),
        ("@name | Head of the region", Labels("@name", {"label": "Head of the region"})),
        (
            "@name | Head | side: Ukraine | Official | owner: OVA",
            Labels("@name", {"label": "Head", "side": "Ukraine", "standing": "official", "owner": "OVA"}),
        ),
        ("@name | label: media | standing: media", Labels("@name", {"label": "media", "standing": "media"})),
        ("@name | Side: - | owner:-", Labels("@name", {"side": None, "owner": None})),
        ("@name | Deputy: the second one", Labels("@name", {"label": "Deputy: the second one"})),
        ("@name || ", Labels("@name")),
        ("", Labels("")),
    ],
)
def test_each_part_says_one_thing(typed: str, meant: Labels) -> None:
    assert parse_labels(typed) == meant


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("@name | One | Two", "a second label"),
        ("@name | side:", "Say what the side is"),
        ("@name | standing: very", "none of: official"),
        ("@name | " + "a" * 81, "too long"),
    ],
)
def test_what_can_not_be_read_says_why(typed: str, problem: str) -> None:
    with pytest.raises(Mendable, match=problem):
        parse_labels(typed)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        found = parse_labels(typed)
    except Mendable:
        return
    assert all(value is None or value for value in found.said.values())
