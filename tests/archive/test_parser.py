"""A query as people type it: what it asks for, and where it can't be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.parser import LONGEST, parse
from bot.archive.query import Either, Every, Filter, Node, Phrase, QueryError, Word, leaves


def word(text: str, *, prefix: bool = False) -> Word:
    return Word(text.lower(), text, prefix)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("Покровск", (word("Покровск"),)),
        ("Куп'янськ", (Word("купянськ", "Куп'янськ"),)),
        ("дрон*", (word("дрон", prefix=True),)),
        ('"взяли Покровск"', (Phrase(("взяли", "покровск")),)),
        ("«взяли Покровск»", (Phrase(("взяли", "покровск")),)),
        ("„взяли“", (Phrase(("взяли",)),)),
        ("12.05", (Phrase(("12", "05")),)),
        ("Часів-Яр", (Word("часів яр", "Часів-Яр"),)),
        ("обстрел OR удар", (Either((word("обстрел"), word("удар"))),)),
        ("обстрел | удар АБО взрыв", (Either((word("обстрел"), word("удар"), word("взрыв"))),)),
        ("обстрел AND удар", (word("обстрел"), word("удар"))),
        ("обстрел &", (word("обстрел"),)),
        ("or", (word("or"),)),
        ("бои — Покровск", (word("бои"), word("Покровск"))),
        ("Минобороны: взяли", (Word("минобороны", "Минобороны:"), word("взяли"))),
        ("note: text", (Word("note", "note:"), word("text"))),
        ("https://t.me/name", (Phrase(("https", "t", "me", "name")),)),
        ("", ()),
    ],
)
def test_words_phrases_and_groups_are_read(typed: str, wanted: tuple[Node, ...]) -> None:
    assert parse(typed).text == Every(wanted)


def test_a_minus_takes_away_a_word_a_phrase_or_a_group() -> None:
    read = parse('Покровск -учения -"как сообщалось" -(погода OR спорт)').text
    assert read.wanted == (word("Покровск"),)
    assert read.unwanted == (
        word("учения"),
        Phrase(("как", "сообщалось")),
        Either((word("погода"), word("спорт"))),
    )
    assert list(leaves(read)) == [word("Покровск")]


def test_brackets_group_and_may_take_something_away_themselves() -> None:
    (group,) = parse("(обстрел -учебный)").text.wanted
    assert isinstance(group, Every)
    assert group.wanted == (word("обстрел"),)
    assert [leaf.typed for leaf in group.unwanted if isinstance(leaf, Word)] == ["учебный"]


def test_fields_are_read_with_their_values() -> None:
    read = parse('обстрел place:Pokrovsk,"Часів Яр" -channel:@a from:2025-11-01 to:2d IS:Edited -is:deleted')
    assert read.text == Every((word("обстрел"),))
    assert [(f.field, f.values, f.negated) for f in read.filters] == [
        ("place", ("Pokrovsk", "Часів Яр"), False),
        ("channel", ("@a",), True),
        ("from", ("2025-11-01",), False),
        ("to", ("2d",), False),
        ("is", ("edited",), False),
        ("is", ("deleted",), True),
    ]
    assert read.of("place") == (Filter("place", ("Pokrovsk", "Часів Яр"), False, 8),)


@pytest.mark.parametrize(
    ("typed", "at", "says"),
    [
        ("place:", 0, "place: needs a value. For example place:Pokrovsk"),
        ("plase:Pokrovsk", 0, "did you mean place:?"),
        ("color:red", 0, "fields are place:, channel:"),
        ("is:deletd", 0, "did you mean is:deleted?"),
        ("has:soul", 0, "There are audio, document"),
        ("a OR", 2, "on both sides of OR"),
        ("OR a", 0, "on both sides of OR"),
        ("a OR OR b", 5, "on both sides of OR"),
        ("a -b OR c", 5, "a minus can't stand beside OR"),
        ("a OR -b", 5, "a minus can't stand beside OR"),
        ("place:X OR a", 8, "give several values with commas"),
        ("a OR place:X", 5, "give several values with commas"),
        ("(place:X)", 1, "a field can't stand in brackets"),
        ("(a", 0, "this bracket is never closed"),
        ("a)", 1, "this bracket closes nothing"),
        ("()", 0, "nothing is looked for in these brackets"),
        ('a "b', 2, "this quotation mark is never closed"),
        ('""', 0, "no word stands between these quotation marks"),
        ("»", 0, "this quotation mark opens nothing"),
        ("a ***", 2, "no letter or digit is in it"),
        ("a*", 0, "at least two letters must stand before *"),
        ("from:1d from:2d", 8, "stands once"),
        ("-sort:newest", 1, "stands once"),
        ("from:1d,2d", 0, "stands once"),
        ("(" * 40 + "a" + ")" * 40, 21, "too deep"),
        (" ".join("слово" for _ in range(65)), 0, "more than 64 words"),
    ],
)
def test_a_query_that_can_not_be_read_says_where_and_what_was_meant(typed: str, at: int, says: str) -> None:
    with pytest.raises(QueryError, match="I can't read the query at") as raised:
        parse(typed)
    assert says in str(raised.value)
    assert raised.value.at == at


def test_an_endless_query_is_refused() -> None:
    with pytest.raises(QueryError, match="longer than 2,000 characters"):
        parse("а " * LONGEST)


@given(st.text(alphabet=st.sampled_from(list('абв "«»“„()-|*:, \u202e\u0301ORplaceisfrom\n')), max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_its_place(typed: str) -> None:
    try:
        read = parse(typed)
    except QueryError as error:
        at = error.at
    else:
        at = 0
        assert all(leaf.text if isinstance(leaf, Word) else leaf.words for leaf in leaves(read.text))
    assert 0 <= at <= len(typed)
