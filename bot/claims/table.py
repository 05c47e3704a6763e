"""The table of claims: kinds with their cues, and the marks that change what a claim says.

A team edits it as a TOML file; claims.toml, which comes with placewatch, explains it. Everything that is wrong
with a table is said with file, line, place and mending.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bot.claims.notation import Element, Fault, Pattern, Sort, pattern, word_list
from bot.errors import Mendable

LANGUAGES: Final = ("en", "uk", "ru")
_KIND: Final = ("label", *LANGUAGES, "except", "contradicts", "not_after")
_CLAUSES: Final = ("begin", "that", "this", *(f"infinitive_endings_{language}" for language in LANGUAGES))


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


def parse(text: str, source: str) -> Table:
    """Read a table; a TableError names `source`, the line and the key, and says how to mend it."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(
            f"{source}: not readable as TOML: {error}. "
            'Each cue stands in quotation marks with a comma after it: "взят под контроль",'
        ) from None
    return _Reader(text, source).table(raw)


class _Reader:
    """Reads one file; remembers its text to say on which line something is wrong."""

    def __init__(self, text: str, source: str) -> None:
        self._lines = text.splitlines()
        self._source = source
        self._lists: dict[str, Element] = {}

    def table(self, raw: dict[str, Any]) -> Table:
        known = {"lists", "clauses", "kinds", *(mark.value.partition(".")[0] for mark in Mark)}
        for name in raw:
            if name not in known:
                hint = f"; a kind of claim is written [kinds.{name}]" if isinstance(raw[name], dict) else ""
                raise self._error(name, f"there is no such part{hint}")
        self._read_lists(self._section(raw, "lists", "lists"))
        clauses = self._section(raw, "clauses", "clauses")
        kinds = {key: self._kind(key, raw["kinds"]) for key in self._section(raw, "kinds", "kinds")}
        if not kinds:
            raise self._error(
                "kinds", "there are no kinds of claims; write at least one, as [kinds.captured]"
            )
        for kind in kinds.values():
            for other in kind.contradicts:
                if other not in kinds:
                    raise self._error(
                        f"kinds.{kind.key}",
                        f"contradicts “{other}”, which is no kind of this table; there are: {', '.join(kinds)}",
                        other,
                    )
        self._known(clauses, "clauses", _CLAUSES)
        rules = [*self._kind_rules(kinds), *self._mark_rules(raw)]
        return Table(
            source=self._source,
            kinds=kinds,
            index=_index(rules),
            rules=tuple(rules),
            breaks=frozenset(self._words(clauses, "clauses", "begin")),
            that=frozenset(self._words(clauses, "clauses", "that")),
            this=frozenset(self._words(clauses, "clauses", "this")),
            endings={
                language: tuple(self._words(clauses, "clauses", f"infinitive_endings_{language}"))
                for language in LANGUAGES
            },
        )

    def _read_lists(self, raw: dict[str, Any]) -> None:
        for name in raw:
            entries = self._strings(raw, "lists", name)
            if not entries:
                raise self._error("lists", f"{name} is empty; write words into it or delete it", name)
            try:
                self._lists[name] = word_list(entries)
            except Fault as fault:
                raise self._error("lists", f"{name}: {fault}", name) from None

    def _kind(self, key: str, kinds: dict[str, Any]) -> Kind:
        where = f"kinds.{key}"
        raw = self._section(kinds, key, where)
        self._known(raw, where, _KIND)
        label = raw.get("label")
        if not isinstance(label, dict) or any(
            not isinstance(label.get(language), str) or not label[language].strip() for language in LANGUAGES
        ):
            raise self._error(
                where,
                'label needs a word in each language: label = { en = "…", uk = "…", ru = "…" }',
                "label",
            )
        cues = {language: tuple(self._strings(raw, where, language)) for language in LANGUAGES}
        if not any(cues.values()):
            raise self._error(where, 'has no cue words; write some, as en = ["captured PLACE"], or delete it')
        return Kind(
            key=key,
            label={language: label[language].strip() for language in LANGUAGES},
            contradicts=tuple(self._strings(raw, where, "contradicts")),
            cues=cues,
            exceptions=tuple(self._strings(raw, where, "except")),
            not_after=frozenset(self._words(raw, where, "not_after")),
        )

    def _kind_rules(self, kinds: dict[str, Kind]) -> list[Rule]:
        rules = []
        for kind in kinds.values():
            where = f"kinds.{kind.key}"
            for language in LANGUAGES:
                rules += [
                    Rule(Role.CUE, kind.key, language, self._pattern(cue, where))
                    for cue in kind.cues[language]
                ]
            rules += [
                Rule(Role.EXCEPT, kind.key, "", self._pattern(phrase, where)) for phrase in kind.exceptions
            ]
        return rules

    def _mark_rules(self, raw: dict[str, Any]) -> list[Rule]:
        rules = []
        for section in dict.fromkeys(mark.value.partition(".")[0] for mark in Mark):
            keys = self._section(raw, section, section)
            reaches = {mark.value.partition(".")[2]: mark for mark in Mark if mark.startswith(f"{section}.")}
            self._known(keys, section, reaches)
            for key in keys:
                rules += [
                    Rule(Role.MARK, reaches[key], "", self._pattern(phrase, section))
                    for phrase in self._strings(keys, section, key)
                ]
        return rules

    def _known(self, raw: dict[str, Any], where: str, known: Iterable[str]) -> None:
        for key in raw:
            if key not in known:
                raise self._error(where, f"there is no key “{key}” here; known are {', '.join(known)}", key)

    def _pattern(self, written: str, where: str) -> Pattern:
        try:
            return pattern(written, self._lists)
        except Fault as fault:
            raise self._error(where, str(fault), f'"{written}"') from None

    def _section(self, raw: dict[str, Any], key: str, where: str) -> dict[str, Any]:
        value = raw.get(key, {})
        if not isinstance(value, dict):
            raise self._error(where, f"must be a part of its own, begun by a line [{where}]", key)
        return value

    def _words(self, raw: dict[str, Any], where: str, key: str) -> list[str]:
        words = self._strings(raw, where, key)
        for word in words:
            try:
                element = word_list([word])
            except Fault as fault:
                raise self._error(where, f"{key}: {fault}", f'"{word}"') from None
            if element.stems or len(element.exact) != 1:
                raise self._error(
                    where, f"{key}: “{word}” must be one plain word, without * and (/)", f'"{word}"'
                )
        return [next(iter(word_list([word]).exact)) for word in words]

    def _strings(self, raw: dict[str, Any], where: str, key: str) -> list[str]:
        value = raw.get(key, [])
        if not isinstance(value, list) or any(not isinstance(entry, str) for entry in value):
            raise self._error(
                where, f'{key} must be a list of texts in quotation marks: {key} = ["…", "…"]', key
            )
        return value

    def _error(self, where: str, problem: str, needle: str = "") -> TableError:
        line = self._line(where, needle)
        return TableError(f"{self._source}{f', line {line}' if line else ''}: [{where}] {problem}.")

    def _line(self, where: str, needle: str) -> int | None:
        """The line of the needle below the header of its part, else of the header, counted from 1."""
        header = next(
            (n for n, line in enumerate(self._lines, 1) if line.strip().startswith(f"[{where}]")), None
        )
        if needle:
            below = list(enumerate(self._lines, 1))[header or 0 :]
            begun = (number for number, line in below if line.strip().startswith(needle))
            inside = (number for number, line in below if needle in line)
            return next(begun, None) or next(inside, header)
        return header


def _index(rules: list[Rule]) -> Index:
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


_NUMBER = "#"


def rules_for(index: Index, word: str) -> tuple[Rule, ...]:
    """The rules whose first word this may be."""
    found = list(index.exact.get(word, ()))
    for length in range(1, min(len(word), index.longest) + 1):
        found += index.stems.get(word[:length], ())
    if word.isdigit():
        found += index.stems.get(_NUMBER, ())
    return tuple(dict.fromkeys(found))
