"""The marks that a form carries: its cases, its sort, and the language of the paradigm that made it.

A tag is an int of these bits, so that a million forms stay small.
"""

from __future__ import annotations

import re
from functools import lru_cache

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


Rules = list[tuple[re.Pattern[str], list[str]]]


def suffix_rules(table: str) -> Rules:
    r"""Read rules, one a line: a regular expression for the end of a word, and what may stand there instead.

    A replacement may begin with \1, the first group of the ending.
    """
    rules = []
    for line in table.strip().splitlines():
        ending, *makers = line.split()
        rules.append((re.compile(ending + "$"), makers))
    return rules


def by_rule(word: str, rules: Rules) -> list[str]:
    """Give what the first rule that fits makes of a word; nothing where none fits."""
    for ending, makers in rules:
        match = ending.search(word)
        if match:
            stem = word[: match.start()]
            kept = stem + match[1] if match.re.groups else stem  # match.expand would take four times as long
            return [kept + maker[2:] if maker[0] == "\\" else stem + maker for maker in makers]
    return []
