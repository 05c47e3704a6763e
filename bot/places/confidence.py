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
    SMALL,
    cases_in_words,
)
from bot.places.cues import WEIGHTS
from bot.places.people import HEADS, PATRONYMIC, RANKS, SURNAME_SHAPE, first_names, function_words
from storage.records import MentionKind

_TOKEN = re.compile(r"\w+(?:['’ʼ-]\w+)*|[^\w\s]|\n")
_CASES = FROZEN - 1
_BEFORE, _AFTER = 60, 50  # characters of context
_LIST_WORDS = frozenset(["и", "і", "й", "та", "або", "или", ",", "-", "–", "and", "&", "/"])
_ENDS = frozenset(".!?…:;\n—•▪")
_ADJECTIVE_SHAPE = re.compile(r"(?:[сцз]ь?к|[нвхрл])(?:ий|ый|ой|ом|ому|ім|им|ым|ого|их|ых|ая|ій|ої|ою|ую|ие|ые|і|у|а|е)$")
_PLAIN_ADJECTIVE = re.compile(r"(?<!ськ)(?<!цьк)(?<!зьк)(?<!..ов)(?<!..ев)(?<!..єв)(?<!..ин)(?<!..їн)(?:[бвгдкклмнпрстхшщ](?:е|ое|ий|ый|ая)|нє|ній)$")


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

    @property
    def confidence(self) -> float:
        """The chance that the place is meant, 0 to 1."""
        return 1 / (1 + math.exp(-self.score))


def context_of(text: str, start: int, end: int) -> Context:
    """Read the surroundings of `text[start:end]`."""
    before = _TOKEN.findall(text, max(0, start - _BEFORE), start)
    before.reverse()
    return Context(before, _TOKEN.findall(text, end, end + _AFTER), text.islower())


def judge(context: Context, surface: str, tag: int, name: str) -> Verdict:
    """Weigh the cues around `surface`, a form of `name` with the marks in `tag`."""
    lower = [word.lower() for word in context.before[:5]]
    follow = [word.lower() for word in context.after[:7]]
    kind = _kind(tag, follow, surface)
    if kind is MentionKind.NAME:
        reasons = ["a name", *qualities(name)]
        reasons += _shape(context, surface, tag, name, lower)
        reasons += _people(context, surface, tag, lower, follow)
        reasons += _before(context, surface, tag, lower)
        reasons += _after(context, tag, follow)
    else:
        reasons = _adjective(context, surface, kind, lower, follow)
    return Verdict(kind, sum(map(WEIGHTS.__getitem__, reasons)), reasons)


def _kind(tag: int, follow: list[str], surface: str) -> MentionKind:
    if tag & ADJECTIVE:
        for word in follow:
            if word.startswith(cues.DIRECTION_WORDS):
                return MentionKind.DIRECTION
            if word.startswith(cues.DISTRICT_WORDS):
                return MentionKind.DISTRICT
            if word.startswith(cues.REGION_WORDS):
                return MentionKind.REGION
            if word not in _LIST_WORDS and not _ADJECTIVE_SHAPE.search(word):
                break
        return MentionKind.NAME if tag & _CASES else MentionKind.ADJECTIVE
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
        return ("a first name",) if words[0] in first_names() and " " in name else ("several words",)
    if lower in cues.COMMON_WORDS or name.lower() in cues.COMMON_WORDS:
        return ("a common word",)
    if re.search(r"(?:[сц]ь?к(?:е|ое)?|град|город|поль|піль|[іїое]вка|[іїи]нка|ичі|ичи|щина|burg|vsk|ivka)$", lower):
        return ("unmistakable ending",)
    if _PLAIN_ADJECTIVE.search(lower):
        return ("like any adjective",)
    return ()


def _shape(context: Context, surface: str, tag: int, name: str, lower: list[str]) -> list[str]:
    reasons = []
    first = surface[0]
    if first.islower() and not name[:1].islower():
        reasons.append("in a text of small letters" if context.small else "in small letters")
    if lower[:1] == ["#"]:
        reasons.append("hashtag")
    elif not lower or lower[0] in _ENDS:
        reasons.append("opens a sentence")
    plain = surface.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
    if plain in function_words():
        reasons.append("a function word")
    elif plain in first_names() and name.lower() not in cues.WELL_KNOWN:
        reasons.append("a first name")
    elif not tag & NOMINATIVE and SURNAME_SHAPE.search(plain) and not tag & SMALL:
        reasons.append("looks like a surname")
    return reasons


def _people(context: Context, surface: str, tag: int, lower: list[str], follow: list[str]) -> list[str]:
    before, after = context.before, context.after
    last = lower[0] if lower else ""
    if len(before) > 1 and last == "." and len(before[1]) == 1 and before[1].isupper():
        return ["initials beside it"]
    if len(after) > 2 and after[1] == "." and len(after[0]) == 1 and after[0].isupper() and after[2:3] != ["\n"]:
        return ["initials beside it"]
    if (last and PATRONYMIC.search(last)) or (follow and PATRONYMIC.search(follow[0]) and after[0][0].isupper()):
        return ["patronymic beside it"]
    if not last:
        return []
    if last in first_names() and before[0][0].isupper() and last not in cues.LOCATIVE:
        return ["first name before"]
    if last in cues.HONOUR_WORDS or (last == "." and lower[1:2] and lower[1] in cues.HONOUR_WORDS):
        return ["in honour of"]
    if last.startswith(HEADS):
        return ["word that a place follows"] if tag & GENITIVE else ["head of something before"]
    if last.startswith(RANKS) and last not in cues.PLACE_MARKERS:
        return ["rank or title before"]
    return []


def _before(context: Context, surface: str, tag: int, lower: list[str]) -> list[str]:
    reasons: list[str] = []
    if not lower:
        return reasons
    last = lower[0]
    if last in "«\"“„'(" and len(lower) > 1:
        if last == "(":
            reasons.append("in brackets")
        elif lower[1].startswith(cues.CALLED_WORDS) or lower[1] in cues.HONOUR_WORDS:
            reasons.append("church, unit or organisation")
    if last in cues.LOCATIVE or last in cues.OTHER_PREPOSITIONS:
        reasons.append(_preposition(last, tag))
    elif last in cues.PLACE_MARKERS or (last == "." and lower[1:2] and lower[1] in cues.ABBREVIATED_MARKERS):
        if len(context.before) < 2 or context.before[0] != "." or context.before[1].islower():
            reasons.append("place marker before")
    elif (last == "." and lower[1:2] and lower[1] in ("вул", "ул", "просп", "пр", "пл", "пров", "пер", "бул", "бульв")) or (last.startswith(cues.STREET_WORDS) and len(last) > 3):
        reasons.append("street or square")
    elif last.startswith(cues.CALLED_WORDS) and len(last) > 3:
        pass
    elif last.startswith(cues.PLACE_FOLLOWS) and (tag & GENITIVE or tag & FROZEN):
        reasons.append("word that a place follows")
    elif context.before[0][0].isupper() and last not in first_names() and surface[0].isupper():
        if len(lower) > 1 and lower[1] not in _ENDS and not context.before[0].isupper():
            reasons.append("capitalised word before")
    for word in lower[:4]:
        if word in _ENDS:
            break
        if word.startswith(cues.NEWS):
            reasons.append("news of war or travel before")
            break
    return reasons


def _preposition(word: str, tag: int) -> str:
    governed = cues.LOCATIVE.get(word)
    if governed is not None:
        if tag & (governed | FROZEN) or not tag & _CASES:
            return "locative preposition"
        return "at somebody's" if word in cues.POSSESSIVE else "preposition with another case"
    if tag & (cues.OTHER_PREPOSITIONS[word] | FROZEN):
        return "other preposition"
    if word in ("з", "із", "зі", "с", "со") and tag & INSTRUMENTAL:
        return "at somebody's"
    return "preposition with another case"


def _after(context: Context, tag: int, follow: list[str]) -> list[str]:
    reasons: list[str] = []
    if not follow:
        return reasons
    first = follow[0]
    words = follow[1:] if first in (",", "(") else follow
    if len(words) > 1 and _ADJECTIVE_SHAPE.search(words[0]):
        if words[1].startswith(cues.REGION_WORDS + cues.DISTRICT_WORDS):
            return ["region or district after"]
    if words and first in (",", "(") and words[0] in cues.COUNTRIES_AFTER:
        reasons.append("country or region named after it")
    if first.startswith(cues.SPEECH_VERBS) and tag & NOMINATIVE:
        reasons.append("verb of speech after")
    elif context.after[0][0].isupper():
        reasons.append("surname after" if SURNAME_SHAPE.search(first) else "capitalised word after")
    elif first == "-" and len(follow) > 1 and follow[1][0].isalpha():
        reasons.append("part of a hyphenated word")
    return reasons


def _adjective(context: Context, surface: str, kind: MentionKind, lower: list[str], follow: list[str]) -> list[str]:
    reasons = ["an adjective"]
    if kind is MentionKind.DIRECTION:
        return [*reasons, "direction after"]
    if kind is not MentionKind.ADJECTIVE:
        return [*reasons, "region or district after"]
    people = _people(context, surface, ADJECTIVE, lower, follow)
    if people and surface[0].isupper():
        return [*reasons, *people]
    if follow and follow[0].startswith(cues.CALLED_WORDS) and surface[0].isupper():
        reasons.append("church, unit or organisation")
    elif (follow and follow[0].startswith(cues.STREET_WORDS)) or (lower and lower[0].startswith(cues.STREET_WORDS)):
        reasons.append("street or square")
    elif surface[0].isupper() and lower and lower[0] not in _ENDS and not surface.isupper():
        if not follow or not follow[0][0].isalpha() or follow[0].startswith(cues.SPEECH_VERBS):
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
