"""A table read from TOML: whatever is wrong with it is said with its line and its mending."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any, Final

from bot.claims.notation import Element, Fault, Pattern, pattern, word_list
from bot.claims.table import LANGUAGES, Kind, Mark, Role, Rule, Table, TableError, index_of

_KIND: Final = ("label", *LANGUAGES, "except", "contradicts", "not_after")
_CLAUSES: Final = ("begin", "that", "this", *(f"infinitive_endings_{language}" for language in LANGUAGES))


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
            index=index_of(rules),
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
