"""From what a person types to the place that is meant, and to every name by which it will be looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.places.gazetteer import Candidate, Gazetteer, Settlement
from bot.places.names import complete
from bot.places.qualities import qualities
from storage.records import NameKind, Place, PlaceName

_CYRILLIC = re.compile("[а-яіїєґё]", re.IGNORECASE)
_EVERYDAY = {
    "a common word": "is also an everyday word",
    "well known, and an everyday word": "is also an everyday word",
    "like any adjective": "looks like any adjective",
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a typed name may mean: one place for sure, or several to choose from, or nothing that is known."""

    typed: str
    sole: Candidate | None
    choices: tuple[Candidate, ...]  # where `sole` is None: bearers of the name, else near misses
    borne: bool  # whether the choices bear the very name


def resolve(gazetteer: Gazetteer, typed: str, *, region: str | None = None, limit: int = 8) -> Resolution:
    """Find what is meant. Only a sole bearer of the very name is taken unasked; a near miss never is."""
    candidates = gazetteer.find(typed, region=region, limit=max(limit, 50))
    bearers = [c for c in candidates if c.how == "exact"]
    # A former name or an alias is no rival of somebody's own name.
    own = [c for c in bearers if c.matched.kind in (NameKind.OFFICIAL, NameKind.ROMANISED)]
    meant = own or bearers
    if len(meant) == 1:
        return Resolution(typed, meant[0], (), borne=True)
    if meant:
        return Resolution(typed, None, tuple(bearers[:limit]), borne=True)
    return Resolution(typed, None, tuple(candidates[:limit]), borne=False)


def with_region(typed: str) -> tuple[str, str | None]:
    """Read "Lyman (Donetsk)" as a name and a region."""
    name, opened, rest = typed.strip().partition("(")
    if opened and name.strip() and rest.rstrip().endswith(")"):
        return name.strip(), rest.rstrip()[:-1].strip() or None
    return typed.strip(), None


def place_from(candidate: Candidate, others: Iterable[str] = (), *, area: str | None = None) -> Place:
    """Give the place that a candidate stands for, under the name that was typed where that is its own.

    A former name or an alias is looked for, but not used in our own voice: it takes a side.
    """
    settlement, matched = candidate.settlement, candidate.matched
    own = candidate.how == "exact" and matched.kind is NameKind.OFFICIAL
    return _place(settlement, matched.text if own else settlement.name, others, area)


def place_of(settlement: Settlement, others: Iterable[str] = (), *, area: str | None = None) -> Place:
    """Give the place under its main name, with every name that is known or made by rule."""
    return _place(settlement, settlement.name, others, area)


def _place(settlement: Settlement, name: str, others: Iterable[str], area: str | None) -> Place:
    # What GeoNames calls an alias in Latin letters is as often a misunderstanding as a name: kept, not looked for.
    known = [
        replace(n, active=not (_is_alias(n) and not _CYRILLIC.search(n.text)))
        for n in complete(settlement.names)
    ]
    names = [*known, *map(given, others)]
    return Place(
        id=0,
        name=name,
        region=settlement.region or None,
        latitude=settlement.latitude,
        longitude=settlement.longitude,
        geonames_id=settlement.geonames_id,
        population=settlement.population or None,
        area=area,
        names=_once(names),
    )


def _is_alias(name: PlaceName) -> bool:
    return name.kind is NameKind.ALIAS and name.source == "gazetteer"


def own_place(name: str, others: Sequence[str], position: tuple[float, float] | None = None) -> Place:
    """Give a place that no gazetteer knows, under the names that a person gave and what follows from them by rule."""
    latitude, longitude = position or (None, None)
    names = [replace(given(name), kind=NameKind.OFFICIAL), *map(given, others)]
    return Place(id=0, name=name, latitude=latitude, longitude=longitude, names=_once(complete(names)))


def given(name: str) -> PlaceName:
    """Give a name as a person gave it."""
    return PlaceName(place_id=0, text=name, language="", kind=NameKind.ALIAS)


def _once(names: Iterable[PlaceName]) -> tuple[PlaceName, ...]:
    """Leave out a name that stands there already, in whatever language; one that a person gave is looked for."""
    seen: dict[str, PlaceName] = {}
    for name in names:
        key = name.text.casefold()
        if key not in seen:
            seen[key] = name
        elif name.source == "given":
            seen[key] = replace(seen[key], active=True)
    return tuple(seen.values())


def everyday(names: Iterable[PlaceName]) -> list[tuple[str, str]]:
    """Give the names that text uses for other things too, each with why."""
    return [
        (name.text, _EVERYDAY[quality])
        for name in names
        if name.active
        for quality in qualities(name.text)
        if quality in _EVERYDAY
    ]
