"""A text as sentences of folded words, cut into clauses, with the places where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.claims.notation import plain
from bot.places.text import APOSTROPHES, read

Span = tuple[int, int]

# A decimal comma or a time of day ends no clause; neither does a hyphen within a word.
_PIECE = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}][^\W_]+)*|[,:](?!\d)|[;()—–\n]|(?<=\s)-(?=\s)")
_JOINS = {"и", "і", "й", "та", "and"}  # between two names of a list
_NAME = 3  # capitalised words that are taken for one name where no names are given


@dataclass(slots=True)
class Sentence:
    """The words of one sentence; `starts` and `ends` are indices of the text as it was given."""

    start: int
    end: int
    question: bool
    words: list[str]
    starts: list[int]
    ends: list[int]
    clause: list[int]  # the number of the clause that each word belongs to
    name_from: dict[int, int]  # first word of a name -> the word after its last
    name_until: dict[int, int]  # last word of a name -> its first

    def firsts(self) -> list[str]:
        """The first word of each clause, by its number."""
        found: list[str] = []
        for word, clause in zip(self.words, self.clause, strict=True):
            if clause == len(found):
                found.append(word)
        return found


def sentences_of(
    text: str, spans: Sequence[Span] | None, names: Sequence[Span] | None, breaks: frozenset[str]
) -> Iterator[Sentence]:
    """Cut a text into words, sentence by sentence; without `spans` the whole text is one sentence.

    `names` are the spans of places; None: any capitalised words may be one. `breaks` are words that begin a
    clause without a comma. Words outside all spans are passed over; overlapping spans share no words.
    """
    reading = read(text)
    pieces: list[tuple[str, int, int]] = []
    for match in _PIECE.finditer(reading.text):
        start, end = reading.span(*match.span())
        pieces.append((match[0], start, end))
    places = sorted(names) if names is not None else None
    at = place = 0
    for begin, stop in sorted(spans) if spans is not None else [(0, len(text))]:
        while at < len(pieces) and pieces[at][1] < begin:
            at += 1
        first = at
        while at < len(pieces) and pieces[at][2] <= stop:
            at += 1
        if at == first:
            continue
        inside = None
        if places is not None:
            while place < len(places) and places[place][1] <= begin:
                place += 1
            upto = place
            while upto < len(places) and places[upto][0] < stop:
                upto += 1
            inside = places[place:upto]
        yield _sentence(pieces[first:at], (begin, stop), text, inside, breaks)


def _sentence(
    pieces: list[tuple[str, int, int]],
    span: Span,
    text: str,
    places: list[Span] | None,
    breaks: frozenset[str],
) -> Sentence:
    question = text[max(span[0], span[1] - 8) : span[1]].rstrip(" \n»\"”')!").endswith("?")
    made = Sentence(*span, question, [], [], [], [], {}, {})
    named = _given(pieces, places) if places is not None else _capitalised(pieces)
    clause = 0
    for index, (written, start, end) in enumerate(pieces):
        if not written[0].isalnum():
            listed = index and index + 1 < len(pieces) and named[index - 1] and named[index + 1]
            if not (written == "," and listed) and made.words and made.clause[-1] == clause:
                clause += 1
            continue
        word = plain(written)
        if word in breaks and made.words and made.clause[-1] == clause:
            clause += 1
        position = len(made.words)
        made.words.append(word)
        made.starts.append(start)
        made.ends.append(end)
        made.clause.append(clause)
        if named[index]:
            # A name's number repeats on its following words.
            if index and named[index - 1] == named[index] and position - 1 in made.name_until:
                first = made.name_until.pop(position - 1)
            else:
                first = position
            made.name_from[first] = position + 1
            made.name_until[position] = first
    return made


def _given(pieces: list[tuple[str, int, int]], places: list[Span]) -> list[int]:
    """For each piece the number of the name that it is a part of, from 1; 0: of none."""
    named = [0] * len(pieces)
    place = 0
    for index, (written, start, end) in enumerate(pieces):
        while place < len(places) and places[place][1] <= start:
            place += 1
        if place < len(places) and places[place][0] < end and written[0].isalnum():
            named[index] = place + 1
    return named


def _capitalised(pieces: list[tuple[str, int, int]]) -> list[int]:
    named = [0] * len(pieces)
    number = length = 0
    for index, (written, _, _) in enumerate(pieces):
        if not written[0].isupper():
            continue
        follows = index and named[index - 1] and length < _NAME
        number, length = (number, length + 1) if follows else (number + 1, 1)
        named[index] = number
    return named


def lists_of_names(sentence: Sentence) -> dict[int, tuple[int, ...]]:
    """Group the names that are listed together: first word of each name -> first words of its whole list."""
    groups: list[list[int]] = []
    next_word = -1
    for first in sorted(sentence.name_from):
        if first == next_word and sentence.clause[first] == sentence.clause[groups[-1][-1]]:
            groups[-1].append(first)
        else:
            groups.append([first])
        next_word = sentence.name_from[first]
        if next_word < len(sentence.words) and sentence.words[next_word] in _JOINS:
            next_word += 1
    return {first: whole for group in groups for whole in [tuple(group)] for first in group}
