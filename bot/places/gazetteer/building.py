"""From what a source says about settlements to a country's file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from bot.places.gazetteer.folding import fold
from bot.places.gazetteer.records import Settlement
from bot.places.gazetteer.sorting import Raw, sort_names
from bot.places.gazetteer.tables import Known, Regions, known_places, region_names
from storage.records import NameKind

_MAIN = (NameKind.OFFICIAL, NameKind.ROMANISED)


def build(raws: Iterable[Raw], regions: dict[str, Regions] | None = None) -> dict[str, list[Settlement]]:
    """Give the settlements of each country, names sorted, the largest first.

    `regions` are the region names of countries by admin1 code, from the source; our own table's names, in three
    languages, go first. An alias that is another place's main name is left out.
    """
    known = known_places()
    tables: dict[str, Regions] = {}
    countries: dict[str, list[Settlement]] = defaultdict(list)
    for raw in raws:
        if raw.country not in tables:
            tables[raw.country] = (regions or {}).get(raw.country, {}) | region_names(raw.country)
        countries[raw.country].append(_settlement(raw, known.get(raw.geonames_id), tables[raw.country]))
    return {country: _without_strangers(settlements) for country, settlements in countries.items()}


def _settlement(raw: Raw, known: Known | None, regions: Regions) -> Settlement:
    names = sort_names(raw, known)
    region = regions.get(raw.admin1, ())
    return Settlement(
        geonames_id=raw.geonames_id,
        name=names[0].text,
        country=raw.country,
        region=region[0] if region else "",
        region_names=region,
        latitude=raw.latitude,
        longitude=raw.longitude,
        population=raw.population,
        names=names,
    )


def _without_strangers(settlements: list[Settlement]) -> list[Settlement]:
    """Set aside each alias that is the main name of another place of the country: Pokrovsk ← Grishino."""
    mains: Counter[str] = Counter()
    for settlement in settlements:
        mains.update({fold(name.text) for name in settlement.names if name.kind in _MAIN})
    result = []
    for settlement in settlements:
        own = {fold(name.text) for name in settlement.names if name.kind in _MAIN}
        left_out = tuple(
            name
            for name in settlement.names
            if (name.kind is NameKind.ALIAS or (name.kind is NameKind.FORMER and not name.until))
            and fold(name.text) not in own
            and mains[fold(name.text)]
        )
        names = tuple(name for name in settlement.names if name not in left_out)
        result.append(replace(settlement, names=names, left_out=left_out))
    return sorted(result, key=lambda s: (-s.population, s.geonames_id))
