"""All the forms in which a word of a query may stand in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from bot.archive.endings import guesses
from bot.archive.query import Word
from bot.places.forms import forms_of
from bot.places.morphology import lexemes
from storage.folding import fold, words

_CYRILLIC: Final = re.compile("[а-яёіїєґ]", re.IGNORECASE)
_ONLY: Final = {"ru": re.compile("[іїєґ]"), "uk": re.compile("[ыэъё]")}  # letters of the other language
_HYPHENS: Final = re.compile(r"[-‐‑]|\s+")
_BESIDE: Final = re.compile(r"^\W+|\W+$")
_MOST: Final = 400  # forms of one word


# (word in lower case, language) -> every form of it; none where it is unknown, None where there is no dictionary
Dictionary = Callable[[str, str], frozenset[str] | None]


@lru_cache(maxsize=4096)
def forms(word: Word) -> frozenset[str]:
    """The folded forms of a word, itself among them; a prefix stands for itself.

    From the dictionaries that are installed and know the word, else by its ending; a name in its nominative is
    declined by our own paradigms besides.
    """
    return expand(word, lexemes)


def expand(word: Word, dictionary: Dictionary) -> frozenset[str]:
    """As `forms`, by a dictionary."""
    if word.prefix:
        return frozenset({word.text})
    typed = _BESIDE.sub("", _HYPHENS.sub("-", word.typed))
    parts = (
        [_forms(part, dictionary) for part in typed.split("-")]
        if " " in word.text
        else [_forms(typed, dictionary)]
    )
    found = {word.text, *parts[-1]} if len(parts) == 1 else {word.text}
    if len(parts) > 1:  # Ростов-на-Дону, Орехово-Зуево: the last part is declined, or the first, or both
        whole = word.text.split(" ")
        found.update(" ".join([*whole[:-1], form]) for form in parts[-1])
        found.update(" ".join([form, *whole[1:]]) for form in parts[0])
        if len(parts) == 2 and len(parts[0]) * len(parts[1]) <= _MOST:
            found.update(f"{one} {other}" for one in parts[0] for other in parts[1])
    if typed[:1].isupper():
        found.update(" ".join(words(name.decode("cp1251"))) for name in forms_of(typed).nouns)
    return frozenset(sorted(found, key=lambda form: (len(form), form))[:_MOST]) | {word.text}


def _forms(typed: str, dictionary: Dictionary) -> set[str]:
    """The folded forms of one word without a hyphen."""
    text = fold(typed)
    found: set[str] = set()
    if _CYRILLIC.search(typed):
        lacking = []
        for language, others in _ONLY.items():
            known = dictionary(typed.lower(), language)
            found.update(map(fold, known or ()))
            # Ukrainian dictionaries have no participles among the forms of a verb.
            lacks = known is None or (language == "uk" and known and text.endswith("ти"))
            if lacks and not others.search(typed.lower()):
                lacking.append(language)
        if found:  # a word that both languages have, with the dictionary of one of them
            for language in lacking:
                found |= guesses(text, language)
    if not found:
        found = guesses(text)
    return {form for form in found if words(form) == [form]} | set(words(text))
