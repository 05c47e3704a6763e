"""All the forms in which a word of a query may stand in a text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.archive.endings import guesses
from bot.archive.query import Word
from bot.places.forms import forms_of
from bot.places.morphology import lexemes
from storage.folding import words

_CYRILLIC: Final = re.compile("[а-яёіїєґ]", re.IGNORECASE)
_MOST: Final = 400  # forms of one word


@lru_cache(maxsize=4096)
def forms(word: Word) -> frozenset[str]:
    """The folded forms of a word, itself among them; a prefix stands for itself.

    From the dictionary where it is installed and knows the word, else by its ending; a name in its nominative is
    declined by our own paradigms besides.
    """
    if word.prefix:
        return frozenset({word.text})
    found = {word.text}
    known = lexemes(word.typed.lower()) if _CYRILLIC.search(word.typed) else frozenset()
    for form in known or guesses(word.text):
        found.update(_one_word(form))
    if word.typed[:1].isupper():
        for name in forms_of(word.typed).nouns:
            found.update(_one_word(name.decode("cp1251")))
    return frozenset(sorted(found)[:_MOST]) | {word.text}


def _one_word(form: str) -> list[str]:
    """The form as the index knows it; none where the index parts it."""
    parts = words(form)
    return parts if len(parts) == 1 else []
