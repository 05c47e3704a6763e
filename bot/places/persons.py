"""Whether a person rather than a place is meant: names, initials, ranks and deeds beside a hit."""

from __future__ import annotations

import re

from bot.places import cues
from bot.places.cases import DATIVE, FROZEN, GENITIVE, NOMINATIVE
from bot.places.context import Context
from bot.places.people import first_names
from bot.places.traits import (
    END,
    FIRST_NAME,
    HEAD,
    HONOUR,
    INITIAL,
    MARKER,
    PATRONYMIC,
    PREPOSITION,
    RANK,
    SPEECH,
    WORD,
)

_OBLIQUE = GENITIVE | DATIVE
_PERSON_LAST = PATRONYMIC | FIRST_NAME | HONOUR | HEAD | RANK
_PERSON_EARLIER = INITIAL | HONOUR | RANK
_PERSON_NEXT = INITIAL | PATRONYMIC
_INSIDE = frozenset(["в", "у", "во", "из", "із", "in", "at"])
_VERB = re.compile(r"(?:[аяую]ет|[аяиы]л[аи]?с[ья]|[еи]тся|[аяи]вся|ється|[аую]є|[аяу]ють)$")


def person_beside(context: Context, surface: str, tag: int, of_name: tuple[str, ...]) -> str | None:
    """Say which sign of a person stands beside a name; None if none does."""
    last, after = context.last, context.after
    if not (last & _PERSON_LAST or context.earlier & _PERSON_EARLIER or context.next & _PERSON_NEXT):
        return None
    if context.earlier & INITIAL and context.before[0] == ".":
        return "initials beside it"
    if context.next & INITIAL and after[1:2] == ["."] and after[2:3] != ["\n"]:
        place = tag & GENITIVE and (of_name == ("well known",) or (last & HEAD and not tag & NOMINATIVE))
        if not place:
            return "initials beside it"
    if (last | context.next) & PATRONYMIC:
        return "patronymic beside it"
    if last & FIRST_NAME and not last & PREPOSITION:
        everyday = context.before[0].lower() in cues.COMMON_WORDS  # «Слава Україні», «Надежда России»
        if not (everyday and "well known" in of_name[:1] and tag & _OBLIQUE and not tag & NOMINATIVE):
            return "first name before"
    if last & HONOUR or (context.earlier & HONOUR and context.before[0] == "."):
        return "in honour of"
    if last & HEAD:
        acronym = tag & FROZEN and surface.isupper()
        return "word that a place follows" if tag & GENITIVE or acronym else "head of something before"
    if context.earlier & RANK and context.before[0] == "." and len(context.before[1]) < 5:
        return "rank or title before"  # «Dr. Lyman», «ген. Покровский»
    if last & RANK and not last & MARKER:
        whose = of_name == ("well known",) and tag & GENITIVE and not tag & NOMINATIVE
        nominative = context.before[0][-1] not in "аяуюоеиіыї"  # «лікар Львова», not «лікаря Львова»
        whose = whose and surface.lower() not in first_names()
        return "word that a place follows" if whose and nominative else "rank or title before"
    return None


def named_as_a_person(context: Context, surface: str) -> bool:
    """Whether a place's name is a person's here: «Азия Биби», but not «в Азии Биби»."""
    first = surface.lower() in first_names()
    return first and (not context.last & (PREPOSITION | MARKER) or context.before[0].lower() not in _INSIDE)


def acts(context: Context) -> bool:
    """Whether an adjective stands for a person: «Покровский докладывает», or «с Покровским,» and no noun."""
    if context.next & SPEECH or (context.after and _VERB.search(context.after[0].lower())):
        return True
    return bool(context.last) and not context.last & END and not context.next & WORD
