"""One folding for what is indexed and what is asked, so that both meet.

`unicode61` folds none of these itself (measured, STORAGE.md): ё/е, й/и, ї/і, ґ/г, the apostrophes, stress
marks, soft hyphens and zero-width marks.
"""

from __future__ import annotations

import re

_LETTERS = str.maketrans(
    {
        "ё": "е",
        "й": "и",
        "ї": "і",
        "ґ": "г",
        # All apostrophes vanish: «Куп'янськ», «Куп’янськ» and «Купʼянськ» are one token.
        "'": None,
        "’": None,
        "ʼ": None,
        "`": None,
        "´": None,
        "′": None,
    }
)
_INVISIBLE = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case, one letter for look-alike sounds, no apostrophes and no invisible marks."""
    return _INVISIBLE.sub("", text.lower()).translate(_LETTERS)


def words(text: str) -> list[str]:
    """The folded words of a text or of a query, as the index knows them."""
    return _WORD.findall(fold(text))
