"""What in a table is readable but probably not meant."""

from __future__ import annotations

from collections import defaultdict

from bot.claims.find import find_claims
from bot.claims.notation import Element
from bot.claims.table import Role, Rule, Table

_SHORT = 4  # letters
_NAME = "Somewhere"  # stands for PLACE in an example


def warnings(table: Table) -> list[str]:
    """Cues of one short word, cues of two kinds, and cues that can never be found; each with what to do."""
    cues = [rule for rule in table.rules if rule.role is Role.CUE]
    return [*_short(cues), *_twice(cues), *_never(cues, table)]


def _short(cues: list[Rule]) -> list[str]:
    found = []
    for rule in cues:
        only = rule.pattern.elements[0]
        if len(rule.pattern.elements) > 1 or rule.pattern.after_place is not None:
            continue
        short = sorted(word for word in (*only.exact, *only.stems) if len(word) <= _SHORT)
        if short:
            found.append(
                f"{_where(rule)}: “{', '.join(short)}” is one short word and will be found where it means something "
                "else; add a word or PLACE to it"
            )
    return found


def _twice(cues: list[Rule]) -> list[str]:
    same: dict[tuple[int | None, tuple[Element, ...]], list[Rule]] = defaultdict(list)
    for rule in cues:
        same[rule.pattern.after_place, rule.pattern.elements].append(rule)
    found = []
    for rules in same.values():
        kinds = list(dict.fromkeys(rule.owner for rule in rules))
        if len(kinds) > 1:
            found.append(
                f"{_where(rules[0])} is also a cue of {', '.join(kinds[1:])}; only {kinds[0]} is found, so delete the others"
            )
        elif len(rules) > 1:
            found.append(f"{_where(rules[0])} is written {len(rules)} times; once is enough")
    return found


def _never(cues: list[Rule], table: Table) -> list[str]:
    """Each cue's own shortest words are searched: what doesn't find itself finds nothing."""
    found = []
    for rule in cues:
        words = [_NAME if word == "PLACE" else word for word in rule.pattern.example()]
        text = " ".join(words)
        at, names = 0, []
        for word in words:
            if word == _NAME:
                names.append((at, at + len(word)))
            at += len(word) + 1
        claims = find_claims(text, table, names=names)
        if any(claim.kind == rule.owner for claim in claims):
            continue
        others = sorted({claim.kind for claim in claims})
        reason = (
            f"“{text}” is taken for {', '.join(others)}"
            if others
            else "an exception or everyday phrase covers it"
        )
        found.append(f"{_where(rule)} never finds anything: {reason}; change or delete one of the two")
    return found


def _where(rule: Rule) -> str:
    return f"[kinds.{rule.owner}] {rule.language} “{rule.pattern.written}”"
