"""Places that share a name: which of them a post means, told by region words and by what is named beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from bot.places.text import fold

Coordinates = tuple[float, float]  # latitude, longitude in degrees, WGS 84

NEAR_KM = 80.0  # within a day's news of one stretch of front
_GENERIC = re.compile(
    rb"^(?:%s)" % "|".join(["област", "обл", "район", "край", "oblast", "region", "республ"]).encode("cp1251")
)


def region_stems(region: str) -> tuple[bytes, ...]:
    """Give the beginnings of words by which a text names a region: «донецьк» for Донецька область.

    A Latin name answers to the Cyrillic spellings only if the region is given in them.
    """
    words = [word for word in fold(region).split() if len(word) > 3 and not _GENERIC.search(word)]
    return tuple(b" " + word[: max(4, len(word) - 2)] for word in words)


def named_regions(low: bytes, places: Iterable[int], stems: Mapping[int, tuple[bytes, ...]]) -> set[int]:
    """Which of the places lie in a region that the text names."""
    return {place for place in places if any(stem in low for stem in stems.get(place, ()))}


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
    """Give the great-circle distance, by the haversine formula on a sphere of 6,371 km."""
    (lat1, lon1), (lat2, lon2) = here, there
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2
    half += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(half)))
