from pathlib import Path

import pytest

from bot.errors import Mendable
from bot.profiles import parse, read, written

EXAMPLE = Path(__file__).parents[2] / "examples" / "profile.yaml"


def test_the_example_is_read_and_written_again_as_the_same_profile() -> None:
    profile = read(EXAMPLE)
    assert [c.username for c in profile.channels][:1] == ["example_regional_office"]
    again = parse(written(profile))
    assert written(again) == written(profile)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with: placewatch: 1"),
        ("channels: []", ":1:1: the version of the format is missing"),
        ("placewatch: 2", ":1:13: this profile is of version 2, and this placewatch reads version 1"),
        ("placewatch: one", "whole number"),
        ("placewatch: 1\nchanels: []", ":2:1: the profile has no field “chanels”; write channels instead"),
        ("placewatch: 1\nchannels:\n- name: @a_b", r":3:9: this is not YAML .* leading @ into quotation"),
        ("placewatch: 1\nchannels:\n- label: x", ':3:3: the channel\'s name is missing: name: "@name"'),
        ("placewatch: 1\nchannels: x", ":2:11: channels should be a list"),
        ("placewatch: 1\nchannels:\n- name: ab\n- name: AB", ":4:3: @AB is there already, in line 3"),
        ("placewatch: 1\nchannels:\n- {name: ab, standing: x}", ":3:24: standing: .* official, affiliated"),
        ("placewatch: 1\nchannels:\n- {name: ab, priority: x}", ":3:24: priority should be one of: high"),
        ("placewatch: 1\nchannels:\n- {name: 'a b'}", ":3:10: a public channel is named by its @name"),
        ("placewatch: 1\nchannels:\n- {name: ab, name: cd}", ":3:14: name is given twice"),
        ("placewatch: 1\nplaces:\n- {name: A}", ":3:10: “A” is too short"),
        (
            "placewatch: 1\nplaces:\n- {name: Abc, latitude: 4}",
            ":3:3: latitude and longitude belong together",
        ),
        (
            "placewatch: 1\nplaces:\n- {name: Abc, latitude: nan, longitude: 1}",
            ":3:25: latitude should be from",
        ),
        ("placewatch: 1\nplaces:\n- {name: Abc, geonames: 1_0}", ":3:25: geonames should be a whole number"),
        ("placewatch: 1\nplaces:\n- Abc\n- abc", ":4:3: abc is there already, in line 3"),
        ("placewatch: 1\nplaces:\n- {name: Abc, names: []}", ":3:22: a place without a name"),
        ("placewatch: 1\nplaces: &a []", ":2:9: anchors and aliases"),
        ("placewatch: 1\nplaces: !!python/name:os.system []", ":2:9: tags"),
        ("placewatch: 1\nplaces: " + "[" * 50, "nested deeper than 8"),
        ("placewatch: 1\nplaces: [\x07]", "not YAML"),
        ("- 1", "the profile should be fields"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write_instead(text: str, words: str) -> None:
    with pytest.raises(Mendable, match=words):
        parse(text, "theirs.yaml")


def test_yes_no_and_numbers_are_words_where_a_text_belongs() -> None:
    profile = parse("placewatch: 1\nchannels:\n- {name: ab, label: no, side: 2014}")
    assert (profile.channels[0].label, profile.channels[0].side) == ("no", "2014")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 9_000_000)
    with pytest.raises(Mendable, match="larger than 8 MB"):
        read(large)
    with pytest.raises(Mendable, match="No such file"):
        read(tmp_path / "none.yaml")
