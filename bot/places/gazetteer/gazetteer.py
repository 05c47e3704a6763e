"""Which settlement does a person mean? By name, by region, by distance."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.places.gazetteer.records import Candidate, Settlement


class Gazetteer:
    """The settlements of some countries, decoded only as they are asked for."""

    @classmethod
    def load(cls, path: Path | None = None, countries: Iterable[str] | None = None) -> Gazetteer:
        """Open the gazetteer: files in the folder `path` (the operator's own) win over the packaged ones.

        `countries` are ISO codes; None means all that there are.
        """
        raise NotImplementedError

    def find(self, name: str, *, region: str | None = None, limit: int = 10) -> list[Candidate]:
        """Settlements that may be meant by `name`, the likeliest first."""
        raise NotImplementedError

    def by_id(self, geonames_id: int) -> Settlement | None:
        """The settlement with this GeoNames number."""
        raise NotImplementedError

    def inside(self, area: str) -> list[Settlement]:
        """Every settlement of a region, named in any of the languages, the largest first."""
        raise NotImplementedError

    def around(self, latitude: float, longitude: float, km: float) -> list[Settlement]:
        """Every settlement within `km` of a point, the nearest first."""
        raise NotImplementedError
