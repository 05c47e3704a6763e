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
    known: dict[str, tuple[Rule, ...]] = {}
    limits = _clause_ends(sentence)
    for at, word in enumerate(sentence.words):
        if word not in known:
            known[word] = rules_for(table.index, word)
        for rule in known[word]:
            name = None
            if rule.pattern.after_place is not None:
                name = _name_before(sentence, at, rule.pattern.after_place)
                if name is None:
                    continue
            taken: list[int] = []
            slot = _walk(sentence, rule.pattern.elements, at, limits[sentence.clause[at]], taken)
            if slot is not None:
                yield Hit(rule, tuple(taken), name if slot < 0 else slot)


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
    sentence: Sentence, elements: tuple[Element, ...], at: int, limit: int, taken: list[int]
) -> int | None:
    """Follow the elements from a word on, within its clause; give the name in their PLACE, -1 where they have none."""
    if not elements:
        return -1
    element, rest = elements[0], elements[1:]
    if element.sort is Sort.PLACE:
        after = sentence.name_from.get(at)
        if after is None or after > limit or _walk(sentence, rest, after, limit, taken) is None:
            return None
        return at
    most = 0
    while most < element.most and at + most < limit and element.takes(sentence.words[at + most]):
        most += 1
    counts = (
        range(element.least, most + 1) if element.sort is Sort.GAP else range(most, element.least - 1, -1)
    )
    for count in counts:
        before = len(taken)
        if element.sort is not Sort.GAP and element.most == 1:
            taken.extend(range(at, at + count))
        slot = _walk(sentence, rest, at + count, limit, taken)
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
