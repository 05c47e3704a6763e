"""What the posts claim that a query asks for: by cue words first, as far as an index can tell, then judged."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Final

from bot.alerts.excerpt import sentences
from bot.archive.query import Query
from bot.claims import Table, find_claims
from bot.claims.notation import Element, Sort
from bot.claims.table import Role, Rule
from bot.commands.archive import telling
from bot.commands.claims import claims_of
from bot.languages import N_, Said
from bot.languages.said import either
from storage.folding import fold
from storage.records import Kept

Wanted = tuple[tuple[frozenset[str], bool], ...]  # one of these kinds is claimed, or none of them

_LISTED: Final = 12  # kinds that an error lists


def wanted_claims(query: Query, table: Table | None) -> Wanted:
    """The kinds of claims that a query asks for, by key or by label in any language; QueryError where one is unknown."""
    found: list[tuple[frozenset[str], bool]] = []
    for one in query.of("claim"):
        if table is None:
            raise query.error(one, N_("claims can't be looked for here"))
        known = {
            name.casefold(): kind.key
            for kind in table.kinds.values()
            for name in (kind.key, *kind.label.values())
        }
        kinds = set()
        for value in one.values:
            if value.casefold() not in known:
                near = difflib.get_close_matches(value.casefold(), known, 2, 0.6)
                meant = (
                    Said(N_("did you mean {near}?"), near=either(near))
                    if near
                    else Said(N_("there are {have}"), have=_listed(table))
                )
                raise query.error(one, N_("no claim is called {value}; {meant}"), value=value, meant=meant)
            kinds.add(known[value.casefold()])
        found.append((frozenset(kinds), not one.negated))
    return tuple(found)


def _listed(table: Table) -> str:
    more = ", …" if len(table.kinds) > _LISTED else ""
    return ", ".join(list(table.kinds)[:_LISTED]) + more


def cues(wanted: Wanted, table: Table) -> str | None:
    """An FTS5 expression that holds for every text with such a claim, and for others; None where none is asked for.

    Of each cue it asks for the one word that tells most: the one whose shortest form is longest.
    """
    asked = [kinds for kinds, holds in wanted if holds]
    if not asked:
        return None
    return " AND ".join(f"({' OR '.join(_terms(kinds, table))})" for kinds in asked)


def _terms(kinds: Collection[str], table: Table) -> list[str]:
    rules = [rule for rule in table.rules if rule.role is Role.CUE and rule.owner in kinds]
    terms: set[str] = set()
    for element in map(_telling, rules):
        terms.update(f'"{fold(word)}"' for word in element.exact)
        terms.update(f'"{fold(stem)}"*' for stem in element.stems)
    return sorted(terms)


def _telling(rule: Rule) -> Element:
    """The element of a cue that is looked for; each begins with a word that is always there."""
    always = [
        one
        for one in rule.pattern.elements
        if one.sort is Sort.WORD and one.least and (one.exact or one.stems)
    ]
    return max(always, key=lambda one: min(map(len, (*one.exact, *one.stems))))


def claims(kept: Kept, version: int | None, wanted: Wanted, places: Collection[int], table: Table) -> bool:
    """Whether a post, in one of its versions, claims what is asked for: about the places, where some are asked for."""
    revision, _ = telling(kept, places or None)
    if version is not None:
        revision = next(one for one in kept.revisions if one.number == version)
    if places:
        found = claims_of(revision, places, table)
        made = _kinds(claim.kind for about in found.values() for claim in about)
    else:
        made = _kinds(claim.kind for claim in find_claims(revision.text, table, sentences(revision.text)))
    return all(bool(kinds & made) is holds for kinds, holds in wanted)


def _kinds(kinds: Iterable[str]) -> frozenset[str]:
    return frozenset(kinds)
