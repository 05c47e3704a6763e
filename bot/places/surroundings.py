"""What the words around a hit say: people, prepositions, markers, streets, regions, news, headings and lists."""

from __future__ import annotations

from functools import lru_cache

from bot.places import cues
from bot.places.cases import (
    ACCUSATIVE,
    ADJECTIVE,
    ANY_CASE,
    FROZEN,
    GENITIVE,
    INSTRUMENTAL,
    LOCATIVE,
    NOMINATIVE,
    RU,
    VOCATIVE,
)
from bot.places.context import Context
from bot.places.people import first_names
from bot.places.persons import acts, named_as_a_person, person_beside
from bot.places.qualities import SAFE, before_noun, full_adjective
from bot.places.traits import (
    ADJECTIVAL,
    AREA,
    CALLED,
    CAPITAL,
    COUNTRY,
    DIRECTION,
    END,
    FIRST_NAME,
    FOLLOWED,
    HEAD,
    HONOUR,
    INITIAL,
    LINK,
    MARKER,
    NEWS,
    PREPOSITION,
    QUOTE,
    RANK,
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

_LED = frozenset(["locative preposition", "preposition of leaving", "place marker before"])
_EVERYDAY = (("a common word",), ("like any adjective",), ("well known, and an everyday word",))


def around_name(
    context: Context, surface: str, tag: int, of_name: tuple[str, ...], reasons: list[str]
) -> None:
    """Add the cues of the surroundings for a name."""
    if (
        not surface[0].isupper()
        and surface.islower()
        and context.before[:1] != ["#"]
        and "given in small letters" not in reasons
    ):
        reasons.append(_small_letters(context, tag, of_name))
    if not context.before or (context.last & END and not context.earlier & (INITIAL | SHORT_MARKER)):
        reasons += _opening(context, of_name)
    elif _is_symbol(context.before[0]) and _heading(context):
        reasons.append("stands as a heading")
    elif context.last & LINK and _listed(context):
        reasons.append("in a list of names after a preposition")
    if full_adjective(surface) and before_noun(surface, context.after, governed=governing(context)):
        reasons.append("an adjective before a noun")
    case = tag & ANY_CASE
    if case in (LOCATIVE, VOCATIVE) and (odd := _odd_case(context, case, of_name)):
        reasons.append(odd)
    person = person_beside(context, surface, tag, of_name)
    if person:
        reasons.append(person)
    if context.before:
        _before(context, surface, tag, reasons)
    if context.after:
        _after(context, surface, tag, of_name, reasons, person=person)


def _small_letters(context: Context, tag: int, of_name: tuple[str, ...]) -> str:
    """Say what a name in small letters is worth: «в угледаре» more than «угледар», no everyday word."""
    if context.small:
        return "in a text of small letters"
    governed = cues.LOCATIVE.get(context.before[0].lower()) if context.before else None
    if governed and tag & governed and tag & ANY_CASE != ACCUSATIVE and of_name not in _EVERYDAY:
        return "in small letters, but where a place stands"
    return "in small letters"


def _opening(context: Context, of_name: tuple[str, ...]) -> list[str]:
    """Say what a name at the start of a sentence or line is worth."""
    everyday = of_name in _EVERYDAY and context.next & WORD
    everyday = everyday and not context.next & (PREPOSITION | LINK | NEWS)
    if everyday and context.next & ADJECTIVAL and len(context.after) > 1:
        everyday = not traits(context.after[1]) & AREA
    reasons = ["an everyday word opens a sentence" if everyday else "opens a sentence"]
    if _heading(context) and not (of_name == ("like any adjective",) and context.after[:1] != [":"]):
        reasons.append("stands as a heading")
    return reasons


def _odd_case(context: Context, case: int, of_name: tuple[str, ...]) -> str | None:
    """Weigh a case that needs its company: a locative its preposition, a vocative somebody addressed."""
    if case == LOCATIVE:
        led = not context.before or any(traits(word) & PREPOSITION for word in context.before[:4])
        return None if led else "locative without its preposition"
    addressed = context.after[:1] == ["!"]
    if of_name in SAFE:
        addressed = addressed or context.before[:1] == [","] or context.after[:1] == [","]
    return "addressed" if addressed else "vocative, though nobody is addressed"


def governing(context: Context) -> bool:
    """Whether a word stands before the name that takes a place: a preposition, «село», «мер», «обстріл»."""
    return bool(
        context.last & (PREPOSITION | MARKER | FOLLOWED | HEAD | NEWS)
        or (context.earlier & SHORT_MARKER and context.before[0] == ".")
    )


def _heading(context: Context) -> bool:
    """Whether the name opens a line as what it is about: «Лиман: ситуация», «Суми — балістика»."""
    first = context.after[0] if context.after else "\n"
    alone = not context.before or context.before[0] == "\n" or _is_symbol(context.before[0])
    return first in (":", "—", "–") or (alone and (first in (".", "\n", "(", "!") or _is_symbol(first)))


def _is_symbol(word: str) -> bool:
    """Whether a token is an emoji or an arrow, of which posts make their bullets."""
    return word > "\u2190" and not word[0].isalnum()


def _listed(context: Context) -> bool:
    """Whether capitalised words and commas lead back to a preposition or a marker of places."""
    for at, word in enumerate(context.before[1:], start=1):
        bits = traits(word)
        if bits & (MARKER | PREPOSITION | FOLLOWED) and not bits & CAPITAL:
            return at > 1
        if not bits & (CAPITAL | LINK) or bits & (FIRST_NAME | RANK | HEAD):
            return False
    return False


def _before(context: Context, surface: str, tag: int, reasons: list[str]) -> None:
    word = context.before[0]
    if word == "(":
        reasons.append("in brackets")
    elif word == "#":
        reasons.append("hashtag")
    elif context.last & QUOTE:
        if context.earlier & (CALLED | HONOUR | RANK):
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
        if tag & (governed | FROZEN) or not tag & ANY_CASE:
            return "locative preposition"
        if word == "у" and tag & RU:
            return "by what Russian says at a place"
        return "at somebody's" if word in cues.POSSESSIVE else "preposition with another case"
    if tag & (cues.OTHER_PREPOSITIONS[word] | FROZEN):
        return "preposition of leaving" if word in cues.LEAVING else "other preposition"
    if word in ("з", "із", "зі", "с", "со") and tag & INSTRUMENTAL and not several:
        return "with somebody or something"
    return "preposition with another case"


def _area_after(after: list[str], skip: int) -> bool:
    """Whether an adjective and «область», «район» follow: «Лиман Донецької області»."""
    if len(after) <= skip + 1 or not traits(after[skip]) & ADJECTIVAL:
        return False
    second = traits(after[skip + 1])
    third = traits(after[skip + 2]) if second & ADJECTIVAL and len(after) > skip + 2 else 0
    return bool((second | third) & AREA)


def _after(
    context: Context,
    surface: str,
    tag: int,
    of_name: tuple[str, ...],
    reasons: list[str],
    *,
    person: str | None,
) -> None:
    headed = bool(person or context.next & (CAPITAL | FIRST_NAME)) and (  # nothing else asks for it
        person == "word that a place follows"
        or (not _LED.isdisjoint(reasons) and surface.lower() not in first_names())
    )
    after = context.after
    skip = 1 if after[0] in (",", "(") else 0
    if _area_after(after, skip):
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
    if skip and after[1:2] in (["who"], ["whose"]):
        reasons.append("“who” after")
    if context.next & SPEECH and tag & NOMINATIVE:
        reasons.append("verb of speech after")
    elif context.next & CAPITAL and not headed and named_as_a_person(context, surface):
        reasons.append("a first name, its surname after")
    elif context.next & FIRST_NAME and not headed and of_name not in SAFE:
        reasons.append("first name after")
    elif context.next & CAPITAL and not headed:
        reasons.append("surname after" if context.next & SURNAME else "capitalised word after")
    elif after[0] == "-" and len(after) > 1 and traits(after[1]) & WORD:
        joined = traits(after[1]) & CAPITAL
        reasons.append("first of two joined names" if joined else "part of a hyphenated word")


def around_adjective(
    context: Context, surface: str, of_name: tuple[str, ...], kind: MentionKind
) -> list[str]:
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
    person = person_beside(context, surface, ADJECTIVE, ())
    if person:
        reasons.append(person)
    elif context.next & CALLED:
        reasons.append("church, unit or organisation")
    elif not surface.isupper() and acts(context):
        reasons.append("surname alone")
    if context.next & FIRST_NAME:
        reasons.append("first name after")
    return reasons
