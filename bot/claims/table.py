"""The table of claims: kinds with their cues, and the marks that change what a claim says.

A team edits it as a TOML file; claims.toml, which comes with placewatch, explains it. Everything that is wrong
with a table is said with file, line, place and mending.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from bot.claims.notation import Pattern, Sort
from bot.errors import Mendable

LANGUAGES: Final = ("en", "uk", "ru")
_NUMBER: Final = "#"  # the key of rules that begin with a number


class TableError(Mendable):
    """The table can't be used as it is; the message names the file and the place, and says how to mend it."""


class Mark(StrEnum):
    """What a phrase beside a claim does to it, and how far it reaches."""

    NOT_BEFORE = "not.before"  # negates a cue at most three words after it, in its clause
    NOT_CLAUSE = "not.clause"  # negates everything in its clause
    DENIES = "not.denies"  # as above, and in the clause beside it that begins with "that"
    PLANNED_NEXT = "planned.next"  # stands right before the cue
    PLANNED_BEFORE = "planned.before"
    PLANNED_CLAUSE = "planned.clause"
    UNCONFIRMED = "unconfirmed.sentence"
    REPORTED = "reported.sentence"
    DONE = "done.clause"  # "managed to": an infinitive is no plan then
    ORDINARY = "ordinary.phrases"  # means something else: neither cue nor mark


class Role(StrEnum):
    """What a rule is for."""

    CUE = "cue"
    EXCEPT = "except"
    MARK = "mark"


class Rule(NamedTuple):
    """One cue, exception or mark of the table."""

    role: Role
    owner: str  # the kind, or the mark
    language: str  # "" for marks and exceptions
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of claim: its word for people, what speaks against it, and what it is recognised by."""

    key: str
    label: dict[str, str]  # by language: en, uk, ru
    contradicts: tuple[str, ...]
    cues: dict[str, tuple[str, ...]]  # by language, as written
    exceptions: tuple[str, ...]
    not_after: frozenset[str]  # a name right after one of these words is not what the claim is about


class Index(NamedTuple):
    """The rules by the first word that each needs."""

    exact: dict[str, tuple[Rule, ...]]
    stems: dict[str, tuple[Rule, ...]]
    longest: int  # letters of the longest stem


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table, ready to search with."""

    source: str  # for messages: the file's name
    kinds: dict[str, Kind]
    index: Index
    rules: tuple[Rule, ...]
    breaks: frozenset[str]  # words that begin a clause without a comma
    that: frozenset[str]  # words that begin a clause which says what was said
    this: frozenset[str]  # words that begin a clause about the clause before it
    endings: dict[str, tuple[str, ...]]  # of infinitives, by language

    def label(self, kind: str, language: str) -> str:
        """The word of a kind for people."""
        return self.kinds[kind].label[language]

    def contradict(self, one: str, other: str) -> bool:
        """Whether two kinds of claims about one place speak against each other, whichever of them says so."""
        return other in self.kinds[one].contradicts or one in self.kinds[other].contradicts


class Row(NamedTuple):
    """A line of the table as it is shown: a kind's name, cue words by language, and what contradicts it."""

    kind: str
    labels: str
    cues: dict[str, str]
    contradicts: str


def rows(table: Table) -> list[Row]:
    """The table for people, in its own order."""
    return [
        Row(
            kind.key,
            " · ".join(kind.label[language] for language in LANGUAGES),
            {language: "; ".join(kind.cues[language]) for language in LANGUAGES},
            ", ".join(kind.contradicts),
        )
        for kind in table.kinds.values()
    ]


def index_of(rules: Iterable[Rule]) -> Index:
    """Sort rules by the words that they begin with."""
    exact: dict[str, list[Rule]] = defaultdict(list)
    stems: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        first = rule.pattern.elements[0]
        if first.sort is Sort.NUMBER:
            stems[_NUMBER].append(rule)
        for word in first.exact:
            exact[word].append(rule)
        for stem in first.stems:
            stems[stem].append(rule)
    return Index(
        {word: tuple(found) for word, found in exact.items()},
        {stem: tuple(found) for stem, found in stems.items()},
        max(map(len, stems), default=0),
    )


def rules_for(index: Index, word: str) -> tuple[Rule, ...]:
    """The rules whose first word this may be."""
    found = list(index.exact.get(word, ()))
    for length in range(1, min(len(word), index.longest) + 1):
        found += index.stems.get(word[:length], ())
    if word.isdigit():
        found += index.stems.get(_NUMBER, ())
    # By identity: to hash a rule takes longer than all the rest.
    return tuple({id(rule): rule for rule in found}.values())
