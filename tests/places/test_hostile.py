"""Nothing that people or machines write into a post or a name makes the matcher fail."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.places import Matcher, scan
from bot.places.engine import Index
from bot.places.forms import forms_of
from bot.places.text import fold, read
from storage.records import PlaceName

NAMES = [
    "Покровськ",
    "Часів Яр",
    "Нью-Йорк",
    "Кам'янка",
    "Ростов-на-Дону",
    "Pokrovsk",
    "Орёл",
    "Нова Каховка",
    "РФ",
]


def names(*texts: str) -> list[PlaceName]:
    return [PlaceName(place_id=place, text=text, language="") for place, text in enumerate(texts, start=1)]


MATCHER = Matcher(names(*NAMES))
LETTERS = st.sampled_from(list("Покрвсьючіїє'’ʼ-Яя рNY#*_\n\u00ad\u200b\u0301\u202e\ud800😀́xXoO0.,«»"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "А",
        "x",
        "'",
        "''''",
        "-",
        "\ud800",
        "\u202e",
        "😀",
        "Ω",
        "  - ",
        "東京",
        "ا",
        "\x00",
        "1",
        "-а-",
    ],
)
def test_a_name_without_two_letters_finds_nothing_and_breaks_nothing(text: str) -> None:
    assert not Matcher(names(text)).find("А у полі тихо, x 東京 \ud800 1 ' - Ω")


def test_no_names_find_nothing() -> None:
    assert not Matcher([]).find("Бої в Покровську")


def test_a_name_given_twice_is_reported_once() -> None:
    twice = [
        PlaceName(place_id=1, text="Бахмут", language="uk"),
        PlaceName(place_id=1, text="Бахмут", language="ru"),
    ]
    assert len(Matcher(twice).find("у Бахмуті")) == 1


def test_two_places_of_one_name_are_rivals() -> None:
    first, second = Matcher(names("Кринички", "Кринички")).find("Бої за Кринички")
    assert first.rivals[0].place_id == second.place_id
    assert second.rivals[0].place_id == first.place_id


def test_region_words_tell_two_places_of_one_name_apart() -> None:
    matcher = Matcher(
        names("Костянтинівка", "Костянтинівка"), regions={1: "Донецька область", 2: "Сумська область"}
    )
    first, second = matcher.find("Обстріл Костянтинівки на Донеччині, Донецька область")
    assert (first.place_id, second.place_id) == (1, 2)
    assert first.confidence > 0.5 > second.confidence


def test_neighbours_in_the_post_tell_two_places_of_one_name_apart() -> None:
    matcher = Matcher(
        names("Костянтинівка", "Костянтинівка", "Дружківка"),
        coordinates={1: (48.53, 37.71), 2: (51.0, 33.9), 3: (48.62, 37.53)},
    )
    mentions = matcher.find("Обстріл Костянтинівки та Дружківки")
    assert [mention.place_id for mention in mentions] == [1, 2, 3]
    assert mentions[0].confidence > 0.5 > mentions[1].confidence


def test_a_megabyte_in_one_post_is_read_in_seconds() -> None:
    text = "У Покровську тихо. Слово за словом, і ще #ТегЗаТегом та Пoкровськ.\n" * 15_000
    started = time.process_time()
    mentions = MATCHER.find(text)
    assert len(mentions) > 25_000
    assert time.process_time() - started < 30


@pytest.mark.parametrize(
    "filler", ["а" * 1_000_000, "'" * 100_000, "-\n" * 100_000, "xа" * 100_000, "#" * 100_000]
)
def test_a_post_of_one_endless_word_takes_no_endless_time(filler: str) -> None:
    started = time.process_time()
    assert len(MATCHER.find(filler + " у Покровську")) == 1
    assert time.process_time() - started < 20


@given(st.text(st.one_of(LETTERS, st.characters()), max_size=80))
@settings(max_examples=300, deadline=None)
def test_offsets_hold_in_any_text(text: str) -> None:
    for mention in MATCHER.find(text, min_confidence=0.0):
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.surface
        assert 0 <= mention.confidence <= 1


@given(st.text(st.one_of(LETTERS, st.characters()), max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_name_is_accepted_and_found_as_it_is_written(name: str) -> None:
    matcher = Matcher(names(name))
    matcher.find(f"у {name}, {name}", min_confidence=0.0)
    if re.fullmatch(r"[А-Яа-яІіЇїЄє]{3,}", name):
        assert matcher.find(f"у {name}.", min_confidence=0.0)


@given(st.lists(st.sampled_from(NAMES), max_size=6), st.lists(st.sampled_from(NAMES), max_size=4), st.data())
@settings(max_examples=100, deadline=None)
def test_adding_names_gives_what_building_anew_gives(
    base: list[str], added: list[str], data: st.DataObject
) -> None:
    text = " ".join(
        data.draw(st.lists(st.sampled_from([*NAMES, "у", "з", "Бої", "Часового Яру,", "Нью"]), max_size=8))
    )
    everything = names(*base, *added)
    grown = Matcher(everything[: len(base)]).with_names(everything[len(base) :])
    assert grown.find(text, min_confidence=0.0) == Matcher(everything).find(text, min_confidence=0.0)


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True),
    st.lists(st.sampled_from(NAMES), max_size=3),
    st.lists(st.sampled_from([*NAMES, "у", "Бої", "Часового Яру,", "Покровському", "-"]), max_size=8),
)
@settings(max_examples=100, deadline=None)
def test_letting_places_go_gives_what_building_without_them_gives(
    texts: list[str], gone: list[str], parts: list[str]
) -> None:
    every = names(*texts)
    kept = [name for name in every if name.text not in gone]
    left = Matcher(every).without_places(name.place_id for name in every if name.text in gone)
    text = " ".join(parts)
    assert left.find(text, min_confidence=0.0) == Matcher(kept).find(text, min_confidence=0.0)


WORDS = st.sampled_from(
    [
        *NAMES,
        "покровсько-",
        "Покровська",
        "новокаховський",
        "новими Каховськими",
        "Яру",
        "Часового",
        "Ростова",
        "на Дону",
        "Кам'янському",
        "камянці",
        "РФ",
        "районі",
        "в",
        ", ",
        "\n",
        "-",
        "'",
        "Покров",
    ]
)


@pytest.mark.skipif(scan.AUTOMATON is None, reason="ahocorasick_rs is not installed")
@given(
    st.lists(st.one_of(st.sampled_from(NAMES), st.text(LETTERS, max_size=12)), max_size=8),
    st.lists(st.one_of(WORDS, st.text(st.one_of(LETTERS, st.characters()), max_size=10)), max_size=12),
    st.sampled_from(["", " ", "-", "\n"]),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=500, deadline=None)
def test_native_code_finds_what_plain_python_finds(
    given_names: list[str], parts: list[str], between: str, small: bool, lenient: bool
) -> None:
    forms = [forms_of(name) for name in given_names]
    reading = read(between.join(parts))
    native, plain = (
        Index(enumerate(forms), scanner).hits(reading.raw, reading.low, small=small, lenient=lenient)
        for scanner in (scan.by_automaton, scan.by_sets)
    )
    assert native == plain


@given(
    st.lists(
        st.sampled_from([*NAMES, "Яр", "Часів", "Нова", "Покровську", "та", "'", "-", ", ", "\n"]),
        max_size=10,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_form_hides_another_from_the_index(parts: list[str]) -> None:
    text = " ".join(parts)
    forms = [forms_of(name) for name in NAMES]
    index = Index(enumerate(forms))
    reading = read(text)
    found = {
        (hit.start, hit.end, n)
        for hit in index.hits(reading.raw, reading.low, small=True)
        for n, _ in hit.entries
    }
    for number, table in enumerate(forms):
        for form in table.nouns:
            pattern = rb"(?<![^ ])" + re.escape(form) + rb"(?![^ ])"
            for match in re.finditer(b"(?=" + pattern + b")", reading.low):
                at = match.start() - 1
                assert (at, at + len(form), number) in found


@given(st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    folded = fold(name)
    assert fold(folded.decode("cp1251", "replace")) == folded or b"\x98" in folded


def test_decomposed_letters_are_read_as_the_composed_ones() -> None:
    text = unicodedata.normalize("NFD", "у Харківському районі, Київ")
    assert {m.surface for m in Matcher(names("Харків", "Київ")).find(text)} == {
        unicodedata.normalize("NFD", "Харківському"),
        unicodedata.normalize("NFD", "Київ"),
    }
