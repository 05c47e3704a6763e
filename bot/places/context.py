"""The words around a hit: read once, nearest first."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.places.traits import END, SHORT_MARKER, traits

# Swallows the space after a word: to try it as a word of its own would take a fifth longer.
_TOKEN = re.compile(r"(\w++(?:['’ʼ-]\w++)*+|[^\w\s]|\n) ?+")
_BEFORE, _AFTER = 64, 42  # characters of context: four or five words, or a list of names before


class Context(NamedTuple):
    """The words and marks around a hit as written, nearest first on either side, and what the nearest are."""

    before: list[str]
    after: list[str]
    last: int  # traits of before[0], before[1] and after[0]; 0 where there is none
    earlier: int
    next: int
    small: bool  # the whole text is in small letters


def context_of(text: str, start: int, end: int, *, small: bool) -> Context:
    """Read the surroundings of `text[start:end]`; `small` says that the whole text is in small letters."""
    before = _TOKEN.findall(text, start - _BEFORE if start > _BEFORE else 0, start)
    before.reverse()
    after = _TOKEN.findall(text, end, end + _AFTER)
    if after and after[0] == "-" and text[end] != "-":
        after[0] = "–"
    last = traits(before[0]) if before else 0
    earlier = traits(before[1]) if len(before) > 1 else 0
    if (
        last & END
        and len(before) > 2
        and before[0] == "\n"
        and before[1] == "."
        and traits(before[2]) & SHORT_MARKER
    ):
        del before[0]  # «в с.⏎Ставрове»
        last, earlier = earlier, traits(before[1])
    return Context(before, after, last, earlier, traits(after[0]) if after else 0, small)


def context_after(text: str, end: int, *, small: bool) -> Context:
    """Read only what follows: all that an adjective in small letters needs."""
    after = _TOKEN.findall(text, end, end + _AFTER)
    return Context([], after, 0, 0, traits(after[0]) if after else 0, small)
