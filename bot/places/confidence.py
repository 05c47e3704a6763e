"""How sure we are that a known form means the place here, of which kind the mention is, and why."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from bot.places import cues
from bot.places.cases import ADJECTIVE, FROZEN, cases_in_words
from bot.places.cues import WEIGHTS
from storage.records import MentionKind

_TOKEN = re.compile(r"[\w'’ʼ]+(?:[.-]\w+)*|[^\w\s]|\n")
_CASES = FROZEN - 1
_NEAR = 70  # characters of context on either side


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one reading of a hit is worth."""

    kind: MentionKind
    confidence: float
    reasons: tuple[str, ...]


def judge(text: str, start: int, end: int, tag: int, name: str) -> Verdict:
    """Weigh the cues around `text[start:end]`, a form of `name` with the marks in `tag`."""
    before = [t.lower() for t in _TOKEN.findall(text[max(0, start - _NEAR) : start])][-4:]
    after = [t.lower() for t in _TOKEN.findall(text[end : end + _NEAR])][:6]
    kind = _kind(tag, after)
    reasons = ["a name" if kind is MentionKind.NAME else "an adjective"]
    surface = text[start:end]
    if kind is MentionKind.NAME and surface[:1].islower() and not name[:1].islower():
        reasons.append("written small" if any(c.isupper() for c in text) else "everything small")
    last = before[-1] if before else ""
    if kind is not MentionKind.NAME:
        if kind is MentionKind.DIRECTION:
            reasons.append("direction after")
        elif kind in (MentionKind.DISTRICT, MentionKind.REGION):
            reasons.append("region or district after")
    if last in cues.LOCATIVE:
        reasons.append("locative preposition")
    elif last in cues.OTHER_PREPOSITIONS:
        reasons.append("other preposition")
    elif last in cues.PLACE_MARKERS or (last == "." and before[-2:-1] and before[-2] in cues.PLACE_MARKERS):
        reasons.append("place marker before")
    if kind in (MentionKind.NAME, MentionKind.ADJECTIVE) and after:
        if after[0].startswith(cues.CALLED_WORDS) and tag & ADJECTIVE:
            reasons.append("church, unit or organisation")
        elif after[0].startswith(cues.STREET_WORDS) and tag & ADJECTIVE:
            reasons.append("street or square")
    score = sum(WEIGHTS[reason] for reason in reasons)
    return Verdict(kind, 1 / (1 + math.exp(-score)), tuple(reasons))


def _kind(tag: int, after: list[str]) -> MentionKind:
    if tag & ADJECTIVE:
        for word in after:
            if word.startswith(cues.DIRECTION_WORDS):
                return MentionKind.DIRECTION
            if word.startswith(cues.DISTRICT_WORDS):
                return MentionKind.DISTRICT
            if word.startswith(cues.REGION_WORDS):
                return MentionKind.REGION
            if not (word in ("и", "і", "й", "та", "або", "или", ",", "-") or word[-2:] in cues_endings):
                break
        if not tag & _CASES:
            return MentionKind.ADJECTIVE
    return MentionKind.NAME


cues_endings = frozenset(("ом", "му", "ий", "ый", "ой", "го", "им", "ая", "ій", "ої", "ую", "их", "ие", "ые"))


def explain(form: str, name: str, tag: int, verdict: Verdict) -> str:
    """Say in plain words why a mention is reported."""
    cases = cases_in_words(tag) if tag & _CASES else ""
    of = f"{cases} of “{name}”" if cases else f"from “{name}”"
    return f"“{form}”: {of}; " + ", ".join(verdict.reasons)
