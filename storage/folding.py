"""One folding for what is indexed and what is asked, so that both meet.

`unicode61` folds none of these itself (measured, STORAGE.md): ё/е, й/и, ї/і, ґ/г, the apostrophes, stress
marks, soft hyphens and zero-width marks.
"""

from __future__ import annotations

import re

# Letter by letter with `str.replace`: `str.translate` asks a dictionary for every character, ten times as slow.
_LETTERS = (("ё", "е"), ("й", "и"), ("ї", "і"), ("ґ", "г"))
_APOSTROPHES = "'’ʼ`´′"  # all vanish: «Куп'янськ», «Куп’янськ» and «Купʼянськ» are one token
_INVISIBLE = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case, one letter for look-alike sounds, no apostrophes and no invisible marks."""
    text = text.lower()
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
        for letter, folded in _LETTERS:
            text = text.replace(letter, folded)
    for mark in _APOSTROPHES:
        text = text.replace(mark, "")
    return text


def words(text: str) -> list[str]:
    """The folded words of a text or of a query, as the index knows them."""
    return _WORD.findall(fold(text))
