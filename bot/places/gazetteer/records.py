"""The words of the gazetteer: a settlement as GeoNames knows it, and what a person's word may mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import Mendable
from bot.languages import Said
from storage.records import PlaceName

How = Literal["exact", "inflected", "misspelt"]


class GazetteerError(Mendable, ValueError):
    """A gazetteer can't be read or made, or doesn't know an area; the message says what to do."""


class UnknownArea(GazetteerError):
    """No region is called so, or several are; `near` are the names to choose from."""

    def __init__(self, message: Said, near: Sequence[str]) -> None:
        super().__init__(message)
        self.near = tuple(near)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A populated place of GeoNames, with every name that we know of it.

    `names` begins with `name` itself; then official, former, alias, romanised. `left_out` are aliases that
    are another place's main name: they count as names of this place only if a person adds them.
    """

    geonames_id: int
    name: str  # in Latin letters, neutral: what we call it in our own voice
    country: str  # ISO 3166 code: "UA"
    region: str  # in English: "Donetsk Oblast"; "" where unknown
    region_names: tuple[str, ...]  # the same in English, Ukrainian, Russian, as far as known
    latitude: float  # degrees, WGS 84
    longitude: float
    population: int  # 0 where unknown
    names: tuple[PlaceName, ...]
    left_out: tuple[PlaceName, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A settlement that a person's word may mean: through which of its names, how, and how well (0 to 1)."""

    settlement: Settlement
    matched: PlaceName
    how: How
    score: float
