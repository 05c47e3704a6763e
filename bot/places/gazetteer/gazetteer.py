"""Which settlement does a person mean? By name, by region, by distance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.languages import N_, Said
from bot.places.forms import forms_of
from bot.places.gazetteer import file
from bot.places.gazetteer.areas import Areas, Region, says_region, without_words
from bot.places.gazetteer.file import Country
from bot.places.gazetteer.folding import fold
from bot.places.gazetteer.index import Index
from bot.places.gazetteer.records import Candidate, GazetteerError, How, Settlement, UnknownArea
from bot.places.gazetteer.tables import DATA
from bot.places.homonyms import kilometres
from storage.records import NameKind

# How well an exact match says what is meant: a present name better than a former one, an alias worst.
_EXACT = {NameKind.OFFICIAL: 1.0, NameKind.ROMANISED: 1.0, NameKind.FORMER: 0.95, NameKind.ALIAS: 0.9}
_INFLECTED = 0.85
_MISSPELT = 0.8  # times the share of letters that agree
_LONGEST = 80  # letters of a name; more is no name, and would take minutes to compare
_LOOKED_AT = 120  # nearest spellings of which the forms are made
_KM_PER_DEGREE = 110.5  # of latitude, where it is shortest: 110.57 km at the equator


class Gazetteer:
    """The settlements of some countries, decoded only as they are asked for."""

    def __init__(self, countries: Iterable[Country]) -> None:
        self._indexes = [Index(country) for country in countries]

    @classmethod
    def load(cls, path: Path | None = None, countries: Iterable[str] | None = None) -> Gazetteer:
        """Open the gazetteer: files in the folder `path` (the operator's own) win over the packaged ones.

        `countries` are ISO codes; None means all that there are. A file that is broken or of another version, or
        a country that there is no file of, is a `GazetteerError` that says what to do.
        """
        files = {
            found.stem: found for folder in (DATA, path) if folder for found in folder.glob(f"*{file.SUFFIX}")
        }
        wanted = sorted(files) if countries is None else [code.upper() for code in countries]
        missing = [code for code in wanted if code not in files]
        if missing:
            raise GazetteerError(
                N_(
                    "There is no gazetteer of {missing} (only of {have}): "
                    "placewatch gazetteer build --countries {countries}"
                ),
                missing=", ".join(missing),
                have=", ".join(sorted(files)),
                countries=",".join(missing),
            )
        return cls(file.read(files[code]) for code in wanted)

    def __len__(self) -> int:
        return sum(len(index.country.lines) for index in self._indexes)

    def __iter__(self) -> Iterator[Settlement]:
        """Every settlement, country by country."""
        for index in self._indexes:
            for at in range(len(index.country.lines)):
                yield index.country.settlement(at)

    def find(self, name: str, *, region: str | None = None, limit: int = 10) -> list[Candidate]:
        """Settlements that may be meant by `name`, the likeliest first.

        Exact matches in any language and script go first: present names, former ones, aliases, each by population.
        Only where there is none, case forms and misspellings are looked for. `region` keeps those of a region,
        which may be named as in `inside`, or by its largest town; an unknown one is an `UnknownArea`.
        """
        key = fold(name)
        if not 0 < len(key) <= _LONGEST:
            return []
        wanted = None if region is None else frozenset(self._regions(region, by_town=True))
        found = self._exact(key, wanted) or self._nearly(key, wanted)
        found.sort(key=lambda c: (-c.score, -c.settlement.population, c.settlement.geonames_id))
        return found[:limit]

    def by_id(self, geonames_id: int) -> Settlement | None:
        """The settlement with this GeoNames number."""
        start = f"{geonames_id}\t"
        for index in self._indexes:
            for at, line in enumerate(index.country.lines):
                if line.startswith(start):
                    return index.country.settlement(at)
        return None

    def inside(self, area: str) -> list[Settlement]:
        """Every settlement of a region, the largest first.

        The region may be named in English, Ukrainian or Russian, with or without the word for it ("Donetsk
        Oblast", «Донецька», «Донецкая область»). Unknown and ambiguous names are an `UnknownArea` that lists
        what may be meant.
        """
        regions = self._regions(area, by_town=says_region(area))
        if len(regions) > 1:
            near = [f"{names[0]} ({country})" for country, names in regions]
            raise UnknownArea(
                Said(N_("“{area}” may be {near}: give the whole name."), area=area, near=", ".join(near)),
                near,
            )
        (code, names), *_ = regions
        found = []
        for index in self._indexes:
            country = index.country
            if country.code == code:
                number = str(country.regions.index(names))
                found += [
                    country.settlement(at)
                    for at, line in enumerate(country.lines)
                    if line.split("\t", 5)[4] == number
                ]
        return sorted(found, key=lambda s: (-s.population, s.geonames_id))

    def around(self, latitude: float, longitude: float, km: float) -> list[Settlement]:
        """Every settlement within `km` of a point (degrees, WGS 84) by great circle, the nearest first."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and km >= 0):
            raise GazetteerError(
                N_(
                    "{latitude}, {longitude} within {km} km is no place on Earth: latitude -90 to 90, "
                    "longitude -180 to 180, a distance of 0 or more"
                ),
                latitude=latitude,
                longitude=longitude,
                km=km,
            )
        near: list[tuple[float, Index, int]] = []
        for index, rows in zip(self._indexes, self._positions, strict=True):
            for at, (north, east) in enumerate(rows):
                if abs(north - latitude) * _KM_PER_DEGREE <= km:
                    distance = kilometres((latitude, longitude), (north, east))
                    if distance <= km:
                        near.append((distance, index, at))
        near.sort(key=lambda found: found[0])
        return [index.country.settlement(at) for _, index, at in near]

    @cached_property
    def _positions(self) -> list[list[tuple[float, float]]]:
        return [
            [(float(row[1]), float(row[2])) for row in (line.split("\t", 3) for line in index.country.lines)]
            for index in self._indexes
        ]

    @cached_property
    def _areas(self) -> Areas:
        return Areas.of(
            (index.country.code, names) for index in self._indexes for names in index.country.regions
        )

    def _regions(self, text: str, *, by_town: bool) -> list[tuple[str, Region]]:
        found = self._areas.named(text)
        if not found and by_town:
            found = self._around_town(text)
        if not found:
            near = self._areas.near(text)
            raise UnknownArea(
                Said(N_("There is no region called “{area}”. Near: {near}"), area=text, near=", ".join(near)),
                near,
            )
        return found

    def _around_town(self, text: str) -> list[tuple[str, Region]]:
        """The region called after a town, else the one that it lies in: "Kiev Oblast" is not the city of Kyiv."""
        towns = [c.settlement for c in self._exact(fold(without_words(text)), None) if c.settlement.region]
        if not towns:
            return []
        town = max(towns, key=lambda settlement: settlement.population)
        called = self._areas.named(f"{town.name} Oblast") if says_region(text) else []
        return called or [(town.country, town.region_names)]

    def _exact(self, key: str, regions: frozenset[tuple[str, Region]] | None) -> list[Candidate]:
        return list(self._best(self._candidates(key, "exact", 1.0), regions))

    def _candidates(self, key: str, how: How, share: float) -> Iterator[Candidate]:
        for index in self._indexes:
            for at, number in index.exact(key):
                settlement = index.country.settlement(at)
                matched = settlement.names[number]
                yield Candidate(settlement, matched, how, round(_EXACT[matched.kind] * share, 3))

    def _best(
        self, candidates: Iterable[Candidate], regions: frozenset[tuple[str, Region]] | None
    ) -> Iterator[Candidate]:
        best: dict[int, Candidate] = {}
        for candidate in candidates:
            settlement = candidate.settlement
            if regions is not None and (settlement.country, settlement.region_names) not in regions:
                continue
            known = best.get(settlement.geonames_id)
            if known is None or known.score < candidate.score:
                best[settlement.geonames_id] = candidate
        return iter(best.values())

    def _nearly(self, key: str, regions: frozenset[tuple[str, Region]] | None) -> list[Candidate]:
        """Case forms and misspellings: a letter of a short name, two of six letters and more, three of ten."""
        mistakes = 0 if len(key) < 3 else 1 if len(key) < 6 else 2 if len(key) < 10 else 3
        near: dict[str, int] = {}
        for index in self._indexes:
            for text, distance, _ in process.extract(
                key, index.keys, scorer=OSA.distance, score_cutoff=mistakes + 2, limit=_LOOKED_AT
            ):
                near[text] = int(distance)
        nearest = sorted(near, key=near.__getitem__)[:_LOOKED_AT]
        mistakes = min(mistakes, near[nearest[0]] + 1) if nearest else 0
        found: list[Candidate] = []
        for text in nearest:
            if text[:2] == key[:2] and _is_form(key, self._written(text)):
                found += self._candidates(text, "inflected", _INFLECTED)
            elif near[text] <= mistakes:
                share = _MISSPELT * (1 - near[text] / max(len(key), len(text)))
                found += self._candidates(text, "misspelt", share)
        return list(self._best(found, regions))

    def _written(self, key: str) -> str:
        """A name that folds to the key, as it is written."""
        return next((name for index in self._indexes if (name := index.written(key))), key)


def _is_form(key: str, name: str) -> bool:
    return any(fold(form.decode("cp1251")) == key for form in forms_of(name).nouns)
