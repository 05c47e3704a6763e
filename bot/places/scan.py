"""Where the words stand that may be places: everything else looks closer at those alone.

One pass of Aho–Corasick where `ahocorasick_rs` is installed, set operations and a regular expression where not.
The automaton knows only the beginnings of the words, cut to a few letters: a beginning that goes on otherwise
costs one look-up, and no pattern hides another, since each starts at its own space. Whole forms would match no
faster (measured), but 740,000 of them hold every other thread for two seconds while the automaton is built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from bot.places import russian_adjectives, ukrainian_adjectives

Scan = Callable[
    [bytes], list[int]
]  # `low` of a reading -> where the spaces before such words stand, in order

_BEGINNING = 7  # letters; of 17,604 settlements a piece of news shows 6.8 with 6, 4.7 with 7, 3.7 with 9
_ENDINGS = sorted(
    {*russian_adjectives.ADJECTIVE_ENDINGS, *ukrainian_adjectives.ADJECTIVE_ENDINGS, "о"},
    key=len,
    reverse=True,
)
ADJECTIVE = re.compile("([сцз]ь?к)({}) ".format("|".join(_ENDINGS)).encode("cp1251"))


def _native() -> Any:
    """Import the automaton; None where no wheel is installed."""
    try:
        return import_module("ahocorasick_rs").BytesAhoCorasick
    except ImportError:
        return None


AUTOMATON = _native()


def scanner(words: Mapping[bytes, object], stems: Mapping[bytes, object]) -> Scan:
    """Give the quickest scan that this machine has for words, and for adjectives by their stems.

    Names of several words are found by their first, adjectives of several by their last: longer stems may be
    among the keys and are passed over.
    """
    return by_sets(words, stems) if AUTOMATON is None else by_automaton(words, stems)


def by_automaton(words: Iterable[bytes], stems: Iterable[bytes]) -> Scan:
    """Scan in one pass; a few words that only begin like a known one are among the found."""
    size = _BEGINNING + 1
    beginnings = {(b" " + word + b" ")[:size] for word in words}
    beginnings.update((b" " + stem)[:size] for stem in stems if b" " not in stem)
    matches = AUTOMATON(beginnings).find_matches_as_indexes

    def scan(low: bytes) -> list[int]:
        found = [start for _, start, _ in matches(low, overlapping=True)]
        # A stem and a longer word may begin alike; theirs are the only matches that start at one place.
        return list(dict.fromkeys(found)) if len(found) > 1 else found

    return scan


def by_sets(words: Mapping[bytes, object], stems: Mapping[bytes, object]) -> Scan:
    """Scan without native code."""
    known = words.keys()

    def scan(low: bytes) -> list[int]:
        found: set[int] = set()
        for word in known & low.split():
            bounded = b" " + word + b" "
            start = low.find(bounded)
            while start >= 0:
                found.add(start)
                start = low.find(bounded, start + 1)
        for match in ADJECTIVE.finditer(low) if stems else ():
            start = low.rindex(b" ", 0, match.start())
            if low[start + 1 : match.end(1)] in stems:
                found.add(start)
        return sorted(found)

    return scan
