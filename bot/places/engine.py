"""All forms of all names in one look-up table, and the words of a post looked up in it.

A post is one byte string split at spaces, so finding the words that may be places is one set operation in C;
everything else happens only where a word is known. No word hides another: each is looked up on its own, and a
name of several words is tried wherever its first word stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.places.cases import TAG_BITS
from bot.places.forms import Forms

# What may stand between the words of one name: spaces, one line end, hyphens, markdown's stars.
_BETWEEN = frozenset(b" \t\r\n\xa0-\x96*_~")
_LONGEST_GAP = 3


class Hit(NamedTuple):
    """A known form at a span of a reading; each entry is (number of the name, tag)."""

    start: int
    end: int
    entries: tuple[tuple[int, int], ...]


class Index:
    """Forms of names, found in time that does not grow with their number.

    `add` is for building only; afterwards an index is not changed. A later layer answers together with the
    ones below it, so adding a place never rebuilds them.
    """

    __slots__ = ("_forms", "_heads")

    def __init__(self) -> None:
        # A form leads to one packed entry or to several; a word that only begins longer forms leads to ().
        self._forms: dict[bytes, int | tuple[int, ...]] = {}
        self._heads: dict[bytes, set[int]] = {}  # first word -> how many words follow it

    def __len__(self) -> int:
        return len(self._forms)

    def add(self, number: int, forms: Forms) -> None:
        """Let every form of name `number` be found."""
        table = self._forms
        packed: dict[int, int] = {}
        for form, tag in forms.items():
            entry = packed.setdefault(tag, number << TAG_BITS | tag)
            there = table.get(form)
            if there is None:
                table[form] = entry
            elif isinstance(there, int):
                table[form] = (there, entry)
            else:
                table[form] = (*there, entry)
            if b" " in form:
                head = form[: form.index(b" ")]
                self._heads.setdefault(head, set()).add(form.count(b" "))
                table.setdefault(head, ())

    def known(self, words: Iterable[bytes]) -> set[bytes]:
        """Which of the words are forms or begin one."""
        return self._forms.keys() & words

    def hits(self, raw: bytes, low: bytes, words: set[bytes]) -> Iterator[Hit]:
        """Find every occurrence of the known words and of the longer forms that they begin."""
        forms, heads = self._forms, self._heads
        for word in words:
            entries = _unpack(forms[word])
            follow = heads.get(word)
            length = len(word)
            bounded = b" " + word + b" "
            start = low.find(bounded)
            while start >= 0:
                if entries:
                    yield Hit(start, start + length, entries)
                if follow:
                    for form, end in _longer(raw, low, word, start + length, max(follow)):
                        found = forms.get(form)
                        if found:
                            yield Hit(start, end, _unpack(found))
                start = low.find(bounded, start + 1)


def _unpack(found: int | tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    mask = (1 << TAG_BITS) - 1
    if isinstance(found, int):
        return ((found >> TAG_BITS, found & mask),)
    return tuple((entry >> TAG_BITS, entry & mask) for entry in found)


def _longer(raw: bytes, low: bytes, form: bytes, end: int, most: int) -> Iterator[tuple[bytes, int]]:
    """Grow a form by the words that follow it, as long as nothing but a name's own gaps stands between."""
    size = len(raw)
    for _ in range(most):
        at = end
        while at < size and at - end < _LONGEST_GAP and raw[at] in _BETWEEN:
            at += 1
        if at == end or raw[end:at].count(b"\n") > 1:
            return
        after = low.find(b" ", at + 1)
        if after - 1 <= at:
            return
        form = form + b" " + low[at + 1 : after]
        end = after - 1
        yield form, end
