"""All forms of all names in one look-up table, and the words of a post looked up in it.

A post is one byte string split at spaces, so finding the words that may be places is one set operation in C;
everything else happens only where a word is known. No word hides another: each is looked up on its own, and a
name of several words is tried wherever its first word stands. Adjectives («-ськ-», «-ск-» and an ending) are
looked up by their stem, which keeps the table to a third.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.places import cues, russian_adjectives, ukrainian_adjectives
from bot.places.cases import LINKED, RU, SMALL, TAG_BITS, UK
from bot.places.forms import Forms

# What may stand between the words of one name: spaces, one line end, hyphens, markdown's stars.
_BETWEEN = frozenset(b" \t\r\n\xa0-\x96\x97*_~")
_LONGEST_GAP = 3
_CAPITALS = frozenset(code for code in range(256) if bytes([code]).decode("cp1251", "replace").isupper())
_ENDINGS = sorted(
    {*russian_adjectives.ADJECTIVE_ENDINGS, *ukrainian_adjectives.ADJECTIVE_ENDINGS, "о"},
    key=len,
    reverse=True,
)
_ADJECTIVE = re.compile("([сцз]ь?к)({}) ".format("|".join(_ENDINGS)).encode("cp1251"))
_AREA = re.compile(
    "напрям|направл|район|громад|общин|област|обл |участ|ділян|фронт| край|рва |ова ".encode("cp1251")
)
_DECLINED = {
    ending.encode("cp1251"): RU * (ending in russian_adjectives.ADJECTIVE_ENDINGS)
    | UK * (ending in ukrainian_adjectives.ADJECTIVE_ENDINGS)
    for ending in _ENDINGS
    if ending != "о"
}
_PREPOSITIONS = frozenset(word.encode("cp1251") for word in cues.LOCATIVE | cues.OTHER_PREPOSITIONS)
_LINK = "о".encode("cp1251")

Entries = tuple[tuple[int, int], ...]  # (number of a name, tag)
Packed = int | tuple[int, ...]  # number of a name << TAG_BITS | tag


def is_capital(code: int) -> bool:
    """Whether a byte of a reading is a capital letter."""
    return code in _CAPITALS


class Hit(NamedTuple):
    """A known form at a span of a reading; each entry is (number of the name, tag)."""

    start: int
    end: int
    entries: tuple[tuple[int, int], ...]


class Index:
    """Forms of names, found in time that hardly grows with their number.

    `add` is for building only; afterwards an index is not changed. A later layer answers together with the
    ones below it, so adding a place never rebuilds them.
    """

    __slots__ = ("_forms", "_heads", "_pairs", "_spelled_out", "_stems", "_tails", "_words")

    def __init__(self, *, spelled_out: bool = False) -> None:
        """`spelled_out` keeps every form of an adjective instead of its stem: quicker, for few names only."""
        self._spelled_out = spelled_out
        self._words: set[bytes] = set()  # all that may stand alone or begin a form
        self._forms: dict[bytes, Packed] = {}  # a word that only begins longer forms leads to ()
        self._heads: dict[bytes, int] = {}  # first word -> how many words may follow it
        self._pairs: set[bytes] = set()  # the first two words of longer forms
        self._stems: dict[bytes, Packed] = {}  # of adjectives
        self._tails: dict[bytes, int] = {}  # last word of a stem -> how many words may stand before it

    def __len__(self) -> int:
        return len(self._forms) + len(self._stems)

    def add(self, number: int, forms: Forms) -> None:
        """Let every form of name `number` be found."""
        packed: dict[int, int] = {}
        self._add_nouns(number, forms.nouns, packed)
        if self._spelled_out:
            self._add_nouns(number, _spell_out(forms.adjectives), packed)
            return
        for stem, tag in forms.adjectives.items():
            _put(self._stems, stem, packed.setdefault(tag, number << TAG_BITS | tag))
            if b" " in stem:
                tail, before = stem[stem.rindex(b" ") + 1 :], stem.count(b" ")
                self._tails[tail] = max(before, self._tails.get(tail, 0))
                self._stems.setdefault(tail, ())

    def _add_nouns(self, number: int, forms: dict[bytes, int], packed: dict[int, int]) -> None:
        table = self._forms
        for form, tag in forms.items():
            _put(table, form, packed.setdefault(tag, number << TAG_BITS | tag))
            if b" " not in form:
                self._words.add(form)
                continue
            head, follow = form[: form.index(b" ")], form.count(b" ")
            self._pairs.add(form if follow == 1 else form[: form.index(b" ", len(head) + 1)])
            if follow > self._heads.get(head, 0):
                self._heads[head] = follow
                table.setdefault(head, ())
                self._words.add(head)

    def hits(
        self, raw: bytes, low: bytes, words: Iterable[bytes], *, small: bool, lenient: bool = False
    ) -> list[Hit]:
        """Find every occurrence of every form.

        In small letters only unmistakable ones count, unless the whole text is `small`; `lenient` lets any
        form after a preposition count, and an adjective even where no direction, district or region follows.
        """
        known = self._words.intersection(words)
        found = list(self._nouns(raw, low, known, small=small, lenient=lenient)) if known else []
        if not self._stems:
            return found
        for match in _ADJECTIVE.finditer(low):
            start = low.rindex(b" ", 0, match.start()) + 1
            stem = low[start : match.end(1)]
            if stem in self._stems and (
                lenient
                or small
                or raw[start - 1] in _CAPITALS
                or _AREA.search(low, match.end(), match.end() + 60)
            ):
                found += self._adjectives(raw, low, start - 1, stem, match)
        return found

    def _nouns(
        self, raw: bytes, low: bytes, words: set[bytes], *, small: bool, lenient: bool
    ) -> Iterator[Hit]:
        for word in words:
            packed = self._forms[word]
            follow = self._heads.get(word, 0)
            bounded = b" " + word + b" "
            start = low.find(bounded)
            while start >= 0:
                loose = small or raw[start] in _CAPITALS or raw[start - 1 : start] == b"#"
                if loose or _small(packed) or (lenient and _led(low, start)):
                    entries = _unpack(packed)
                    if entries and entries[0][1] & LINKED:
                        entries = _unlinked(entries, raw, start + len(word))
                    if entries:
                        yield Hit(start, start + len(word), entries)
                if follow and self._begins(low, start, start + len(word)):
                    for form, end in _longer(raw, low, word, start + len(word), follow):
                        found = self._forms.get(form)
                        if found and (loose or _small(found) or not _CAPITALS.isdisjoint(raw[start:end])):
                            entries = _unpack(found)
                            if entries[0][1] & LINKED:
                                entries = _unlinked(entries, raw, end)
                            if entries:
                                yield Hit(start, end, entries)
                start = low.find(bounded, start + 1)

    def _begins(self, low: bytes, start: int, end: int) -> bool:
        """Whether the word and the one after it begin some form; two gaps in a row are left to a closer look."""
        if end + 2 >= len(low):
            return False
        if low[end + 2] == 32:
            return True
        return low[start + 1 : low.find(b" ", end + 2)] in self._pairs

    def _adjectives(
        self, raw: bytes, low: bytes, start: int, stem: bytes, match: re.Match[bytes]
    ) -> Iterator[Hit]:
        end = match.end(2) - 1
        linked = match[2] == _LINK
        if linked and not _linked(raw, end):
            return
        declined = _DECLINED.get(match[2], RU | UK)
        found = _unpack(self._stems[stem])
        for _ in range(1 + self._tails.get(stem, 0)):
            entries = tuple((number, tag | LINKED * linked) for number, tag in found if tag & declined)
            if entries:
                yield Hit(start, end, entries)
            before = _word_before(raw, low, start)
            if before is None:
                return
            stem = low[before + 1 : low.index(b" ", before + 1)] + b" " + stem
            start = before
            found = _unpack(self._stems.get(stem, ()))


def _linked(raw: bytes, end: int) -> bool:
    """Whether a hyphen follows, as in «покровсько-мирноградський»."""
    return raw[end : end + 1] in (b"-", b"\x96")


def _unlinked(entries: Entries, raw: bytes, end: int) -> Entries:
    """Leave out first parts of compound adjectives where no second part follows."""
    return entries if _linked(raw, end) else tuple(entry for entry in entries if not entry[1] & LINKED)


def _spell_out(stems: dict[bytes, int]) -> dict[bytes, int]:
    forms: dict[bytes, int] = {}
    for stem, tag in stems.items():
        for ending, languages in _DECLINED.items():
            if tag & languages:
                forms[stem + ending] = forms.get(stem + ending, 0) | tag
        forms[stem + _LINK] = tag | LINKED
    return forms


def _put(table: dict[bytes, Packed], form: bytes, entry: int) -> None:
    there = table.get(form)
    if there is None:
        table[form] = entry
    else:
        table[form] = (there, entry) if isinstance(there, int) else (*there, entry)


def _small(packed: Packed) -> bool:
    if isinstance(packed, int):
        return bool(packed & SMALL)
    return any(entry & SMALL for entry in packed)


def _unpack(packed: Packed) -> tuple[tuple[int, int], ...]:
    mask = (1 << TAG_BITS) - 1
    if isinstance(packed, int):
        return ((packed >> TAG_BITS, packed & mask),)
    return tuple((entry >> TAG_BITS, entry & mask) for entry in packed)


def _led(low: bytes, start: int) -> bool:
    """Whether a preposition stands right before."""
    return low[low.rfind(b" ", 0, start) + 1 : start] in _PREPOSITIONS


def _gap(raw: bytes, start: int, end: int) -> bool:
    """Whether nothing but a name's own gap stands at [start, end): no full stop, comma or empty line."""
    gap = raw[start:end]
    return 0 < end - start <= _LONGEST_GAP and _BETWEEN.issuperset(gap) and gap.count(b"\n") < 2


def _longer(raw: bytes, low: bytes, form: bytes, end: int, most: int) -> Iterator[tuple[bytes, int]]:
    """Grow a form by the words that follow it."""
    size = len(raw)
    for _ in range(most):
        at = end
        while at < size and low[at + 1] == 32:
            at += 1
        if at == size or not _gap(raw, end, at):
            return
        after = low.index(b" ", at + 1)
        form = form + b" " + low[at + 1 : after]
        end = after - 1
        yield form, end


def _word_before(raw: bytes, low: bytes, start: int) -> int | None:
    """Where the word before `start` begins, if only a name's own gap lies between."""
    at = start
    while at > 0 and low[at] == 32:
        at -= 1
    if low[at] == 32 or not _gap(raw, at, start):
        return None
    return low.rindex(b" ", 0, at)
