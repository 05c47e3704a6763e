"""What is claimed in a text, and by which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.claims.judge import Claim, Hit, Judge
from bot.claims.notation import Element, Sort
from bot.claims.table import Mark, Role, Rule, Table, rules_for
from bot.claims.words import Sentence, Span, sentences_of


class Located(NamedTuple):
    """A claim and where it stands in its sentence."""

    claim: Claim
    first: int  # its first word
    last: int
    clause: int
    name: int | None


def find_claims(
    text: str, table: Table, spans: Sequence[Span] | None = None, names: Sequence[Span] | None = None
) -> tuple[Claim, ...]:
    """The claims of a text in their order; `spans` are its sentences, without them it is one.

    `names` are the spans of the places in it: only they are taken for PLACE. Without them any capitalised word
    is. Offsets are indices of `text`. Time grows with the length of the text only.
    """
    found = [
        located.claim
        for sentence in sentences_of(text, spans, names, table.breaks)
        for located in claims_in(sentence, text, table)
    ]
    return tuple(found)


def claims_in(sentence: Sentence, text: str, table: Table) -> list[Located]:
    """The claims of one sentence, in their order."""
    cues: list[Hit] = []
    exceptions: list[Hit] = []
    marks: list[Hit] = []
    for hit in _hits(sentence, table):
        (cues if hit.rule.role is Role.CUE else marks if hit.rule.role is Role.MARK else exceptions).append(
            hit
        )
    if not cues:
        return []
    chosen = _choose(cues, exceptions, [mark for mark in marks if mark.rule.owner == Mark.ORDINARY])
    judge = Judge(sentence, text, table, _longest(marks), chosen)
    return [
        Located(judge.claim(hit), hit.taken[0], hit.taken[-1], sentence.clause[hit.taken[0]], hit.name)
        for hit in chosen
    ]


def _hits(sentence: Sentence, table: Table) -> Iterator[Hit]:
    known: dict[tuple[str, str], list[Rule]] = {}
    limits = _clause_ends(sentence)
    pairs = zip(sentence.words, [*sentence.words[1:], ""], strict=False)
    for at, pair in enumerate(pairs):
        if pair not in known:
            known[pair] = [rule for rule in rules_for(table.index, pair[0]) if _may_go_on(rule, pair[1])]
        for rule in known[pair]:
            name = None
            if rule.pattern.after_place is not None:
                name = _name_before(sentence, at, rule.pattern.after_place)
                if name is None:
                    continue
            taken: list[int] = []
            slot = _walk(sentence, rule.pattern.elements, 0, at, limits[sentence.clause[at]], taken)
            if slot is not None:
                yield Hit(rule, tuple(taken), name if slot < 0 else slot)


def _may_go_on(rule: Rule, follower: str) -> bool:
    """Whether a word may follow a rule's first: spares most of the walks, on any text."""
    elements = rule.pattern.elements
    if len(elements) == 1 or elements[0].most > 1:
        return True
    second = elements[1]
    return second.sort is Sort.PLACE or not second.least or second.takes(follower)


def _clause_ends(sentence: Sentence) -> list[int]:
    ends: list[int] = []
    for at, clause in enumerate(sentence.clause):
        if clause == len(ends):
            ends.append(at + 1)
        else:
            ends[-1] = at + 1
    return ends


def _name_before(sentence: Sentence, at: int, gap: int) -> int | None:
    for last in range(at - 1, max(-1, at - 2 - gap), -1):
        if sentence.clause[last] != sentence.clause[at]:
            return None
        if last in sentence.name_until:
            return sentence.name_until[last]
    return None


def _walk(
    sentence: Sentence, elements: tuple[Element, ...], step: int, at: int, limit: int, taken: list[int]
) -> int | None:
    """Follow the elements from a word on, within its clause; the name in their PLACE, -1 where they have none."""
    if step == len(elements):
        return -1
    element = elements[step]
    if element.sort is Sort.PLACE:
        after = sentence.name_from.get(at)
        if after is None or after > limit or _walk(sentence, elements, step + 1, after, limit, taken) is None:
            return None
        return at
    if element.sort is Sort.GAP:
        following = elements[step + 1]
        for start in range(at, min(at + element.most + 1, limit)):
            # Where a word follows the gap, most starts are settled by looking at it.
            if following.sort is Sort.WORD and following.least and not following.takes(sentence.words[start]):
                continue
            slot = _walk(sentence, elements, step + 1, start, limit, taken)
            if slot is not None:
                return slot
        return None
    most = 0
    while most < element.most and at + most < limit and element.takes(sentence.words[at + most]):
        most += 1
    for count in range(most, element.least - 1, -1):
        before = len(taken)
        if element.most == 1:
            taken.extend(range(at, at + count))
        slot = _walk(sentence, elements, step + 1, at + count, limit, taken)
        if slot is not None:
            return slot
        del taken[before:]
    return None


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    """Of hits that share words only the longest, the first of equal ones."""
    occupied: set[int] = set()
    kept = []
    for hit in sorted(hits, key=lambda hit: -len(hit.taken)):
        if occupied.isdisjoint(hit.taken):
            occupied.update(hit.taken)
            kept.append(hit)
    return kept


def _choose(cues: list[Hit], exceptions: list[Hit], ordinary: list[Hit]) -> list[Hit]:
    """The cues that stand: none that an exception of its kind or an everyday phrase claims, the longest first."""
    nowhere = {at for hit in ordinary for at in hit.taken}
    spared: dict[str, set[int]] = defaultdict(set)
    for hit in exceptions:
        spared[hit.rule.owner].update(hit.taken)
    free = [
        hit for hit in cues if nowhere.isdisjoint(hit.taken) and spared[hit.rule.owner].isdisjoint(hit.taken)
    ]
    return sorted(_longest(free), key=lambda hit: hit.taken)
