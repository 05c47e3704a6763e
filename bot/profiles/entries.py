"""What a profile holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from storage.records import Place, PlaceName, Priority

VERSION: Final = 1
LONGEST_FILE: Final = 8_000_000  # bytes: an oblast with all its villages and their names takes about 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEntry:
    """A public channel and who speaks there; None where the profile says nothing."""

    username: str  # without @
    label: str | None = None
    side: str | None = None
    standing: str | None = None
    owner: str | None = None
    priority: Priority | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEntry:
    """A place. Without `names` it is looked up in the gazetteer, and names follow from there or by rule."""

    name: str
    names: tuple[PlaceName, ...] | None = (
        None  # exactly these; None: as the gazetteer and the rules have them
    )
    aliases: tuple[str, ...] = ()  # besides
    region: str | None = None
    area: str | None = None
    position: tuple[float, float] | None = None
    geonames: int | None = None
    population: int | None = None
    line: int = 0

    def as_place(self, names: tuple[PlaceName, ...]) -> Place:
        """The place under those names."""
        latitude, longitude = self.position or (None, None)
        return Place(
            id=0,
            name=self.name,
            region=self.region,
            latitude=latitude,
            longitude=longitude,
            geonames_id=self.geonames,
            population=self.population,
            area=self.area,
            names=names,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A set of channels, places, and regions of which every place is tracked."""

    channels: tuple[ChannelEntry, ...] = ()
    places: tuple[PlaceEntry, ...] = ()
    areas: tuple[str, ...] = ()
