"""What is said later, in the reader's language, with what a person typed left as it is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Mendable, said
from bot.languages import ENGLISH, N_, NN_, Said, known
from bot.languages.said import either, some

NOT_TRACKED = N_("no tracked place is called {value}")
TYPED = st.text(max_size=30)


def test_a_problem_is_english_until_it_is_said_to_a_reader() -> None:
    problem = Mendable(NOT_TRACKED, value="Нема")
    assert str(problem) == "no tracked place is called Нема"
    assert problem.said(known("uk")) == "серед місць, за якими стежимо, немає Нема"
    assert problem.said(known("ru")) == "среди мест, за которыми следим, нет Нема"


def test_a_problem_that_is_worded_already_stays_as_it_is() -> None:
    for words in ("Give it {once}.", "", "За {нічим} не стежимо"):
        assert str(Mendable(words)) == Mendable(words).said(known("uk")) == words


def test_a_number_takes_the_form_that_the_language_asks_for() -> None:
    told = Said(
        NN_("it is longer than {number:,} character", "it is longer than {number:,} characters"), number=2000
    )
    assert str(told) == "it is longer than 2,000 characters"
    assert told.by(known("uk")) == "він довший за 2\u00a0000 символів"


def test_a_text_within_a_text_is_said_in_the_same_language() -> None:
    told = Said(
        N_("{problem}; known: {have}"), problem=Said(NOT_TRACKED, value="x"), have=some(["a", "b", "c"], 2)
    )
    assert str(told) == "no tracked place is called x; known: a, b and 1 more"
    assert told.by(known("ru")) == "среди мест, за которыми следим, нет x; известны: a, b и ещё 1"


def test_some_names_are_listed_and_the_rest_counted() -> None:
    assert [str(some(names, 2)) for names in ([], ["a"], ["a", "b"], ["a", "b", "c", "d"])] == [
        "none yet", "a", "a, b", "a, b and 2 more",
    ]  # fmt: skip
    assert [str(either(names)) for names in (["a"], ["a", "b", "c"])] == ["a", "a or b or c"]


def test_what_is_no_word_of_ours_is_said_as_it_was_reported() -> None:
    assert said(OSError("no such file"), known("uk")) == "no such file"


@given(TYPED, TYPED)
def test_what_was_typed_is_never_read_as_a_text_of_ours(one: str, other: str) -> None:
    told = Said(
        N_("{first} or {second}"), first=one, second=Said(N_("{named} and {left} more"), named=other, left=1)
    )
    assert told.by(ENGLISH) == f"{one} or {other} and 1 more"
    assert told.by(known("uk")) == f"{one} або {other} і ще 1"


@given(st.recursive(st.builds(Said, st.just(NOT_TRACKED), value=TYPED | st.integers()), lambda within: st.builds(
    Said, st.just(N_("{first}; {second}")), first=within | TYPED, second=within
), max_leaves=5))  # fmt: skip
def test_it_is_the_same_after_it_has_been_json(told: Said) -> None:
    assert Said.of_json(json.loads(json.dumps(told.as_json()))) == told
