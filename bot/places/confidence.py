"""How sure we are that a known form means the place here, of which kind the mention is, and why."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from bot.places.cases import ADJECTIVE, ANY_CASE, LINKED, LOCATIVE, cases_in_words
from bot.places.context import Context
from bot.places.cues import WEIGHTS
from bot.places.qualities import SAFE, before_noun, qualities, written
from bot.places.surroundings import around_adjective, around_name, governing
from bot.places.traits import (
    ADJECTIVAL,
    AREA,
    DIRECTION,
    DISTRICT,
    LINK,
    REGION,
    WORD,
    traits,
)
from storage.records import MentionKind

_ADJECTIVE_KINDS = (
    (DIRECTION, MentionKind.DIRECTION),
    (DISTRICT, MentionKind.DISTRICT),
    (REGION, MentionKind.REGION),
)


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
        """The chance that the place is meant, 0 to 1, to three places."""
        return _chance(self.score)


@lru_cache(maxsize=16384)
def _chance(score: float) -> float:
    return round(1 / (1 + math.exp(-score)), 3)


def judge(
    context: Context, surface: str, tag: int, name: str, *, crowding: float = 0.0, also_small: bool = False
) -> Verdict:
    """Weigh the cues around `surface`, a form of `name` with the marks in `tag`.

    `crowding` (0 to 1) says how many other names are looked for: the more, the likelier a chance likeness;
    `also_small`, that the same form stands in small letters elsewhere in the text.
    """
    kind = _kind(context, tag, surface)
    if kind is not MentionKind.NAME:
        reasons = around_adjective(context, surface, qualities(name), kind)
        crowded = kind is MentionKind.ADJECTIVE and crowding > 0
    else:
        of_name = qualities(name)
        reasons = ["a name", *of_name, *written(surface, name)]
        around_name(context, surface, tag, of_name, reasons)
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
        if not tag & ANY_CASE:
            return MentionKind.ADJECTIVE
        governed = governing(context)
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


def explain(form: str, name: str, tag: int, verdict: Verdict) -> str:
    """Say in plain words why a mention is reported."""
    reasons = verdict.reasons
    return _made_from(form, name, tag, verdict.kind) + ", ".join(reasons[1:] if len(reasons) > 1 else reasons)


@lru_cache(maxsize=16384)
def _made_from(form: str, name: str, tag: int, kind: MentionKind) -> str:
    cases = cases_in_words(tag) if tag & ANY_CASE else ""
    if kind is not MentionKind.NAME or not cases:
        made = f"an adjective of “{name}”" if tag & (ADJECTIVE | LINKED) else f"from “{name}”"
    else:
        made = f"{cases} of “{name}”"
    return f"“{form}”: {made}; "


def cues_of(why: str) -> list[tuple[str, float]]:
    """Give the cues that a `why` names, each with its weight (log-odds), in their order."""
    cues = why.partition("; ")[2]
    found: list[tuple[str, float]] = []
    while cues:
        cue = max((c for c in WEIGHTS if cues.startswith(c)), key=len, default="")
        if not cue:
            break
        found.append((cue, WEIGHTS[cue]))
        cues = cues[len(cue) :].removeprefix(", ")
    return found
