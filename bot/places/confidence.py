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
    NOMINATIVE,
    cases_in_words,
)
from bot.places.cues import WEIGHTS
from bot.places.people import HEADS, PATRONYMIC, RANKS, SURNAME_SHAPE, first_names, function_words
from storage.records import MentionKind

_TOKEN = re.compile(r"\w+(?:['’ʼ-]\w+)*|[^\w\s]|\n")
_CASES = FROZEN - 1
_BEFORE, _AFTER = 60, 50  # characters of context
_LIST_WORDS = frozenset(["и", "і", "й", "та", "або", "или", ",", "-", "–", "and", "&", "/"])
_PLAIN_PLACES = (["well known"], ["unmistakable ending"], ["several words"])
_QUOTES = frozenset("«\"“„'")
_ENDS = frozenset(".!?…\n")
_ADJECTIVE_SHAPE = re.compile(
    r"(?:[сцз]ь?к|[нвхрл])(?:ий|ый|ой|ом|ому|ім|им|ым|ого|их|ых|ая|ій|ої|ою|ую|ие|ые|і|у|а|е)$"
)
_PLAIN_ADJECTIVE = re.compile(
    r"(?:[вдлмнрт](?:е|ое|ый|ая)|[вднрм]ий|[кгх](?:ое|ая|е)|[сц]ь?кий|нє|ній|\w\w\w[ое]ва)$"
)
_RELATIVE_ADJECTIVE = re.compile(r"(?:[сцз]ь?к|[оеє]в|[иії]н)(?:е|ое|ий|ый|ая)$")
_FULL_ADJECTIVE = re.compile(r"[сц]ьк(а|е|і)$|[сц]к(ое)$")
_UNMISTAKABLE = re.compile(
    r"(?:[сц]ь?к(?:е|ое)?|град|город|поль|піль|[іїоеє]вка|[іїи]нка|ичі|ичи|івці|овцы|щина|burg|vsk|ivka)$"
)


class Context(NamedTuple):
    """The words and marks around a hit, nearest first on either side, as written."""

    before: list[str]
    after: list[str]
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


def context_of(text: str, start: int, end: int) -> Context:
    """Read the surroundings of `text[start:end]`."""
    before = _TOKEN.findall(text, max(0, start - _BEFORE), start)
    before.reverse()
    return Context(before, _TOKEN.findall(text, end, end + _AFTER), text.islower())


def _newline_aside(words: list[str]) -> list[str]:
    """Drop a line end after an abbreviation's full stop: «в с.⏎Ставрове»."""
    if words[:2] == ["\n", "."] and words[2:3] and words[2] in cues.ABBREVIATED_MARKERS:
        return words[1:]
    return words


def judge(
    context: Context, surface: str, tag: int, name: str, *, crowding: float = 0.0, also_small: bool = False
) -> Verdict:
    """Weigh the cues around `surface`, a form of `name` with the marks in `tag`.

    `crowding` (0 to 1) says how many other names are looked for: the more, the likelier a chance likeness;
    `also_small`, that the same form stands in small letters elsewhere in the text.
    """
    lower = _newline_aside([word.lower() for word in context.before[:6]])
    follow = [word.lower() for word in context.after[:7]]
    kind = _kind(tag, follow, surface)
    if kind is MentionKind.NAME:
        reasons = ["a name", *_shape(context, surface, tag, name, lower, follow)]
        reasons += _people(context, surface, tag, lower, follow)
        reasons += _before(context, surface, tag, lower)
        reasons += _after(context, tag, follow, headed="word that a place follows" in reasons)
    else:
        reasons = _adjective(context, surface, kind, lower, follow)
    score = sum(map(WEIGHTS.__getitem__, reasons))
    if kind is MentionKind.NAME and reasons[1:2] not in _PLAIN_PLACES:
        if also_small:
            reasons.append("also written small here")
            score += WEIGHTS["also written small here"]
        if crowding:
            reasons.append("one of very many names")
            score += WEIGHTS["one of very many names"] * crowding
    return Verdict(kind, score, reasons)


def _kind(tag: int, follow: list[str], surface: str) -> MentionKind:
    if tag & ADJECTIVE:
        for word in follow:
            if cues.DIRECTION_WORDS.match(word):
                return MentionKind.DIRECTION
            if cues.DISTRICT_WORDS.match(word):
                return MentionKind.DISTRICT
            if cues.REGION_WORDS.match(word):
                return MentionKind.REGION
            if word not in _LIST_WORDS and not _ADJECTIVE_SHAPE.search(word):
                break
        return MentionKind.ADJECTIVE if surface.islower() or not tag & _CASES else MentionKind.NAME
    if follow and surface.isascii():
        if follow[0] in ("direction", "axis", "front", "sector"):
            return MentionKind.DIRECTION
        if follow[0] in ("district", "raion", "hromada"):
            return MentionKind.DISTRICT
        if follow[0] in ("oblast", "region", "province"):
            return MentionKind.REGION
    return MentionKind.NAME


@lru_cache(maxsize=65536)
def qualities(name: str) -> tuple[str, ...]:
    """What the name itself says: well known, unmistakable, an everyday word."""
    lower = name.lower().replace("ё", "е")
    if lower in cues.WELL_KNOWN or name.lower() in cues.WELL_KNOWN or (name.isupper() and len(name) > 1):
        return ("well known",)
    if len(words := re.split(r"[\s-]+", lower)) > 1:
        person = words[0] in first_names() and (" " in name or words[-1][-3:] in ("ьке", "кое"))
        return ("a first name",) if person else ("several words",)
    if lower in cues.COMMON_WORDS or name.lower() in cues.COMMON_WORDS:
        return ("a common word",)
    if _UNMISTAKABLE.search(lower):
        return ("unmistakable ending",)
    if _PLAIN_ADJECTIVE.search(lower) and not _RELATIVE_ADJECTIVE.search(lower):
        return ("like any adjective",)
    return ()


def _shape(
    context: Context, surface: str, tag: int, name: str, lower: list[str], follow: list[str]
) -> list[str]:
    plain = surface.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
    reasons = list(qualities(name))
    if surface[0].islower() and not name[:1].islower() and surface.islower():
        reasons.append("in a text of small letters" if context.small else "in small letters")
    if lower[:1] == ["#"]:
        reasons.append("hashtag")
    elif not lower or (lower[0] in _ENDS and lower[1:2] != ["."] and not _abbreviated(lower)):
        everyday = reasons[:1] in (["a common word"], ["like any adjective"])
        reasons.append("an everyday word opens a sentence" if everyday else "opens a sentence")
    if reasons[:1] == ["well known"]:
        return reasons
    if plain in function_words():
        reasons.append("a function word")
    elif plain in first_names() and " " not in plain:
        reasons.append("a first name")
    elif SURNAME_SHAPE.search(plain) and "-" not in plain:
        if reasons[:1] == ["unmistakable ending"]:
            del reasons[0]
        reasons.append("surely a surname" if "енк" in plain[-6:] else "looks like a surname")
    if surface.isupper() and len(surface) < 5 and not name.isupper():
        reasons.append("an abbreviation")
    if _before_noun(plain, lower, follow, context):
        reasons.append("an adjective before a noun")
    return reasons


def _abbreviated(lower: list[str]) -> bool:
    return lower[0] == "." and len(lower) > 1 and lower[1] in cues.ABBREVIATED_MARKERS


def _before_noun(plain: str, lower: list[str], follow: list[str], context: Context) -> bool:
    """Whether «Харківська» stands before a noun that it agrees with, rather than being Харківськ, Харківське."""
    if not follow or not (match := _FULL_ADJECTIVE.search(plain)):
        return False
    if lower and (lower[0] in cues.LOCATIVE or lower[0] in cues.OTHER_PREPOSITIONS or lower[0] == "."):
        return False
    noun = follow[0]
    if match[1] == "а":
        return bool(re.search(r"[аяь]$", noun) and not re.search(r"(ла|лася|лась|ться|тся|ть|на|та)$", noun))
    if match[1] in ("е", "ое"):
        return bool(
            re.search(r"([еоя]|ство)$", noun) and len(noun) > 3 and not re.search(r"ло(ся|сь)?$", noun)
        ) or (context.after[0].isupper() and len(noun) > 1)
    return bool(re.search(r"[иіїы]$", noun) and len(noun) > 2 and not re.search(r"[лн][иі]$", noun))


def _people(context: Context, surface: str, tag: int, lower: list[str], follow: list[str]) -> list[str]:
    before, after = context.before, context.after
    known = (
        surface.lower() in cues.WELL_KNOWN
        or (tag & GENITIVE
        and not tag & NOMINATIVE
        and bool(lower)
        and HEADS.match(lower[0]))
    )
    last = lower[0] if lower else ""
    if len(before) > 1 and last == "." and len(before[1]) == 1 and before[1].isupper():
        return ["initials beside it"]
    if (
        len(after) > 2
        and after[1] == "."
        and len(after[0]) == 1
        and after[0].isupper()
        and after[2:3] != ["\n"]
        and not (known and tag & GENITIVE)
    ):
        return ["initials beside it"]
    if (last and PATRONYMIC.search(last)) or (
        follow and PATRONYMIC.search(follow[0]) and after[0][0].isupper()
    ):
        return ["patronymic beside it"]
    if not last:
        return []
    if last in first_names() and before[0][0].isupper() and last not in cues.LOCATIVE:
        return ["first name before"]
    if last in cues.HONOUR_WORDS or (last == "." and lower[1:2] and lower[1] in cues.HONOUR_WORDS):
        return ["in honour of"]
    acronym = bool(tag & FROZEN) and surface.isupper()
    if HEADS.match(last):
        return ["word that a place follows"] if tag & GENITIVE or acronym else ["head of something before"]
    if RANKS.match(last) and last not in cues.PLACE_MARKERS:
        return ["rank or title before"]
    return []


def _before(context: Context, surface: str, tag: int, lower: list[str]) -> list[str]:
    if not lower:
        return []
    reasons = []
    last, earlier = lower[0], lower[1] if len(lower) > 1 else ""
    if last == "(":
        reasons.append("in brackets")
    elif last in _QUOTES:
        if cues.CALLED_WORDS.match(earlier) or earlier in cues.HONOUR_WORDS:
            reasons.append("church, unit or organisation")
    elif cue := _word_before(context, surface, tag, last, earlier):
        reasons.append(cue)
    for word in lower[:4]:
        if word in _ENDS:
            break
        if cues.NEWS.match(word):
            reasons.append("news of war or travel before")
            break
    return reasons


def _word_before(context: Context, surface: str, tag: int, last: str, earlier: str) -> str | None:
    if last == ".":
        if earlier in cues.STREET_ABBREVIATIONS:
            return "street or square"
        marked = earlier in cues.ABBREVIATED_MARKERS and context.before[1].islower()
        return "place marker before" if marked else None
    if last in cues.LOCATIVE or last in cues.OTHER_PREPOSITIONS:
        return _preposition(last, tag, several=" " in surface)
    if last in cues.PLACE_MARKERS:
        return "place marker before"
    if last in cues.PLURAL_STREETS and tag & GENITIVE:
        return "word that a place follows"
    if cues.STREET_WORDS.match(last):
        return "street or square"
    if cues.PLACE_FOLLOWS.match(last) and tag & (GENITIVE | FROZEN):
        return "word that a place follows"
    written = context.before[0]
    if written[0].isupper() and not written.isupper() and surface[0].isupper() and last not in first_names():
        if earlier and earlier not in _ENDS:
            return "capitalised word before"
    return None


def _preposition(word: str, tag: int, *, several: bool) -> str:
    governed = cues.LOCATIVE.get(word)
    if governed is not None:
        if tag & (governed | FROZEN) or not tag & _CASES:
            return "locative preposition"
        return "at somebody's" if word in cues.POSSESSIVE else "preposition with another case"
    if tag & (cues.OTHER_PREPOSITIONS[word] | FROZEN):
        return "preposition of leaving" if word in cues.LEAVING else "other preposition"
    if word in ("з", "із", "зі", "с", "со") and tag & INSTRUMENTAL and not several:
        return "at somebody's"
    return "preposition with another case"


def _after(context: Context, tag: int, follow: list[str], *, headed: bool) -> list[str]:
    reasons: list[str] = []
    if not follow:
        return reasons
    first = follow[0]
    words = follow[1:] if first in (",", "(") else follow
    if len(words) > 1 and _ADJECTIVE_SHAPE.search(words[0]):
        if cues.REGION_WORDS.match(words[1]) or cues.DISTRICT_WORDS.match(words[1]):
            return ["region or district after"]
    if words and first in (",", "(") and words[0] in cues.COUNTRIES_AFTER:
        reasons.append("country or region named after it")
    if cues.SPEECH_VERBS.match(first) and tag & NOMINATIVE:
        reasons.append("verb of speech after")
    elif context.after[0][0].isupper() and not headed:
        reasons.append("surname after" if SURNAME_SHAPE.search(first) else "capitalised word after")
    elif first == "-" and len(follow) > 1 and follow[1][0].isalpha():
        joined = context.after[1][0].isupper()
        reasons.append("first of two joined names" if joined else "part of a hyphenated word")
    return reasons


def _adjective(
    context: Context, surface: str, kind: MentionKind, lower: list[str], follow: list[str]
) -> list[str]:
    reasons = ["an adjective"]
    if kind is MentionKind.DIRECTION:
        return [*reasons, "direction after"]
    if kind is not MentionKind.ADJECTIVE:
        return [*reasons, "region or district after"]
    people = _people(context, surface, ADJECTIVE, lower, follow)
    if people and surface[0].isupper():
        return [*reasons, *people]
    if follow and cues.CALLED_WORDS.match(follow[0]) and surface[0].isupper():
        reasons.append("church, unit or organisation")
    elif (follow and cues.STREET_WORDS.match(follow[0])) or (lower and cues.STREET_WORDS.match(lower[0])):
        reasons.append("street or square")
    elif surface[0].isupper() and lower and lower[0] not in _ENDS and not surface.isupper():
        if not follow or not follow[0][0].isalpha() or cues.SPEECH_VERBS.match(follow[0]):
            reasons.append("surname alone")
    return reasons


def explain(form: str, name: str, tag: int, verdict: Verdict) -> str:
    """Say in plain words why a mention is reported."""
    cases = cases_in_words(tag) if tag & _CASES else ""
    if verdict.kind is not MentionKind.NAME or not cases:
        made = f"an adjective of “{name}”" if tag & (ADJECTIVE | LINKED) else f"from “{name}”"
    else:
        made = f"{cases} of “{name}”"
    return f"“{form}”: {made}; " + ", ".join(verdict.reasons[1:] or verdict.reasons)
