"""What one word of the surroundings is: every word list asked once, the answer kept as bits of an int."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.places import cues, people

END: Final = 1 << 0  # a mark that ends a sentence
PREPOSITION: Final = 1 << 1
MARKER: Final = 1 << 2  # місто, село
SHORT_MARKER: Final = 1 << 3  # м., с.
STREET: Final = 1 << 4
SHORT_STREET: Final = 1 << 5
STREETS: Final = 1 << 6
CALLED: Final = 1 << 7
FOLLOWED: Final = 1 << 8  # мешканці, обстріл
NEWS: Final = 1 << 9
DIRECTION: Final = 1 << 10
DISTRICT: Final = 1 << 11
REGION: Final = 1 << 12
SPEECH: Final = 1 << 13
HEAD: Final = 1 << 14
RANK: Final = 1 << 15
HONOUR: Final = 1 << 16
FIRST_NAME: Final = 1 << 17  # with a capital letter
PATRONYMIC: Final = 1 << 18  # with a capital letter
SURNAME: Final = 1 << 19
ADJECTIVAL: Final = 1 << 20
LINK: Final = 1 << 21  # і, та, a comma
COUNTRY: Final = 1 << 22
CAPITAL: Final = 1 << 23
INITIAL: Final = 1 << 24  # one capital letter
UPPER: Final = 1 << 25
QUOTE: Final = 1 << 26
WORD: Final = 1 << 27
AREA: Final = DISTRICT | REGION

_ENDS = frozenset(".!?…\n")
_QUOTES = frozenset("«\"“„'")
_LINKS = frozenset(["и", "і", "й", "та", "або", "или", ",", "-", "–", "and", "&", "/"])
_ADJECTIVAL = re.compile(
    r"(?:[сцз]ь?к|[нвхрл])(?:ий|ый|ой|ом|ому|ім|им|ым|ого|их|ых|ая|ій|ої|ою|ую|ие|ые|і|у|а|е)$"
)


@lru_cache(maxsize=65536)
def traits(word: str) -> int:
    """Say what a word or mark of the surroundings is, as it is written."""
    lower = word.lower()
    first = word[0]
    bits = 0
    for bit, holds in (
        (END, word in _ENDS),
        (PREPOSITION, lower in cues.LOCATIVE or lower in cues.OTHER_PREPOSITIONS),
        (MARKER, lower in cues.PLACE_MARKERS),
        (SHORT_MARKER, lower in cues.ABBREVIATED_MARKERS and first.islower()),
        (STREET, cues.STREET_WORDS.match(lower)),
        (SHORT_STREET, lower in cues.STREET_ABBREVIATIONS),
        (STREETS, lower in cues.PLURAL_STREETS),
        (CALLED, cues.CALLED_WORDS.match(lower)),
        (FOLLOWED, cues.PLACE_FOLLOWS.match(lower)),
        (NEWS, cues.NEWS.match(lower)),
        (DIRECTION, cues.DIRECTION_WORDS.match(lower)),
        (DISTRICT, cues.DISTRICT_WORDS.match(lower)),
        (REGION, cues.REGION_WORDS.match(lower)),
        (SPEECH, cues.SPEECH_VERBS.match(lower)),
        (HEAD, people.HEADS.match(lower)),
        (RANK, people.RANKS.match(lower)),
        (HONOUR, lower in cues.HONOUR_WORDS),
        (FIRST_NAME, first.isupper() and lower in people.first_names()),
        (PATRONYMIC, first.isupper() and people.PATRONYMIC.search(lower)),
        (SURNAME, people.SURNAME_SHAPE.search(lower)),
        (ADJECTIVAL, _ADJECTIVAL.search(lower)),
        (LINK, lower in _LINKS),
        (COUNTRY, lower in cues.COUNTRIES_AFTER),
        (CAPITAL, first.isupper()),
        (INITIAL, len(word) == 1 and first.isupper()),
        (UPPER, word.isupper()),
        (QUOTE, word in _QUOTES),
        (WORD, first.isalpha()),
    ):
        if holds:
            bits |= bit
    return bits
