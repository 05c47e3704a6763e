"""Whether a claim is asserted, denied, doubted or only planned, and who is said to say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from bot.claims.table import Mark, Rule, Table
from bot.claims.words import Sentence

NEAR: Final = 3  # words between a negation and its cue
_CONJUNCTIONS = frozenset({"и", "і", "й", "та", "and", "а"})


class Modality(StrEnum):
    """How a claim is made."""

    ASSERTED = "asserted"
    NEGATED = "negated"
    UNCONFIRMED = "unconfirmed"
    PLANNED = "planned"  # called for, planned, tried, possible: said not to be so yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim at `text[start:end]`, and why we think so. A reading aid: never shown without the quote."""

    kind: str  # the kind's key in the table
    start: int
    end: int
    cue: str  # as written
    modality: Modality
    reported: bool  # attributed to somebody else, or unconfirmed
    why: str  # for people: the table's cue, and what changed the meaning

    @property
    def negated(self) -> bool:
        """Whether the text says that it is not so."""
        return self.modality is Modality.NEGATED


class Hit(NamedTuple):
    """Where a rule was found in a sentence, in numbers of words."""

    rule: Rule
    taken: tuple[int, ...]  # the words that it names itself, without gaps and names
    name: int | None  # first word of the name in its PLACE


class Judge:
    """Reads the marks of one sentence for each of its cues."""

    def __init__(
        self, sentence: Sentence, text: str, table: Table, marks: Sequence[Hit], cues: Sequence[Hit]
    ) -> None:
        self._sentence, self._text, self._table = sentence, text, table
        self._beginnings = sentence.firsts()
        self._cue_words = {at for hit in cues for at in hit.taken}
        self._by_last: dict[int, Hit] = {}
        self._by_clause: dict[tuple[str, int], list[Hit]] = defaultdict(list)
        self._by_owner: dict[str, list[Hit]] = defaultdict(list)
        for mark in marks:
            self._by_last[mark.taken[-1]] = mark
            self._by_clause[mark.rule.owner, sentence.clause[mark.taken[0]]].append(mark)
            self._by_owner[mark.rule.owner].append(mark)

    def claim(self, hit: Hit) -> Claim:
        """What a cue says, with everything in its sentence that changes it."""
        start, end = self._sentence.starts[hit.taken[0]], self._sentence.ends[hit.taken[-1]]
        modality, reason = self._modality(hit)
        source = _other(self._by_owner[Mark.REPORTED], hit)
        why = f"“{hit.rule.pattern.written}” of {hit.rule.owner} ({hit.rule.language})"
        if reason:
            why += f"; {modality} by {reason}"
        if source:
            why += f"; reported: {self._quoted(source)}"
        return Claim(
            kind=hit.rule.owner,
            start=start,
            end=end,
            cue=self._text[start:end],
            modality=modality,
            reported=source is not None or modality is Modality.UNCONFIRMED,
            why=why,
        )

    def _modality(self, hit: Hit) -> tuple[Modality, str]:
        """The strongest of what is found: a denial outweighs a doubt, a doubt a plan."""
        if negation := self._negation(hit):
            return Modality.NEGATED, self._quoted(negation)
        if doubt := _other(self._by_owner[Mark.UNCONFIRMED], hit):
            return Modality.UNCONFIRMED, self._quoted(doubt)
        if self._sentence.question:
            return Modality.UNCONFIRMED, "the question mark"
        if plan := self._plan(hit):
            return Modality.PLANNED, self._quoted(plan)
        word = self._sentence.words[hit.taken[0]]
        done = self._by_clause.get((Mark.DONE, self._sentence.clause[hit.taken[0]]))
        if not done and word.endswith(self._table.endings[hit.rule.language]):
            return Modality.PLANNED, f"the infinitive “{word}”"
        return Modality.ASSERTED, ""

    def _negation(self, hit: Hit) -> Hit | None:
        clause = self._sentence.clause[hit.taken[0]]
        near = self._before(hit, Mark.NOT_BEFORE) or self._in_clause(hit, Mark.NOT_CLAUSE, clause)
        if near:
            return near
        reach = [clause]
        following = clause + 1 < len(self._beginnings)
        if self._beginnings[clause] in self._table.that:
            reach += [clause - 1, clause + 1]
        elif following and self._beginnings[clause + 1] in self._table.this:
            reach.append(clause + 1)
        return next((found for c in reach if (found := self._in_clause(hit, Mark.DENIES, c))), None)

    def _plan(self, hit: Hit) -> Hit | None:
        right_before = self._by_last.get(hit.taken[0] - 1)
        if right_before and right_before.rule.owner == Mark.PLANNED_NEXT:
            return right_before
        clause = self._sentence.clause[hit.taken[0]]
        return self._before(hit, Mark.PLANNED_BEFORE) or self._in_clause(hit, Mark.PLANNED_CLAUSE, clause)

    def _before(self, hit: Hit, owner: Mark) -> Hit | None:
        """The nearest mark of a sort before a cue or between its words, unless it belongs to another cue."""
        clause = self._sentence.clause[hit.taken[0]]
        other = joined = False
        for at in range(hit.taken[-1] - 1, max(-1, hit.taken[0] - 2 - NEAR), -1):
            if at in hit.taken:
                continue
            if self._sentence.clause[at] != clause:
                return None
            mark = self._by_last.get(at)
            if mark and mark.rule.owner == owner:
                return mark
            other = other or at in self._cue_words
            joined = joined or self._sentence.words[at] in _CONJUNCTIONS
            if other and joined:
                return None
        return None

    def _in_clause(self, hit: Hit, owner: Mark, clause: int) -> Hit | None:
        return _other(self._by_clause.get((owner, clause), ()), hit)

    def _quoted(self, mark: Hit) -> str:
        start, end = self._sentence.starts[mark.taken[0]], self._sentence.ends[mark.taken[-1]]
        return f"“{self._text[start:end]}”"


def _other(marks: Sequence[Hit], hit: Hit) -> Hit | None:
    """The first mark that says more than the words of the cue itself."""
    return next((mark for mark in marks if not set(mark.taken) <= set(hit.taken)), None)
