"""How Ukrainian and Russian names are written in Latin letters: by the law, and as the press does.

Sources: resolution No. 55 of the Cabinet of Ministers of Ukraine of 27 January 2010 (KMU-2010); the
BGN/PCGN systems of 1965 (Ukrainian) and 1947 (Russian), which the press follows without their marks.
"""

from __future__ import annotations

import re

from bot.places.text import APOSTROPHES

KMU = "KMU-2010"
PRESS = "press spelling"
PRESS_RUSSIAN = "press spelling from Russian"

_HUSHING = {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": ""}
_LETTERS = (
    dict(zip("абвгґдезиіклмнопрстуф", "abvhgdezyiklmnoprstuf", strict=True))
    | _HUSHING
    | dict.fromkeys(APOSTROPHES, "")
)
_KMU = _LETTERS | {"є": "ie", "ї": "i", "й": "i", "ю": "iu", "я": "ia"}
_KMU_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_BGN_UKRAINIAN = _LETTERS | _KMU_FIRST
_MIXED = _KMU | {"ю": "yu", "я": "ya", "є": "ye"}
_RUSSIAN = (
    dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))
    | _HUSHING
    | {"ъ": "", "ё": "yo", "ю": "yu", "я": "ya"}
)
_FLAT_YO = _RUSSIAN | {"ё": "e"}
_RUSSIAN_PRESS: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
    (_RUSSIAN, {}),
    (_FLAT_YO, {}),
    (_FLAT_YO | {"й": "i"}, {}),
    (_FLAT_YO, {f"{vowel}е": f"{_RUSSIAN[vowel]}ye" for vowel in "аеиоуыэ"}),
)
_WORD = re.compile(rf"[^\W\d_](?:[{APOSTROPHES}]?[^\W\d_])*")
_SHORT = re.compile(r"(?<=\w\w\w[^aeiouy\W])(?:yi|yy|ii|iy)\b")
_UKRAINIAN = re.compile(rf"[а-яіїєґ{APOSTROPHES}\s\d.()/–—-]+", re.IGNORECASE)
_RUSSIAN_NAME = re.compile(r"[а-яё\s\d.()/–—-]+", re.IGNORECASE)

Spelling = tuple[str, str]


def kmu(name: str) -> str:
    """Write a Ukrainian name as the law of 2010 does: Згурський becomes Zghurskyi, Знам'янка Znamianka."""
    return _ukrainian(name, _KMU, _KMU_FIRST)


def romanised(name: str) -> list[Spelling]:
    """Give the Latin spellings of a Ukrainian name with their sources, the official one first.

    A name that is not Ukrainian (it has ы, Latin letters, …) has none.
    """
    if not _UKRAINIAN.fullmatch(name) or re.search("[ыэъё]", name.lower()):
        return []
    texts = [_ukrainian(name, _MIXED, _KMU_FIRST), _ukrainian(name, _BGN_UKRAINIAN, {})]
    texts += [_SHORT.sub("y", text) for text in (kmu(name), texts[0])]
    texts += [text.replace("zhzh", "zh") for text in (kmu(name), texts[0])]
    return _distinct([(kmu(name), KMU), *((text, PRESS) for text in texts)])


def romanised_russian(name: str) -> list[Spelling]:
    """Give the Latin spellings of a Russian name that the press uses: Artyomovsk, Artemovsk, Krivoy Rog."""
    if not _RUSSIAN_NAME.fullmatch(name):
        return []
    spellings = []
    for letters, pairs in _RUSSIAN_PRESS:
        text = _spelt(name, letters, {"е": "ye", "й": "y"}, pairs)
        spellings += [text, _SHORT.sub("y", text)]
    return _distinct([(text, PRESS_RUSSIAN) for text in spellings])


def _ukrainian(name: str, letters: dict[str, str], first: dict[str, str]) -> str:
    return _spelt(name, letters, first, {"зг": "zgh"})


def _spelt(name: str, letters: dict[str, str], first: dict[str, str], pairs: dict[str, str]) -> str:
    return _WORD.sub(lambda word: _written(word[0], letters, first, pairs), name)


def _written(word: str, letters: dict[str, str], first: dict[str, str], pairs: dict[str, str]) -> str:
    """Write one word; `pairs` are two letters that are written otherwise together than apart."""
    lower = word.lower()
    parts: list[str] = []
    at = 0
    while at < len(lower):
        pair = pairs.get(lower[at : at + 2])
        letter = lower[at]
        latin = pair or (first.get(letter) if at == 0 else None) or letters.get(letter, letter)
        parts.append(latin.capitalize() if word[at].isupper() else latin)
        at += 2 if pair else 1
    text = "".join(parts)
    return text.upper() if len(word) > 1 and word.isupper() else text


def _distinct(spellings: list[Spelling]) -> list[Spelling]:
    seen: dict[str, Spelling] = {}
    for spelling in spellings:
        seen.setdefault(spelling[0].lower(), spelling)
    return list(seen.values())
