"""The notation of cues: what an analyst writes, read into a pattern over words.

    взят под контроль        these words, in this order, side by side
    взят(/а/о/ы)             взят, взята, взято or взяты: a beginning and its endings
    капитулиров*             every word that begins so
    зайшли/увійшли           either word
    штурмом?                 may be missing
    взят … под контроль      up to three words between
    PLACE                    the name of a place stands here
    #                        a number
    @town                    one to five words of the list `town`

Capital letters, ё and е, ґ and г, apostrophes, stress marks and hyphens make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from bot.places.text import APOSTROPHES

GAP: Final = 3  # words that `…` may stand for
_RUN = 5  # words of a list that may follow each other
_LONGEST = 10  # elements of one cue
_STEM = 3  # letters that a stem needs at least

_ALTERNATIVE = re.compile(r"([^\W_]+)(?:\(([^\W_]*(?:/[^\W_]*)+)\)|(\*))?")
_SLASH = re.compile(r"/(?![^(]*\))")
_PLAIN = str.maketrans({"ё": "е", "ґ": "г"} | dict.fromkeys(APOSTROPHES))


class Fault(ValueError):
    """What is wrong with one cue and how to mend it, in words; the caller knows where it stands."""


class Sort(Enum):
    """What may stand at one position of a cue."""

    WORD = "word"
    GAP = "gap"
    PLACE = "place"
    NUMBER = "number"


class Element(NamedTuple):
    """One position: which words, how few and how many of them."""

    sort: Sort
    exact: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    least: int = 1
    most: int = 1

    def takes(self, word: str) -> bool:
        """Whether this folded word may stand here."""
        if self.sort is Sort.WORD:
            return word in self.exact or (bool(self.stems) and word.startswith(self.stems))
        return self.sort is Sort.GAP or (self.sort is Sort.NUMBER and word.isdigit())

    def example(self) -> str:
        """One word that may stand here."""
        if self.sort is Sort.NUMBER:
            return "7"
        return min(self.exact) if self.exact else self.stems[0]


class Pattern(NamedTuple):
    """A cue: perhaps a place and a gap in front, then elements of which the first is a word that must be there."""

    written: str
    after_place: (
        int | None
    )  # words that may stand between a place in front and the first word; None: no place
    elements: tuple[Element, ...]

    def example(self) -> list[str]:
        """The shortest words that the cue finds; "PLACE" stands for a name."""
        tail = [
            "PLACE" if element.sort is Sort.PLACE else element.example()
            for element in self.elements
            if element.least
        ]
        return tail if self.after_place is None else ["PLACE", *tail]


def plain(word: str) -> str:
    """Fold a word as cues and texts are compared."""
    return word.lower().translate(_PLAIN)


def word_list(entries: list[str]) -> Element:
    """Read the words of a list: single words in the notation of cues."""
    exact: set[str] = set()
    stems: set[str] = set()
    for entry in entries:
        element = _word(entry)
        exact |= element.exact
        stems.update(element.stems)
    return Element(Sort.WORD, frozenset(exact), tuple(sorted(stems)), most=_RUN)


def pattern(written: str, lists: Mapping[str, Element]) -> Pattern:
    """Read a cue; a Fault says what is wrong with it and how to mend it."""
    pieces = written.replace("...", " … ").replace("…", " … ").replace("-", " ").split()
    if not pieces:
        raise Fault("an empty cue; write words between the quotation marks or delete it")
    if len(pieces) > _LONGEST:
        raise Fault(f"“{written}” has {len(pieces)} parts; at most {_LONGEST} are read, so shorten it")
    elements = [_element(piece, written, lists) for piece in pieces]
    sorts = [element.sort for element in elements]
    lead = 2 if sorts[:2] == [Sort.PLACE, Sort.GAP] else 1 if sorts[0] is Sort.PLACE else 0
    if lead == len(elements) or sorts[lead] in (Sort.GAP, Sort.PLACE) or not elements[lead].least:
        raise Fault(f"“{written}” must begin with a word that is always there (PLACE may stand before it)")
    if not any(element.least == element.most for element in elements if element.sort is not Sort.PLACE):
        raise Fault(f"“{written}” has only words of lists; add a word that is always there")
    if sorts[-1] is Sort.GAP:
        raise Fault(f"“{written}” ends in …; delete the … or say which word comes after it")
    if sorts.count(Sort.GAP) > 2:
        raise Fault(f"“{written}” has more than two …; make two cues of it")
    after_place = (None, 0, GAP)[lead]
    elements = elements[lead:]
    return Pattern(written, after_place, tuple(elements))


def _element(piece: str, written: str, lists: Mapping[str, Element]) -> Element:
    if piece == "…":
        return Element(Sort.GAP, least=0, most=GAP)
    if piece == "PLACE":
        return Element(Sort.PLACE)
    if piece == "#":
        return Element(Sort.NUMBER)
    optional = piece.endswith("?")
    body = piece.removesuffix("?")
    if body.startswith("@"):
        if body[1:] not in lists:
            known = ", ".join(f"@{name}" for name in lists) or "none"
            raise Fault(f"“{written}” uses {body}, which is not under [lists]; there are: {known}")
        element = lists[body[1:]]
    else:
        element = _word(body)
    return element._replace(least=0) if optional else element


def _word(body: str) -> Element:
    exact: set[str] = set()
    stems: set[str] = set()
    for alternative in _SLASH.split(body):
        bare = "".join(letter for letter in alternative if letter not in APOSTROPHES)
        match = _ALTERNATIVE.fullmatch(bare)
        if match is None:
            raise Fault(
                f"“{body}” can't be read; a word may end in * or in endings in brackets, as in взят(/а/о/ы)"
            )
        start = plain(match[1])
        if match[3]:
            if len(start) < _STEM:
                raise Fault(f"“{body}” would find far too much; give {_STEM} letters or more before the *")
            stems.add(start)
        elif match[2] is not None:
            exact |= {start + plain(ending) for ending in match[2].split("/")}
        else:
            exact.add(start)
    return Element(Sort.WORD, frozenset(exact), tuple(sorted(stems)))
