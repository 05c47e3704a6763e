"""What is left of a name when people compare it: letters alone, without case, marks, spaces and hyphens."""

from __future__ import annotations

import re
import unicodedata

from bot.places.text import APOSTROPHES, INVISIBLE

_FLAT = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "ß": "ss", "œ": "oe", "ё": "е", "ґ": "г"}
_DROPPED = f"{APOSTROPHES} .,()/-‐‑–—\u00a0\u00b4\u2116"


def _folded(letter: str) -> str:
    lower = letter.lower()
    if lower in _FLAT:
        return _FLAT[lower]
    return unicodedata.normalize("NFKD", lower)[0]


# Letters that fold otherwise than by lower(): Latin with marks, and й, ї as people leave their marks out.
_TABLE = {
    code: _folded(chr(code)) for code in (*range(0xC0, 0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00))
}
_TABLE |= dict.fromkeys(map(ord, _DROPPED), "")
_INVISIBLE = re.compile(f"[\u0300-\u036f{INVISIBLE}]")
_UKRAINIAN = re.compile(
    r"[іїєґ'’ʼ]|[сцз]ьк|(?<!пол)(?<!мор)[бвгдзклмнпрстфхцжчшщ]е\b|ття\b|ння\b|лля\b|иця\b|ець\b",
    re.IGNORECASE,
)
_RUSSIAN = re.compile(
    r"[ыэъё]|[сцз]к(?:ий|ая|ое|ие)?\b|[оеи]во\b|ино\b|[аоыи]е\b|[ая]я\b|ье\b|ец\b", re.IGNORECASE
)
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def fold(text: str) -> str:
    """Fold a text, line ends and tabs untouched: «Кам’янець-Подільський» becomes «камянецьподільськии»."""
    return _INVISIBLE.sub("", text).lower().translate(_TABLE)


def fold_long(text: str) -> str:
    """The same as `fold`, twice as fast where a long text uses few of the letters that change."""
    folded = _INVISIBLE.sub("", text).lower()
    for letter in set(folded):
        plain = _TABLE.get(ord(letter), letter)
        if plain != letter:
            folded = folded.replace(letter, plain)
    return folded


def language_of(text: str) -> str:
    """Tell "uk", "ru" or "en" by letters and endings; "" where Cyrillic letters leave it open."""
    if not _CYRILLIC.search(text):
        return "en"
    if _UKRAINIAN.search(text):
        return "uk"
    return "ru" if _RUSSIAN.search(text) else ""


# Latin spellings that differ between systems of romanisation, and Cyrillic letters that one sound shares.
_LATIN = ((re.compile(pattern), to) for pattern, to in (("w", "v"), ("x", "ks"), ("tch|cz|tsch", "ch")))
_SOUNDS = tuple(_LATIN)
_IS = re.compile(r"[yij]+")
_CYRILLIC_SOUNDS = str.maketrans(
    {**dict.fromkeys("іїйы", "и"), **dict.fromkeys("єэё", "е"), "ґ": "г", "ь": "", "ъ": ""}
)


def skeleton(text: str) -> str:
    """Fold further, so that spellings of one name in one script meet: Kryvyy, Kryvyi, Kriviy; Київ, Киив."""
    folded = fold(text)
    for pattern, to in _SOUNDS:
        folded = pattern.sub(to, folded)
    return _IS.sub("i", folded).translate(_CYRILLIC_SOUNDS)
