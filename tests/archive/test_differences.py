"""What an edit changed, word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.archive.differences import COMPARED, Kind, differences

TEXTS = st.text(alphabet="аб \n", max_size=30)


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in differences(before, after) or []]


def test_what_is_gone_stands_before_what_is_new_in_its_place() -> None:
    assert told("Взят Покровск, идут бои", "Взят Лиман, идут бои") == [
        (Kind.KEPT, "Взят "),
        (Kind.GONE, "Покровск, "),
        (Kind.NEW, "Лиман, "),
        (Kind.KEPT, "идут бои"),
    ]
    assert told("", "Слова") == [(Kind.NEW, "Слова")]
    assert told("Взят", "Сдан") == [(Kind.GONE, "Взят "), (Kind.NEW, "Сдан")]
    assert told("Слова", "") == [(Kind.GONE, "Слова")]


def test_other_spaces_are_no_change_of_words() -> None:
    assert told("Взят  Лиман\n", "Взят Лиман") == [(Kind.KEPT, "Взят Лиман")]


def test_texts_too_long_to_compare_are_not() -> None:
    assert differences("а " * COMPARED, "б") is None


@given(TEXTS, TEXTS)
def test_both_versions_can_be_read_from_their_differences(before: str, after: str) -> None:
    pieces = differences(before, after) or []
    assert "".join(p.text for p in pieces if p.kind is not Kind.GONE).split() == after.split()
    assert "".join(p.text for p in pieces if p.kind is not Kind.NEW).split() == before.split()
