"""A query's words as this archive knows them: the names of its places are declined as such, however they are typed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from bot.archive.forms import forms
from bot.archive.hits import Hit, finder
from bot.archive.query import Either, Every, Node, Word
from storage import places
from storage.folding import words

_BEGINNING: Final = 2  # letters that all forms of a name share


@lru_cache(maxsize=16384)
def _words(name: str) -> tuple[str, ...]:
    return tuple(words(name))


@dataclass(frozen=True, slots=True)
class Here:
    """The names of the places that are tracked, each with its folded words."""

    names: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, db: sqlite3.Connection) -> Here:
        """As the archive has them now."""
        return cls(tuple((name, _words(name)) for name in places.names_in_use(db)))

    def forms(self, word: Word) -> frozenset[str]:
        """All forms of a word; of a name that is tracked, typed in any form, those of the name besides."""
        found = forms(word)
        if not word.prefix:
            for name in self._like(word.text):
                declined = forms(Word(" ".join(_words(name)), name))
                if word.text in declined:
                    found |= declined
        return found

    def _like(self, text: str) -> list[str]:
        count = text.count(" ") + 1
        return [
            name
            for name, parts in self.names
            if len(parts) == count and parts[0][:_BEGINNING] == text[:_BEGINNING]
        ]

    def read(self, text: Every) -> Every:
        """The same query, in which words that together are a tracked name («Часів Яр») are one."""
        return replace(
            text, wanted=self._together(text.wanted), unwanted=tuple(map(self._node, text.unwanted))
        )

    def _node(self, node: Node) -> Node:
        if isinstance(node, Every):
            return self.read(node)
        return Either(tuple(map(self._node, node.nodes))) if isinstance(node, Either) else node

    def _together(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        found: list[Node] = []
        at = 0
        while at < len(nodes):
            name = next(
                (one for length in (4, 3, 2) if (one := self._name(nodes[at : at + length], length))), None
            )
            found.append(name or self._node(nodes[at]))
            at += name.text.count(" ") + 1 if name else 1
        return tuple(found)

    def _name(self, nodes: tuple[Node, ...], length: int) -> Word | None:
        plain = [
            node for node in nodes if isinstance(node, Word) and not node.prefix and " " not in node.text
        ]
        if len(plain) < length:
            return None
        text = " ".join(node.text for node in plain)
        if any(text in forms(Word(" ".join(_words(name)), name)) for name in self._like(text)):
            return Word(text, " ".join(node.typed for node in plain))
        return None


def marker(here: Here, text: Every) -> Callable[[str], list[Hit]]:
    """What finds the words of a query in a text, for showing where they stand."""
    return finder(here.read(text), here.forms)
