"""Where in a text the words of a query stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from bot.archive.query import Every, Phrase, Word, leaves
from storage.folding import fold, words

# A word with the apostrophes and invisible marks that folding takes out of it.
_TOKEN: Final = re.compile(
    r"[^\W_](?:[^\W_]|['’ʼ`´′\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])*"
)


class Hit(NamedTuple):
    """A stretch of a text, in code points; its end is the first one after it."""

    start: int
    end: int


_SHORT: Final = 40  # characters: what is remembered of somebody's words must not grow without end
_remembered = lru_cache(maxsize=16384)(fold)


def _folded(word: str) -> str:
    return _remembered(word) if len(word) <= _SHORT else fold(word)


def finder(wanted: Every, forms: Callable[[Word], Collection[str]]) -> Callable[[str], list[Hit]]:
    """What finds every word and phrase of a query in a text, in order, none within another; forms included."""
    single: set[str] = set()
    prefixes: list[str] = []
    phrases: list[tuple[str, ...]] = []
    for leaf in leaves(wanted):
        match leaf:
            case Phrase():
                phrases.append(leaf.words)
            case Word(prefix=True):
                prefixes.append(leaf.text)
            case Word():
                every = forms(leaf)
                single.update(every)
                phrases += [tuple(form.split(" ")) for form in every if " " in form]
    begins = tuple(prefixes)

    def hits(text: str) -> list[Hit]:
        tokens = [
            (match.start(), match.end(), folded)
            for match in _TOKEN.finditer(text)
            if (folded := _folded(match[0]))
        ]
        found = [
            Hit(start, _end(text, end))
            for start, end, token in tokens
            if token in single or (begins and token.startswith(begins))
        ]
        for phrase in phrases:
            found += _phrase(text, tokens, phrase)
        found.sort(key=lambda hit: (hit.start, -hit.end))
        return [hit for before, hit in pairwise([Hit(-1, -1), *found]) if hit.start >= before.end]

    return hits


def _phrase(text: str, tokens: list[tuple[int, int, str]], phrase: tuple[str, ...]) -> Iterator[Hit]:
    for at in range(len(tokens) - len(phrase) + 1):
        here = tokens[at : at + len(phrase)]
        if tuple(token for _, _, token in here) == phrase:
            yield Hit(here[0][0], _end(text, here[-1][1]))


def _end(text: str, end: int) -> int:
    """Without the marks after the word's last letter: a quotation that ends there is none of it."""
    while not words(text[end - 1]):
        end -= 1
    return end
