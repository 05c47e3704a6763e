"""All forms of all names in one look-up table, and the words of a post looked up in it.

A scan in native code (`scan.py`) says which words may be places; everything else happens only there. No word
hides another: each is looked up on its own, and a name of several words is tried wherever its first word
stands. Adjectives («-ськ-», «-ск-» and an ending) are looked up by their stem, which keeps the table to a third.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from bot.places import cues, russian_adjectives, ukrainian_adjectives
from bot.places.cases import LINKED, RU, SMALL, TAG_BITS, UK
from bot.places.forms import Forms
from bot.places.scan import ADJECTIVE, Scan, scanner

# What may stand between the words of one name: spaces, one line end, hyphens, markdown's stars.
_BETWEEN = frozenset(b" \t\r\n\xa0-\x96\x97*_~")
_LONGEST_GAP = 3
_CAPITALS = frozenset(code for code in range(256) if bytes([code]).decode("cp1251", "replace").isupper())
_AREA = re.compile(
    "напрям|направл|район|громад|общин|област|обл |участ|ділян|фронт| край|рва |ова ".encode("cp1251")
)
_DECLINED = {
    ending.encode("cp1251"): RU * (ending in russian_adjectives.ADJECTIVE_ENDINGS)
    | UK * (ending in ukrainian_adjectives.ADJECTIVE_ENDINGS)
    for ending in {*russian_adjectives.ADJECTIVE_ENDINGS, *ukrainian_adjectives.ADJECTIVE_ENDINGS}
}
_PREPOSITIONS = frozenset(word.encode("cp1251") for word in cues.LOCATIVE | cues.OTHER_PREPOSITIONS)
_LINK = "о".encode("cp1251")
_K = "к".encode("cp1251")[0]  # in every stem of an adjective
_TAG = (1 << TAG_BITS) - 1

Entries = tuple[tuple[int, int], ...]  # (number of a name, tag)
Packed = int | tuple[int, ...]  # number of a name << TAG_BITS | tag
Scanner = Callable[[Mapping[bytes, Packed], Mapping[bytes, Packed]], Scan]


def is_capital(code: int) -> bool:
    """Whether a byte of a reading is a capital letter."""
    return code in _CAPITALS


class Hit(NamedTuple):
    """A known form at a span of a reading; each entry is (number of the name, tag)."""

    start: int
    end: int
    entries: Entries


class Index:
    """Forms of names, found in time that hardly grows with their number.

    Never changed once built: a later index answers beside the ones before it, so adding a place never
    builds them again.
    """

    __slots__ = ("_heads", "_pairs", "_phrases", "_scan", "_stems", "_tails", "_words")

    def __init__(self, numbered: Iterable[tuple[int, Forms]], scanner: Scanner = scanner) -> None:
        """Let every form of each numbered name be found."""
        self._words: dict[bytes, Packed] = {}  # a word that only begins longer forms leads to ()
        self._phrases: dict[bytes, Packed] = {}  # forms of several words
        self._heads: dict[bytes, int] = {}  # first word -> how many words may follow it
        self._pairs: set[bytes] = set()  # the first two words of forms of three and more
        self._stems: dict[bytes, Packed] = {}  # of adjectives; a last word of longer stems alone leads to ()
        self._tails: dict[bytes, int] = {}  # last word of a stem -> how many words may stand before it
        for number, forms in numbered:
            self._add(number, forms)
        self._scan = scanner(self._words, self._stems)

    def __len__(self) -> int:
        return len(self._words) + len(self._phrases) + len(self._stems)

    def _add(self, number: int, forms: Forms) -> None:
        shared = {
            tag: number << TAG_BITS | tag for tag in {*forms.nouns.values(), *forms.adjectives.values()}
        }
        words, phrases, heads = self._words, self._phrases, self._heads
        for form, tag in forms.nouns.items():
            entry = shared[tag]
            follow = form.count(b" ")
            table = phrases if follow else words
            there = table.setdefault(form, entry)
            if there is not entry:
                table[form] = (there, entry) if isinstance(there, int) else (*there, entry)
            if follow:
                head = form[: form.index(b" ")]
                if follow > 1:
                    self._pairs.add(form[: form.index(b" ", len(head) + 1)])
                if follow > heads.get(head, 0):
                    heads[head] = follow
                    words.setdefault(head, ())
        for stem, tag in forms.adjectives.items():
            entry = shared[tag]
            there = self._stems.setdefault(stem, entry)
            if there is not entry:
                self._stems[stem] = (there, entry) if isinstance(there, int) else (*there, entry)
            if b" " in stem:
                tail, before = stem[stem.rindex(b" ") + 1 :], stem.count(b" ")
                self._tails[tail] = max(before, self._tails.get(tail, 0))
                self._stems.setdefault(tail, ())

    def hits(self, raw: bytes, low: bytes, *, small: bool, lenient: bool = False) -> list[Hit]:
        """Find every occurrence of every form.

        In small letters only unmistakable ones count, unless the whole text is `small`; `lenient` lets any
        form after a preposition count, and an adjective even where no direction, district or region follows.
        """
        found: list[Hit] = []
        table, stems = self._words, self._stems
        for start in self._scan(low):
            end = low.index(b" ", start + 1)
            word = low[start + 1 : end]
            capital = small or raw[start] in _CAPITALS
            packed = table.get(word)
            if packed is not None:
                loose = capital or raw[start - 1 : start] == b"#"
                if packed and (loose or _small(packed) or (lenient and _led(low, start))):
                    found.append(Hit(start, end - 1, _unpack(packed)))
                if word in self._heads:
                    found += self._longer(raw, low, start, end - 1, loose=loose)
            if stems and _K in word:
                match = ADJECTIVE.search(low, start, end + 1)
                if not match or (stem := low[start + 1 : match.end(1)]) not in stems:
                    continue
                if lenient or capital or _AREA.search(low, match.end(), match.end() + 60):
                    found += self._adjectives(raw, low, start, stem, match)
        return found

    def _longer(self, raw: bytes, low: bytes, start: int, end: int, *, loose: bool) -> Iterator[Hit]:
        """Find the forms of several words that begin with the word at a span."""
        if not self._begins(low, start, end):
            return
        word = low[start + 1 : end + 1]
        for form, last in _grown(raw, low, word, end, self._heads[word]):
            packed = self._phrases.get(form)
            if packed and (loose or _small(packed) or not _CAPITALS.isdisjoint(raw[start:last])):
                yield Hit(start, last, _unpack(packed))

    def _begins(self, low: bytes, start: int, end: int) -> bool:
        """Whether the word and the one after it begin some form; two gaps in a row are left to a closer look."""
        if end + 2 >= len(low):
            return False
        if low[end + 2] == 32:
            return True
        pair = low[start + 1 : low.find(b" ", end + 2)]
        return pair in self._phrases or pair in self._pairs

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


def _small(packed: Packed) -> bool:
    if isinstance(packed, int):
        return bool(packed & SMALL)
    return any(entry & SMALL for entry in packed)


def _unpack(packed: Packed) -> Entries:
    if isinstance(packed, int):
        return ((packed >> TAG_BITS, packed & _TAG),)
    return tuple((entry >> TAG_BITS, entry & _TAG) for entry in packed)


def _led(low: bytes, start: int) -> bool:
    """Whether a preposition stands right before."""
    return low[low.rfind(b" ", 0, start) + 1 : start] in _PREPOSITIONS


def _gap(raw: bytes, start: int, end: int) -> bool:
    """Whether nothing but a name's own gap stands at [start, end): no full stop, comma or empty line."""
    gap = raw[start:end]
    return 0 < end - start <= _LONGEST_GAP and _BETWEEN.issuperset(gap) and gap.count(b"\n") < 2


def _grown(raw: bytes, low: bytes, form: bytes, end: int, most: int) -> Iterator[tuple[bytes, int]]:
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
