"""More forms from pymorphy3, where it is installed: a help for words of irregular declension, never a condition.

Its analyses are used only for names of one word that its dictionary knows in the nominative. It reads about
3,000 names a second, so `Matcher` asks it for small sets of names alone.
"""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from typing import Any

from bot.places.cases import ACCUSATIVE, DATIVE, GENITIVE, INSTRUMENTAL, LOCATIVE, RU, UK

_CASES = {
    "gent": GENITIVE,
    "gen2": GENITIVE,
    "datv": DATIVE,
    "accs": ACCUSATIVE,
    "ablt": INSTRUMENTAL,
    "loct": LOCATIVE,
    "loc2": LOCATIVE,
}
_LANGUAGES = (("ru", RU), ("uk", UK))


@cache
def _analyser(language: str) -> Any:
    """Load the analyser of a language; None without the package or its dictionary."""
    try:
        return importlib.import_module("pymorphy3").MorphAnalyzer(lang=language)
    except (ImportError, ValueError, OSError):
        return None


_LIKELY = 0.02  # of all uses of a form, as the dictionary's makers counted them


@lru_cache(maxsize=4096)
def lexemes(word: str, language: str) -> frozenset[str] | None:
    """Every form of the words of a language that this one (lower case, in any form) may be; none where it is unknown.

    None where there is no dictionary of that language.
    """
    analyser = _analyser(language)
    if analyser is None:
        return None
    return frozenset(
        form.word
        for parse in analyser.parse(word)
        if parse.is_known and parse.score >= _LIKELY
        for form in parse.lexeme
    )


@lru_cache(maxsize=16384)
def more_forms(word: str) -> tuple[tuple[str, int], ...]:
    """Give the forms of a word (lower case, nominative) with their tags, as far as the dictionary knows it."""
    if not word.isalpha() or word.isascii():
        return ()
    found: dict[str, int] = {}
    for language, mark in _LANGUAGES:
        analyser = _analyser(language)
        for parse in analyser.parse(word) if analyser else ():
            tag = parse.tag
            if not parse.is_known or tag.POS not in ("NOUN", "ADJF") or tag.case != "nomn":
                continue
            if "Name" in tag or "Surn" in tag or "Patr" in tag:
                continue
            for form in parse.lexeme:
                case = _CASES.get(str(form.tag.case))
                if case and form.tag.number == tag.number and form.tag.gender == tag.gender:
                    plain = form.word.replace("ё", "е")
                    found[plain] = found.get(plain, 0) | case | mark
    return tuple(found.items())
