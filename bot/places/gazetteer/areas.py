"""Which region does a person mean? By its name in any language, whole or in part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.places.gazetteer.folding import fold

_WORDS = re.compile(
    r"\b(oblast'?|region|krai|kray|republic|autonomous|of|okrug|voivodeship|county|district|the|province|"
    r"област[ьіи]|обл|край|краю|края|республіка|республика|автономна|автономная|автономний|автономный|"
    r"округ|воєводство|воеводство)\b\.?",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(ої|ого|ая|ой|ий|ый|ій|ою|а|я|е|є|о|и|і|ь|ье)$")
_SHORTEST_PART = 4

Region = tuple[str, ...]


def without_words(text: str) -> str:
    """A region's name without «oblast», «край» and the like; as it was where nothing else is left."""
    return " ".join(_WORDS.sub(" ", text).split()) or text


def says_region(text: str) -> bool:
    """Whether the words themselves say that a region is meant."""
    return _WORDS.search(text) is not None


@dataclass(frozen=True, slots=True)
class Areas:
    """The regions of the loaded countries: country code and names."""

    regions: tuple[tuple[str, Region], ...]

    @classmethod
    def of(cls, regions: Iterable[tuple[str, Region]]) -> Areas:
        """All regions that have a name."""
        return cls(tuple(region for region in regions if region[1] and region[1][0]))

    def named(self, text: str) -> list[tuple[str, Region]]:
        """The regions that are called so: by the whole name, else without the word for region, else by its beginning."""
        whole, bare = fold(text), fold(without_words(text))
        stem = fold(_ENDING.sub("", without_words(text).lower()))
        return (
            self._where(lambda name: fold(name) == whole)
            or self._where(lambda name: fold(without_words(name)) == bare)
            or self._where(
                lambda name: len(stem) >= _SHORTEST_PART and fold(without_words(name)).startswith(stem)
            )
        )

    def _where(self, fits: Callable[[str], bool]) -> list[tuple[str, Region]]:
        return [region for region in self.regions if any(fits(name) for name in region[1])]

    def near(self, text: str, limit: int = 5) -> list[str]:
        """The English names of the regions that are called nearly so."""
        names = {name: region for region in self.regions for name in region[1]}
        bare = {name: fold(without_words(name)) for name in names}
        ranked = process.extract(
            fold(without_words(text)), bare, scorer=OSA.normalized_similarity, limit=4 * limit
        )
        return list(dict.fromkeys(names[name][1][0] for _, _, name in ranked))[:limit]
