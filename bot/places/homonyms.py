"""Places that share a name: which of them a post means, told by region words and by what is named beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from bot.places.regions import oblast_beside, oblast_of, oblast_stems
from bot.places.text import fold

Coordinates = tuple[float, float]  # latitude, longitude in degrees, WGS 84

NEAR_KM = 80.0  # within a day's news of one stretch of front
_GENERIC = re.compile(
    rb"^(?:%s)" % "|".join(["област", "обл", "район", "край", "oblast", "region", "республ"]).encode("cp1251")
)


class Region(NamedTuple):
    """The region of a place as it is compared: one of our oblasts by its name, any other by its own words."""

    key: str
    stems: tuple[bytes, ...]  # beginnings of words by which a text names it: «донецьк», «донеччин»


@lru_cache(maxsize=4096)
def region(name: str) -> Region:
    """Read the name of a region, in any of the languages.

    A region that is none of the oblasts we know answers to the language alone in which it is given.
    """
    oblast = oblast_of(name)
    if oblast:
        return Region(oblast, tuple(b" " + stem.encode("cp1251") for stem in oblast_stems(oblast)))
    words = [word for word in fold(name).split() if len(word) > 3 and not _GENERIC.search(word)]
    return Region(fold(name).decode("cp1251"), tuple(b" " + word[: max(4, len(word) - 2)] for word in words))


def named_regions(low: bytes, places: Iterable[int], regions: Mapping[int, Region]) -> set[int]:
    """Which of the places lie in a region that the text names."""
    return {
        place for place in places if place in regions and any(stem in low for stem in regions[place].stems)
    }


def elsewhere(
    text: str, start: int, end: int, places: Iterable[int], regions: Mapping[int, Region]
) -> set[int]:
    """Which of the places lie in another oblast than the one named right beside `text[start:end]`."""
    known = {place: regions[place].key for place in places if place in regions}
    beside = oblast_beside(text, start, end) if any(oblast_of(key) for key in known.values()) else None
    return {place for place, key in known.items() if beside and key != beside and oblast_of(key)}


def usual_places(places: Iterable[int], regions: Mapping[int, Region], usual: Iterable[str]) -> set[int]:
    """Which of the places lie in the regions of which the channel usually speaks."""
    keys = {region(name).key for name in usual}
    return {place for place in places if place in regions and regions[place].key in keys}


def nearest(
    places: Iterable[int], others: Iterable[int], coordinates: Mapping[int, Coordinates]
) -> tuple[int, float] | None:
    """Which of the places lies nearest to any other place of the post, and how far away in km."""
    best: tuple[int, float] | None = None
    for place in places:
        for other in others:
            if place in coordinates and other in coordinates:
                distance = kilometres(coordinates[place], coordinates[other])
                if best is None or distance < best[1]:
                    best = place, distance
    return best


def kilometres(here: Coordinates, there: Coordinates) -> float:
    """Give the great-circle distance, by the haversine formula on the mean radius of 6,371.0088 km (IUGG)."""
    (lat1, lon1), (lat2, lon2) = here, there
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2
    half += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))
