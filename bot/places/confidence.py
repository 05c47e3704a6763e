"""How sure we are that a known form means the place here, of which kind the mention is, and why."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from bot.places import cues
from bot.places.cases import (
    ADJECTIVE,
    FROZEN,
    GENITIVE,
    INSTRUMENTAL,
    LINKED,
    LOCATIVE,
    NOMINATIVE,
    RU,
    cases_in_words,
)
from bot.places.cues import WEIGHTS
from bot.places.qualities import SAFE, before_noun, qualities, written
from bot.places.traits import (
    ADJECTIVAL,
    AREA,
    CALLED,
    CAPITAL,
    COUNTRY,
    DIRECTION,
    DISTRICT,
    END,
    FIRST_NAME,
    FOLLOWED,
    HEAD,
    HONOUR,
    INITIAL,
    LINK,
    MARKER,
    NEWS,
    PATRONYMIC,
    PREPOSITION,
    QUOTE,
    RANK,
    REGION,
    SHORT_MARKER,
    SHORT_STREET,
    SPEECH,
    STREET,
    STREETS,
    SURNAME,
    UPPER,
    WORD,
    traits,
)
from storage.records import MentionKind

_TOKEN = re.compile(r"\w+(?:['’ʼ-]\w+)*|[^\w\s]|\n")
_CASES = FROZEN - 1
_EVERYDAY = (("a common word",), ("like any adjective",), ("well known, and an everyday word",))
_BEFORE, _AFTER = 64, 42  # characters of context: four or five words, or a list of names before
_ADJECTIVE_KINDS = (
    (DIRECTION, MentionKind.DIRECTION),
    (DISTRICT, MentionKind.DISTRICT),
    (REGION, MentionKind.REGION),
)


class Context(NamedTuple):
    """The words and marks around a hit as written, nearest first on either side, and what the nearest are."""

    before: list[str]
    after: list[str]
    last: int  # traits of before[0], before[1] and after[0]; 0 where there is none
    earlier: int
    next: int
    small: bool  # the whole text is in small letters


class Verdict(NamedTuple):
    """What one reading of a hit is worth."""

    kind: MentionKind
    score: float  # log-odds
    reasons: list[str]

    def also(self, reason: str) -> Verdict:
        """Give the verdict with one more cue."""
        return Verdict(self.kind, self.score + WEIGHTS[reason], [*self.reasons, reason])

    @property
    def confidence(self) -> float:
        """The chance that the place is meant, 0 to 1."""
        return 1 / (1 + math.exp(-self.score))


def context_of(text: str, start: int, end: int, *, small: bool) -> Context:
    """Read the surroundings of `text[start:end]`; `small` says that the whole text is in small letters."""
    before = _TOKEN.findall(text, start - _BEFORE if start > _BEFORE else 0, start)
    before.reverse()
    after = _TOKEN.findall(text, end, end + _AFTER)
    if after and after[0] == "-" and text[end] != "-":
        after[0] = "–"
    last = traits(before[0]) if before else 0
    earlier = traits(before[1]) if len(before) > 1 else 0
    if (
        last & END
        and len(before) > 2
        and before[0] == "\n"
        and before[1] == "."
        and traits(before[2]) & SHORT_MARKER
    ):
        del before[0]  # «в с.⏎Ставрове»
        last, earlier = earlier, traits(before[1])
    return Context(before, after, last, earlier, traits(after[0]) if after else 0, small)


def judge(
    context: Context, surface: str, tag: int, name: str, *, crowding: float = 0.0, also_small: bool = False
) -> Verdict:
    """Weigh the cues around `surface`, a form of `name` with the marks in `tag`.

    `crowding` (0 to 1) says how many other names are looked for: the more, the likelier a chance likeness;
    `also_small`, that the same form stands in small letters elsewhere in the text.
    """
    kind = _kind(context, tag, surface)
    if kind is not MentionKind.NAME:
        reasons = _adjective(context, surface, qualities(name), kind)
        crowded = kind is MentionKind.ADJECTIVE and crowding > 0
    else:
        of_name = qualities(name)
        reasons = ["a name", *of_name, *written(surface, name)]
        _around(context, surface, tag, of_name, reasons)
        crowded = crowding > 0 and of_name not in SAFE
        if also_small and of_name not in SAFE:
            reasons.append("also written small here")
    score = 0.0
    for reason in reasons:
        score += WEIGHTS[reason]
    if crowded:
        crowd = "one of very many names" if kind is MentionKind.NAME else "one of very many adjectives"
        reasons.append(crowd)
        score += WEIGHTS[crowd] * crowding
    return Verdict(kind, score, reasons)


def context_after(text: str, end: int, *, small: bool) -> Context:
    """Read only what follows: all that an adjective in small letters needs."""
    after = _TOKEN.findall(text, end, end + _AFTER)
    return Context([], after, 0, 0, traits(after[0]) if after else 0, small)


def _kind(context: Context, tag: int, surface: str) -> MentionKind:
    if tag & ADJECTIVE:
        for word in context.after[:6]:
            bits = traits(word)
            for bit, kind in _ADJECTIVE_KINDS:
                if bits & bit:
                    return kind
            if not bits & (LINK | ADJECTIVAL):
                break
        if _unsaid(context, surface, tag):
            return MentionKind.DIRECTION
        if not tag & _CASES:
            return MentionKind.ADJECTIVE
        governed = bool(context.last & (PREPOSITION | FOLLOWED | HEAD | NEWS))
        if surface.islower():
            return MentionKind.NAME if context.small and governed else MentionKind.ADJECTIVE
        before = before_noun(surface, context.after, governed=governed)
        return MentionKind.ADJECTIVE if before else MentionKind.NAME
    if context.next & (DIRECTION | AREA) and surface.isascii() and context.after[0].isascii():
        for bit, kind in _ADJECTIVE_KINDS:
            if context.next & bit:
                return kind
    return MentionKind.NAME


def _unsaid(context: Context, surface: str, tag: int) -> bool:
    """Whether a direction is meant without the word: «На Краснолиманском — продвижение»."""
    if not context.before or context.before[0].lower() != "на" or not surface[0].isupper() or tag & LOCATIVE:
        return False
    adverb = bool(context.after) and context.after[0][-1] == "о"
    return surface.endswith(("ском", "цком", "ському", "цькому")) and (not context.next & WORD or adverb)


def _around(context: Context, surface: str, tag: int, of_name: tuple[str, ...], reasons: list[str]) -> None:
    """Add the cues of the surroundings for a name."""
    if (
        not surface[0].isupper()
        and surface.islower()
        and context.before[:1] != ["#"]
        and "given in small letters" not in reasons
    ):
        reasons.append("in a text of small letters" if context.small else "in small letters")
    if not context.before or (context.last & END and not context.earlier & (INITIAL | SHORT_MARKER)):
        everyday = of_name in _EVERYDAY and context.next & WORD and not context.next & PREPOSITION
        if everyday and context.next & ADJECTIVAL and len(context.after) > 1:
            everyday = not traits(context.after[1]) & AREA
        reasons.append("an everyday word opens a sentence" if everyday else "opens a sentence")
        if _heading(context):
            reasons.append("stands as a heading")
    elif context.last & LINK and _listed(context):
        reasons.append("in a list of names after a preposition")
    if before_noun(
        surface, context.after, governed=bool(context.last & (PREPOSITION | FOLLOWED | HEAD | NEWS))
    ):
        reasons.append("an adjective before a noun")
    person = _person(context, surface, tag, of_name)
    if person:
        reasons.append(person)
    if context.before:
        _before(context, surface, tag, reasons)
    if context.after:
        _after(context, tag, of_name, reasons, person=person)


def _heading(context: Context) -> bool:
    """Whether the name opens a line as what it is about: «Лиман: ситуация», «Суми — балістика»."""
    first = context.after[0] if context.after else "\n"
    alone = not context.before or context.before[0] == "\n"
    return first in (":", "—", "–") or (alone and first in (".", "\n", "(", "!"))


def _listed(context: Context) -> bool:
    """Whether capitalised words and commas lead back to a preposition or a marker of places."""
    for at, word in enumerate(context.before[1:], start=1):
        bits = traits(word)
        if bits & (MARKER | PREPOSITION | FOLLOWED) and not bits & CAPITAL:
            return at > 1
        if not bits & (CAPITAL | LINK) or bits & (FIRST_NAME | RANK | HEAD):
            return False
    return False


def _person(context: Context, surface: str, tag: int, of_name: tuple[str, ...]) -> str | None:
    last, after = context.last, context.after
    if context.earlier & INITIAL and context.before[0] == ".":
        return "initials beside it"
    if context.next & INITIAL and after[1:2] == ["."] and after[2:3] != ["\n"]:
        place = tag & GENITIVE and (of_name == ("well known",) or (last & HEAD and not tag & NOMINATIVE))
        if not place:
            return "initials beside it"
    if (last | context.next) & PATRONYMIC:
        return "patronymic beside it"
    if last & FIRST_NAME and not last & PREPOSITION:
        return "first name before"
    if last & HONOUR or (context.earlier & HONOUR and context.before[0] == "."):
        return "in honour of"
    if last & HEAD:
        acronym = tag & FROZEN and surface.isupper()
        return "word that a place follows" if tag & GENITIVE or acronym else "head of something before"
    if last & RANK and not last & MARKER:
        return "rank or title before"
    return None


def _before(context: Context, surface: str, tag: int, reasons: list[str]) -> None:
    word = context.before[0]
    if word == "(":
        reasons.append("in brackets")
    elif word == "#":
        reasons.append("hashtag")
    elif context.last & QUOTE:
        if context.earlier & (CALLED | HONOUR):
            reasons.append("in quotes, the name of something")
    elif cue := _word_before(context, surface, tag):
        reasons.append(cue)
    for near in context.before[:4]:
        bits = traits(near)
        if bits & END:
            break
        if bits & NEWS:
            reasons.append("news of war or travel before")
            break


def _word_before(context: Context, surface: str, tag: int) -> str | None:
    last, earlier = context.last, context.earlier
    if context.before[0] == ".":
        if earlier & SHORT_STREET:
            return "street or square"
        return "place marker before" if earlier & SHORT_MARKER else None
    if last & PREPOSITION:
        return _preposition(context.before[0].lower(), tag, several=" " in surface)
    if last & MARKER:
        return "place marker before"
    if last & STREETS and tag & GENITIVE:
        return "word that a place follows"
    if last & STREET:
        return "street or square"
    if last & FOLLOWED and tag & (GENITIVE | FROZEN):
        return "word that a place follows"
    if (
        last & CAPITAL
        and not last & (UPPER | FIRST_NAME)
        and earlier
        and not earlier & END
        and surface[0].isupper()
    ):
        return "capitalised word before"
    return None


@lru_cache(maxsize=16384)
def _preposition(word: str, tag: int, *, several: bool) -> str:
    governed = cues.LOCATIVE.get(word)
    if governed is not None:
        if tag & (governed | FROZEN) or not tag & _CASES:
            return "locative preposition"
        if word == "у" and tag & RU:
            return "by what Russian says at a place"
        return "at somebody's" if word in cues.POSSESSIVE else "preposition with another case"
    if tag & (cues.OTHER_PREPOSITIONS[word] | FROZEN):
        return "preposition of leaving" if word in cues.LEAVING else "other preposition"
    if word in ("з", "із", "зі", "с", "со") and tag & INSTRUMENTAL and not several:
        return "at somebody's"
    return "preposition with another case"


def _after(
    context: Context, tag: int, of_name: tuple[str, ...], reasons: list[str], *, person: str | None
) -> None:
    headed = person == "word that a place follows"
    after = context.after
    skip = 1 if after[0] in (",", "(") else 0
    if len(after) > skip + 1 and traits(after[skip]) & ADJECTIVAL:
        second = traits(after[skip + 1])
        if second & AREA or (
            second & ADJECTIVAL and len(after) > skip + 2 and traits(after[skip + 2]) & AREA
        ):
            reasons.append("region or district after")
            return
    for near in () if person and not headed else after[:4]:
        bits = traits(near)
        if bits & END:
            break
        if bits & NEWS:
            reasons.append("news of war after")
            break
    if skip and len(after) > 1 and traits(after[1]) & COUNTRY:
        reasons.append("country or region named after it")
    if context.next & SPEECH and tag & NOMINATIVE:
        reasons.append("verb of speech after")
    elif context.next & FIRST_NAME and not headed and of_name not in SAFE:
        reasons.append("first name after")
    elif context.next & CAPITAL and not headed:
        reasons.append("surname after" if context.next & SURNAME else "capitalised word after")
    elif after[0] == "-" and len(after) > 1 and traits(after[1]) & WORD:
        joined = traits(after[1]) & CAPITAL
        reasons.append("first of two joined names" if joined else "part of a hyphenated word")


def _adjective(context: Context, surface: str, of_name: tuple[str, ...], kind: MentionKind) -> list[str]:
    reasons = ["an adjective"]
    if kind is MentionKind.DIRECTION:
        said = any(traits(word) & DIRECTION for word in context.after)
        return [*reasons, "direction after" if said else "direction left unsaid"]
    if kind is not MentionKind.ADJECTIVE:
        return [*reasons, "region or district after"]
    if (context.next | context.last) & STREET:
        return [*reasons, "street or square"]
    lower = surface.lower()
    national = of_name != ("well known",) and lower.startswith(cues.NATIONAL_ADJECTIVES)
    if national or lower.startswith(cues.EVERYDAY_ADJECTIVES):
        reasons.append("an everyday adjective")
    if not surface[0].isupper():
        return reasons
    person = _person(context, surface, ADJECTIVE, ())
    if person:
        reasons.append(person)
    elif context.next & CALLED:
        reasons.append("church, unit or organisation")
    elif (
        context.last
        and not context.last & END
        and not surface.isupper()
        and (not context.next & WORD or context.next & SPEECH)
    ):
        reasons.append("surname alone")
    if context.next & FIRST_NAME:
        reasons.append("first name after")
    return reasons


def explain(form: str, name: str, tag: int, verdict: Verdict) -> str:
    """Say in plain words why a mention is reported."""
    cases = cases_in_words(tag) if tag & _CASES else ""
    if verdict.kind is not MentionKind.NAME or not cases:
        made = f"an adjective of “{name}”" if tag & (ADJECTIVE | LINKED) else f"from “{name}”"
    else:
        made = f"{cases} of “{name}”"
    return f"“{form}”: {made}; " + ", ".join(verdict.reasons[1:] or verdict.reasons)
