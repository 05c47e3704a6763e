"""Whether two posts are one statement. The words that matter decide, not the share of words.

Two texts in the same words, or nearly, are a copy only where nothing that tells differs in the gaps between
what they share: a number, a name, a negation, a direction, a day, a weapon, dead or hurt, taken or left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.alerts.stories import lexicon
from bot.alerts.stories.align import Gap, gaps
from bot.alerts.stories.fingerprint import Fingerprint, fingerprint
from bot.alerts.stories.names import same_name, same_word
from bot.alerts.stories.wording import MAYBE, NAME, START

FEW = 8  # content words: below it two equal texts are two reports («Взрывы в Харькове»), unless forwarded
_SHARED = 0.75  # of the shorter text's words, in order
_GROWN = 3  # a later text of more than so many times the length says mostly new things
_SLOT = 3  # words that fit where a template has its place or number
# The same words again are another event after this long: air-raid alerts, curfews, minutes of silence.
_REACH = ((16, timedelta(hours=1)), (24, timedelta(hours=6)))  # below so many content words
_WINDOW = timedelta(days=7)


class Kind(StrEnum):
    """What a later post is to an earlier one."""

    SAME = "same text"
    COPY = "copy"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are: `score` is the share of the shorter one's words found in the other, in order."""

    kind: Kind
    score: float
    reason: str  # for people

    @property
    def joins(self) -> bool:
        """Whether the two are one statement."""
        return self.kind is not Kind.DIFFERENT


def reach(text: Fingerprint) -> timedelta:
    """How far apart in time two posts may be and still be one statement: the shorter, the nearer."""
    return next((apart for below, apart in _REACH if text.content < below), _WINDOW)


def compare(earlier: Fingerprint | str, later: Fingerprint | str) -> Likeness:
    """Tell whether the later text repeats the earlier one, and why.

    A later text that is a part of the earlier one is a copy whatever it leaves out; a later text may add up to
    twice what there was. Below `FEW` content words nothing is a copy.
    """
    a = fingerprint(earlier) if isinstance(earlier, str) else earlier
    b = fingerprint(later) if isinstance(later, str) else later
    if min(a.content, b.content) < FEW:
        return Likeness(
            Kind.DIFFERENT, float(a.exact == b.exact), "too few words to tell a copy from a second report"
        )
    if a.exact == b.exact:
        return Likeness(Kind.SAME, 1.0, "the same words")
    between = [_slid(gap, a, b) for gap in gaps(a.words, b.words)]
    retyped = sum(_retyped(gap, a, b) for gap in between)
    shared = len(a.words) - sum(gap.a_end - gap.a for gap in between) + retyped
    shorter = min(len(a.words), len(b.words))
    score = shared / shorter
    told = f"{shared} of {shorter} words the same, in order"
    if score < _SHARED:
        return Likeness(Kind.DIFFERENT, score, f"only {told}")
    for gap in between:
        if objection := _objection(gap, a, b):
            return Likeness(Kind.DIFFERENT, score, f"{told}, but {objection}")
    if len(b.words) > _GROWN * len(a.words):
        return Likeness(Kind.DIFFERENT, score, f"{told}, but most of the later text is new")
    return Likeness(Kind.COPY, score, told)


def _slid(gap: Gap, a: Fingerprint, b: Fingerprint) -> Gap:
    """Move a gap of one text along equal words to where a whole sentence is left out, if it can be."""
    if gap.b == gap.b_end:
        shift = _shift(a, gap.a, gap.a_end)
    elif gap.a == gap.a_end:
        shift = _shift(b, gap.b, gap.b_end)
    else:
        return gap
    return Gap(gap.a + shift, gap.a_end + shift, gap.b + shift, gap.b_end + shift)


def _shift(text: Fingerprint, begin: int, end: int) -> int:
    words = text.words
    if _whole(text, begin, end):
        return 0
    back = 0
    while begin + back > 0 and words[begin + back - 1] == words[end + back - 1]:
        back -= 1
        if _whole(text, begin + back, end + back):
            return back
    on = 0
    while end + on < len(words) and words[begin + on] == words[end + on]:
        on += 1
        if _whole(text, begin + on, end + on):
            return on
    return 0


def _whole(text: Fingerprint, begin: int, end: int) -> bool:
    """Whether [begin, end) is whole sentences."""
    return bool(text.marks[begin] & START) and (end == len(text.words) or bool(text.marks[end] & START))


def _retyped(gap: Gap, a: Fingerprint, b: Fingerprint) -> int:
    """How many words of the gap are the other's with a slip of the hand or another ending."""
    if gap.a_end - gap.a != gap.b_end - gap.b:
        return 0
    pairs = zip(a.words[gap.a : gap.a_end], b.words[gap.b : gap.b_end], strict=True)
    return sum(same_word(one, other) for one, other in pairs)


class _Side:
    """The telling words of one side of a gap."""

    __slots__ = ("figures", "names", "negations", "opposed", "size", "sure", "words")

    def __init__(self, text: Fingerprint, begin: int, end: int) -> None:
        self.words = text.words[begin:end]
        self.size = end - begin
        self.figures = [figure for word in self.words if (figure := lexicon.figure(word))]
        self.negations = [word for word in self.words if lexicon.negates(word)]
        self.opposed: dict[str, set[str]] = {}
        self.sure: list[str] = []
        self.names: list[str] = []
        quoting = any(lexicon.quotes(word) for word in self.words)
        for word, mark in zip(self.words, text.marks[begin:end], strict=True):
            if found := lexicon.opposed(word):
                self.opposed.setdefault(found[0], set()).add(found[1])
            if lexicon.dates_or_nation(word) or lexicon.speaks(word):
                continue
            if mark & NAME:
                self.sure.append(word)
                self.names.append(word)
            elif mark & MAYBE and not quoting and not found:
                self.names.append(word)


def _objection(gap: Gap, a: Fingerprint, b: Fingerprint) -> str | None:
    """What in this gap makes the two another statement; None where nothing does."""
    one, other = _Side(a, gap.a, gap.a_end), _Side(b, gap.b, gap.b_end)
    for side, opposite in ((one, other), (other, one)):
        denial = next((word for word in side.words if lexicon.denies(word)), None)
        if denial and not any(lexicon.denies(word) for word in opposite.words):
            return f"only one of them says «{denial}»"
    opening = gap.a == 0 and gap.b == 0
    ending = gap.a_end == len(a.words) and gap.b_end == len(b.words)
    if one.size and other.size:
        whole = _whole(a, gap.a, gap.a_end) and _whole(b, gap.b, gap.b_end)
        # Sentences of their own rather than a slot: a first word's capital tells nothing.
        if whole and (max if ending else min)(one.size, other.size) > 1:
            one.names, other.names = one.sure, other.sure
        return _replaced(one, other, edge=opening or ending)
    if one.size:
        return _added(one, a, gap.a, gap.a_end, b, opening=opening, ending=ending)
    return _added(other, b, gap.b, gap.b_end, a, opening=opening, ending=ending)


def _added(
    side: _Side, text: Fingerprint, begin: int, end: int, other: Fingerprint, *, opening: bool, ending: bool
) -> str | None:
    """What is said in one text only. Whole sentences may be; an opening may; so may the rest of one cut short."""
    if _whole(text, begin, end) or (ending and text.marks[begin] & START):
        return None
    if (opening or ending) and side.size > _SLOT:
        return None
    if side.negations:
        return f"only one of them says «{side.negations[0]}»"
    if opening:
        return None
    if side.figures:
        return f"only one of them has the number {side.figures[0]}"
    known = set(other.words)
    new = [word for word in side.sure if word not in known]
    return f"only one of them names «{new[0]}»" if new else None


def _replaced(one: _Side, other: _Side, *, edge: bool) -> str | None:
    """What stands in the place of other words."""
    if one.figures != other.figures:
        return f"another number: {_listed(one.figures)} / {_listed(other.figures)}"
    if len(one.negations) != len(other.negations):
        return f"only one of them says «{(one.negations + other.negations)[0]}»"
    if turned := _turned(one.words, other.words):
        return turned
    if one.names and other.names:
        if not _same_names(one.names, other.names):
            return f"another name: {_listed(one.names)} / {_listed(other.names)}"
    elif (one.sure or other.sure) and not edge:
        return f"only one of them names «{(one.sure or other.sure)[0]}»"
    return _contrary(one, other)


def _contrary(one: _Side, other: _Side) -> str | None:
    for kind in one.opposed.keys() | other.opposed.keys():
        mine, theirs = one.opposed.get(kind, set()), other.opposed.get(kind, set())
        slot = max(one.size, other.size) <= _SLOT
        if mine and theirs and not mine & theirs and (slot or kind != "where"):
            return f"{_listed(sorted(mine))} in one, {_listed(sorted(theirs))} in the other"
        if slot and not (mine and theirs) and any((kind, group) in lexicon.HEAVY for group in mine | theirs):
            return f"«{' '.join(one.words)}» / «{' '.join(other.words)}»"
    return None


def _turned(one: Iterable[str], other: Iterable[str]) -> str | None:
    """A word on one side that is the other's with a "not" before it: «известно», «неизвестно»."""
    for mine in one:
        for theirs in other:
            short, long = sorted((mine, theirs), key=len)
            if any(long.startswith(no + short[:5]) for no in ("не", "un", "in", "dis")) and len(short) > 4:
                return f"«{mine}» / «{theirs}»"
    return None


def _same_names(one: list[str], other: list[str]) -> bool:
    return len(one) == len(other) and all(
        same_name(mine, theirs) for mine, theirs in zip(one, other, strict=True)
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
