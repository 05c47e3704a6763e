"""The marks that a form carries: its cases, its sort, and the language of the paradigm that made it.

A tag is an int of these bits, so that a million forms stay small.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import NamedTuple

NOMINATIVE = 1
GENITIVE = 2
DATIVE = 4
ACCUSATIVE = 8
INSTRUMENTAL = 16
LOCATIVE = 32
FROZEN = 64  # the nominative, used in any case: «поблизу Часів Яру», «в Пушкино»
ADJECTIVE = 128  # of the place: «покровские позиции»
LINKED = 256  # the first part of a compound adjective: «покровско-мирноградская»
RU = 512
UK = 1024
EN = 2048
VOCATIVE = 8192
SMALL = 4096  # unmistakable enough, or given so, to be a place in small letters: «красноармейск»
TAG_BITS = 14
ANY_CASE = FROZEN - 1 | VOCATIVE

Form = tuple[int, str]  # (case bit, form in lower case)

CASE_WORDS = {
    NOMINATIVE: "nominative",
    GENITIVE: "genitive",
    DATIVE: "dative",
    ACCUSATIVE: "accusative",
    INSTRUMENTAL: "instrumental",
    LOCATIVE: "locative",
    VOCATIVE: "vocative",
}


@lru_cache(maxsize=1024)
def cases_in_words(tag: int) -> str:
    """Name the cases of a tag for people, in the order of school grammars: "genitive or dative"."""
    return " or ".join(word for bit, word in CASE_WORDS.items() if tag & bit)


def spread(stem: str, *endings: str) -> list[Form]:
    """Join a stem with its endings in the order N G D A I L; an ending may list variants: "ой|ою".

    "-" leaves a case out.
    """
    return [
        (1 << place, stem + ending)
        for place, variants in enumerate(endings)
        if variants != "-"
        for ending in variants.split("|")
    ]


class _Rule(NamedTuple):
    """What may stand in the place of one written ending; of two that fit a word the lower `order` is taken."""

    order: int
    makers: tuple[str, ...]


class Rules(NamedTuple):
    """What stands in the place of each ending, and how many letters the longest ending has."""

    by_ending: dict[str, _Rule]
    longest: int


_ITEM = re.compile(r"\(([^)]*)\)(\?)?|\[(\w+)\](\?)?|(.)")


def suffix_rules(table: str) -> Rules:
    r"""Read rules, one a line: a pattern for the end of a word, and what may stand there instead.

    A pattern is made of letters, [sets] of them and (groups|of|endings), all but letters perhaps with a "?".
    A replacement may begin with \1, the first group of the pattern. Every ending is kept written out: looking
    one up takes a tenth of the time that trying the patterns one after the other does.
    """
    rules: dict[str, _Rule] = {}
    for order, line in enumerate(table.strip().splitlines()):
        pattern, *makers = line.split()
        for ending, group in _written_out(pattern):
            made = tuple(group + maker[2:] if maker[0] == "\\" else maker for maker in makers)
            rules.setdefault(ending, _Rule(order, made))
    return Rules(rules, max(map(len, rules)))


def _written_out(pattern: str) -> list[tuple[str, str]]:
    """Give every ending that a pattern stands for, each with its first group."""
    choices: list[list[str]] = []
    group: int | None = None
    for item in _ITEM.finditer(pattern):
        inner, maybe, letters, perhaps, letter = item.groups()
        if inner is not None:
            group = len(choices) if group is None else group
            options = [ending for part in inner.split("|") for ending, _ in _written_out(part)]
        else:
            options = list(letters or letter)
        choices.append([*options, ""] if maybe or perhaps else options)
    return [("".join(parts), "" if group is None else parts[group]) for parts in itertools.product(*choices)]


def by_rule(word: str, rules: Rules) -> list[str]:
    """Give what the first rule that fits makes of a word; nothing where none fits."""
    best: _Rule | None = None
    kept = ""
    for size in range(min(rules.longest, len(word)), -1, -1):
        cut = len(word) - size
        rule = rules.by_ending.get(word[cut:])
        if rule and (best is None or rule.order < best.order):
            best, kept = rule, word[:cut]
    return [kept + maker for maker in best.makers] if best else []
