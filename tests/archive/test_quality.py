"""Searching finds other forms of words: held to a written set of 243 queries in three languages."""

from __future__ import annotations

import pytest

from bot.archive.match import Forms
from bot.places.morphology import lexemes
from tests.archive.quality import SETS, by_endings, installed, measure, written


@pytest.mark.parametrize(
    ("of_word", "recall"), [(installed, 0.99 if lexemes("слово", "ru") else 0.95), (by_endings, 0.95)]
)
def test_words_are_found_in_their_other_forms_and_little_else_is(of_word: Forms, recall: float) -> None:
    quality = measure([one for name in SETS for one in written(name)], of_word)
    assert quality.recall >= recall, quality.missed
    assert quality.precision >= 0.97, quality.wrong
