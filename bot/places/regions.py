"""The oblasts of Ukraine and those of Russia along the front, as texts name them in three languages.

Each is known by its English name without «Oblast» and «Ivano-»; the stems are folded beginnings of words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from bot.places.text import fold

# English name | stems of the adjective, which needs «область» beside it | stems of words that are the region itself
_TABLE = """
Cherkasy|черкаськ черкасск|черкащин
Chernihiv|чернігівськ черниговск|чернігівщин черниговщин
Chernivtsi|чернівецьк черновицк|буковин
Dnipropetrovsk|дніпропетровськ днепропетровск|дніпропетровщин днепропетровщин
Donetsk|донецьк донецк|донеччин донетчин
Frankivsk|франківськ франковск|франківщин прикарпатт прикарпать
Kharkiv|харківськ харьковск|харківщин харьковщин
Kherson|херсонськ херсонск|херсонщин
Khmelnytskyi|хмельницьк хмельницк|хмельниччин
Kirovohrad|кіровоградськ кировоградск|кіровоградщин кировоградщин
Kyiv|київськ киевск|київщин киевщин
Luhansk|луганськ луганск|луганщин
Lviv|львівськ львовск|львівщин львовщин
Mykolaiv|миколаївськ николаевск|миколаївщин николаевщин
Odesa|одеськ одесск|одещин одесщин
Poltava|полтавськ полтавск|полтавщин
Rivne|рівненськ ровенск ровненск|рівненщин ровенщин
Sumy|сумськ сумск|сумщин
Ternopil|тернопільськ тернопольск|тернопільщин
Vinnytsia|вінницьк винницк|вінниччин винничин
Volyn|волинськ волынск|
Zakarpattia|закарпатськ закарпатск|закарпатт закарпать
Zaporizhzhia|запорізьк запорожск|
Zhytomyr|житомирськ житомирск|житомирщин
Crimea|кримськ крымск|криму крыму crimea
Belgorod|бєлгородськ білгородськ белгородск|бєлгородщин белгородщин
Bryansk|брянськ брянск|брянщин
Kursk|курськ курск|курщин
Rostov|ростовськ ростовск|
Voronezh|воронезьк воронежск|
"""
_SAID = ("обл", "край", "краю", "краї", "краем", "oblast", "region")
# «Костянтинівка Роменського району Сумської області», «Константиновка (Сумская обл.)», «X, Sumy Oblast»
_AFTER = re.compile(
    r"[\s,(–—-]*(?:[\w'’ʼ-]+\s+(?:р-н|район|громад|raion|district)\w*[\s,.]*)?(?:(?:на|в|у|in)\s)?([\w'’ʼ-]+)(?:\s+(\w+))?"
)
_BEFORE = re.compile(
    r"([\w'’ʼ-]+)(?:\s+([\w-]+)\.?)?[\s,:)(–—-]*(?:\b(?:в|у|на|з|із|м|с|смт|місто|село|город|in)\b[\s.]*)*\Z"
)
_HINTS = [
    hint.encode("cp1251")
    for hint in (
        "обл",
        "щин",
        "чин",
        "кра",
        "карпат",
        "буков",
        "криму",
        "крыму",
        "oblast",
        "region",
        "crimea",
    )
]
_REACH = 60  # characters on either side that are looked at


class _Oblast(NamedTuple):
    name: str
    adjectives: tuple[str, ...]  # its English name too
    nouns: tuple[str, ...]


def _oblast(line: str) -> _Oblast:
    name, adjectives, nouns = line.split("|")
    return _Oblast(name, (*adjectives.split(), name.lower()), tuple(nouns.split()))


_OBLASTS = [_oblast(line) for line in _TABLE.strip().splitlines()]


@lru_cache(maxsize=1024)
def oblast_of(region: str) -> str | None:
    """Give the oblast that the name of a region in any language means; None if it is none of ours."""
    words = region.split()
    for word, after in zip_longest(words, words[1:]):
        if found := _named(word, after):
            return found.name
    return next((one.name for one in _OBLASTS if one.name == region), None)


@lru_cache(maxsize=64)
def oblast_stems(name: str) -> tuple[str, ...]:
    """Give all beginnings of words by which texts name the oblast."""
    return next((*one.adjectives, *one.nouns) for one in _OBLASTS if one.name == name)


def may_name_oblast(low: bytes) -> bool:
    """Whether a folded text may name an oblast at all: quick, and right in most of the posts that name none."""
    return any(hint in low for hint in _HINTS)


def oblast_beside(text: str, start: int, end: int) -> str | None:
    """Which oblast is named right after `text[start:end]`, or right before it; None if none is."""
    after = _AFTER.match(text, end, end + _REACH)
    found = _named(after[1], after[2]) if after else None
    if not found:
        before = _BEFORE.search(text, max(0, start - _REACH), start)
        found = _named(before[1], before[2]) if before else None
    return found.name if found else None


def _named(word: str, after: str | None) -> _Oblast | None:
    word = re.sub("^(?:івано|ивано|ivano) ", "", fold(word).decode("cp1251"))
    said = after is not None and after.lower().startswith(_SAID)
    for one in _OBLASTS:
        if (said and word.startswith(one.adjectives)) or (one.nouns and word.startswith(one.nouns)):
            return one
    return None
