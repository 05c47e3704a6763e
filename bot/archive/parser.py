"""Reading a query as people type it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Final

from bot.archive.query import (
    CHOICES,
    FIELDS,
    Either,
    Every,
    Filter,
    Node,
    Phrase,
    Query,
    QueryError,
    Word,
    leaves,
)
from bot.languages import N_, NN_, Said
from storage.folding import words

LONGEST: Final = 2000  # characters of a query
_DEEPEST: Final = 20  # groups within groups
_MOST_WORDS: Final = 64

_ONCE: Final = frozenset(["from", "to", "sort"])
_DASHES: Final = "-−–"
_QUOTES: Final = {'"': '"', "«": "»", "“": "”", "„": "“"}
_FIELD = re.compile(r"([A-Za-z]{2,12}):(?!//)")
_WORD = re.compile(r"[^\s()\"«»“„”]+")
_OR: Final = frozenset(["OR", "|", "АБО", "ИЛИ"])
_AND: Final = frozenset(["AND", "&"])
_COMPOUND = re.compile(
    r"[^\W\d_][^\W_]*(?:['’ʼ`´′][^\W_]+)*(?:[-‐‑][^\W_]+(?:['’ʼ`´′][^\W_]+)*)+\W*"
)  # Нью-Йорк
_VALUE = re.compile(r"[^\s,()]+")
_BESIDE_OR: Final = {
    "nothing": N_("something must stand on both sides of OR; in lower case it is a word"),
    "field": N_("a field can't stand beside OR; give several values with commas: place:Pokrovsk,Lyman"),
    "minus": N_("a minus can't stand beside OR; write it before or after: -exercise (shelling OR strike)"),
}


def parse(query: str) -> Query:
    """Read a query; QueryError says where it broke and what may have been meant."""
    if len(query) > LONGEST:
        raise QueryError(
            query,
            LONGEST,
            NN_("it is longer than {number:,} character", "it is longer than {number:,} characters"),
            number=LONGEST,
        )
    reader = _Reader(query)
    text = reader.all(depth=0)
    if reader.at < len(query):
        raise QueryError(query, reader.at, N_("this bracket closes nothing; take it away, or open it before"))
    if sum(1 for _ in leaves(text)) > _MOST_WORDS:
        raise QueryError(
            query,
            0,
            NN_(
                "it has more than {number} word; leave some out",
                "it has more than {number} words; leave some out",
            ),
            number=_MOST_WORDS,
        )
    return Query(text, tuple(reader.filters), query)


class _Terms:
    """The terms of one level, as they are read."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._wanted: list[Node] = []
        self._unwanted: list[Node] = []
        self._joining: int | None = None  # where an OR waits for what follows it
        self._before: str = "nothing"  # what has just been read: a term, a field, a minus, or nothing

    def join(self, at: int) -> None:
        """An OR stands at `at`."""
        if self._before != "term":
            raise QueryError(self._query, at, _BESIDE_OR[self._before])
        self._joining = at
        self._before = "nothing"

    def add(self, node: Node | None, at: int, *, negated: bool) -> None:
        """A term, or a field where `node` is None."""
        self._before = "field" if node is None else "minus" if negated else "term"
        if self._joining is not None and self._before != "term":
            raise QueryError(self._query, at, _BESIDE_OR[self._before])
        if node is None:
            return
        if self._joining is not None:
            first = self._wanted.pop()
            node = Either((*(first.nodes if isinstance(first, Either) else (first,)), node))
            self._joining = None
        (self._unwanted if negated else self._wanted).append(node)

    def every(self) -> Every:
        """All that was read."""
        if self._joining is not None:
            raise QueryError(self._query, self._joining, _BESIDE_OR["nothing"])
        return Every(tuple(self._wanted), tuple(self._unwanted))


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.at = 0
        self.filters: list[Filter] = []

    def all(self, depth: int) -> Every:
        """Terms that must all hold, up to a closing bracket or the end."""
        if depth > _DEEPEST:
            raise QueryError(self.query, self.at, N_("brackets stand too deep within each other"))
        terms = _Terms(self.query)
        while (sign := self._peek()) and sign != ")":
            start = self.at
            operator = self._operator()
            if operator == "OR":
                terms.join(start)
            elif operator is None and self._is_dash():
                self.at += 1  # by itself it is punctuation
            elif operator is None:
                negated = self._negated()
                node = self._term(depth, negated)
                terms.add(node, start, negated=negated)
        return terms.every()

    def _peek(self) -> str:
        while self.at < len(self.query) and self.query[self.at].isspace():
            self.at += 1
        return self.query[self.at : self.at + 1]

    def _operator(self) -> str | None:
        found = _WORD.match(self.query, self.at)
        name = found[0] if found else ""
        if name in _OR or name in _AND:
            self.at += len(name)
            return "OR" if name in _OR else "AND"
        return None

    def _negated(self) -> bool:
        """Whether a minus stands before a term, which takes it away."""
        negated = self.query[self.at] in _DASHES
        self.at += negated
        return negated

    def _is_dash(self) -> bool:
        alone = self.query[self.at + 1 : self.at + 2].strip() in ("", ")")
        return self.query[self.at] in (*_DASHES, "—") and alone

    def _term(self, depth: int, negated: bool) -> Node | None:
        """A word, phrase or group; None where it was a field, which is noted."""
        start, sign = self.at, self.query[self.at]
        if sign == "(":
            self.at += 1
            before = len(self.filters)
            group = self.all(depth + 1)
            if self._peek() != ")":
                raise QueryError(self.query, start, N_("this bracket is never closed"))
            self.at += 1
            if len(self.filters) > before:
                raise QueryError(
                    self.query,
                    self.filters[before].at,
                    N_("a field can't stand in brackets; take it out of them"),
                )
            if not group.wanted:
                raise QueryError(self.query, start, N_("nothing is looked for in these brackets"))
            return group if group.unwanted or len(group.wanted) != 1 else group.wanted[0]
        if sign in _QUOTES:
            return self._phrase()
        named = _FIELD.match(self.query, self.at)
        if named and (named[1].casefold() in FIELDS or self.query[named.end() :][:1].strip()):
            self._field(named[1], negated)
            return None
        found = _WORD.match(self.query, self.at)
        if found is None:  # a closing quote without its opening one
            raise QueryError(self.query, start, N_("this quotation mark opens nothing"))
        self.at = found.end()
        return self._word(found[0], start)

    def _word(self, typed: str, start: int) -> Node:
        prefix = typed.endswith("*")
        folded = words(typed)
        if not folded:
            raise QueryError(self.query, start, N_("no letter or digit is in it"))
        if len(folded) > 1 and (prefix or not _COMPOUND.fullmatch(typed)):
            return Phrase(tuple(folded))  # 12.05, t.me/name: its parts stand one after another
        if prefix and len(folded[0]) < 2:
            raise QueryError(self.query, start, N_("at least two letters must stand before *"))
        return Word(" ".join(folded), typed.rstrip("*"), prefix)

    def _phrase(self) -> Phrase:
        start = self.at
        quoted = self._quoted()
        folded = words(quoted)
        if not folded:
            raise QueryError(self.query, start, N_("no word stands between these quotation marks"))
        return Phrase(tuple(folded))

    def _quoted(self) -> str:
        """The text within quotation marks, which are passed."""
        start = self.at
        closing = _QUOTES[self.query[start]]
        ends = [end for mark in {closing, '"'} if (end := self.query.find(mark, start + 1)) >= 0]
        if not ends:
            raise QueryError(self.query, start, N_("this quotation mark is never closed"))
        self.at = min(ends) + 1
        return self.query[start + 1 : min(ends)]

    def _field(self, typed: str, negated: bool) -> None:
        start = self.at
        field = typed.casefold()
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, 1, 0.6)
            meant = (
                Said(N_("did you mean {one}:?"), one=near[0])
                if near
                else Said(N_("fields are {fields}"), fields=", ".join(f"{f}:" for f in FIELDS))
            )
            raise QueryError(
                self.query,
                start,
                N_("there is no field {typed}: ({meant}). As words, write: “{typed} …” in quotes"),
                typed=typed,
                meant=meant,
            )
        self.at += len(typed) + 1
        values = list(self._values())
        if not values:
            raise QueryError(
                self.query,
                start,
                N_("{field}: needs a value. For example {example}"),
                field=field,
                example=Said(FIELDS[field]),
            )
        if field in CHOICES:
            values = [value.casefold() for value in values]
            for value in values:
                if value not in CHOICES[field]:
                    raise QueryError(self.query, start, self._choice(field, value))
        if field in _ONCE and (len(values) > 1 or negated or any(f.field == field for f in self.filters)):
            raise QueryError(
                self.query, start, N_("{field}: stands once, with one value and no minus"), field=field
            )
        self.filters.append(Filter(field, tuple(values), negated, start))

    def _choice(self, field: str, value: str) -> Said:
        near = difflib.get_close_matches(value, CHOICES[field], 1, 0.6)
        have = ", ".join(sorted(CHOICES[field]))
        if not near:
            return Said(N_("there is no {asked}; There are {have}"), asked=f"{field}:{value}", have=have)
        return Said(
            N_("there is no {asked}; did you mean {meant}? There are {have}"),
            asked=f"{field}:{value}",
            meant=f"{field}:{near[0]}",
            have=have,
        )

    def _values(self) -> Iterator[str]:
        """The values of a field, parted by commas; one with spaces stands in quotation marks."""
        while self.at < len(self.query):
            if self.query[self.at] in _QUOTES:
                value = self._quoted()
            else:
                found = _VALUE.match(self.query, self.at)
                value = found[0] if found else ""
                self.at += len(value)
            if value.strip():
                yield value.strip()
            if self.query[self.at : self.at + 1] != ",":
                return
            self.at += 1
