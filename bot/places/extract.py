"""`extract` as plain functions: tables of names, lines of posts in, lines of mentions out, nothing kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.places.gazetteer import Settlement
from bot.places.homonyms import Coordinates
from bot.places.matcher import Matcher
from storage.records import Mention, Place, PlaceName

DEFAULT_CONFIDENCE = 0.5  # what alerts use


class BrokenLineError(ValueError):
    """A line of input that can't be read; `number` counts from 1."""

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(f"line {number}: {problem}")
        self.number = number


@dataclass(frozen=True, slots=True)
class NameTable:
    """Names to look for, what each place is called where they came from, and where it lies."""

    names: tuple[PlaceName, ...]
    ids: Mapping[int, str]
    regions: Mapping[int, str] = field(default_factory=dict)
    coordinates: Mapping[int, Coordinates] = field(default_factory=dict)

    def place(self, place_id: int) -> str:
        """Give the table's own id of a place."""
        return self.ids.get(place_id, str(place_id))

    def matcher(self, *, morphology: bool) -> Matcher:
        """Give a matcher of these names."""
        return Matcher(self.names, regions=self.regions, coordinates=self.coordinates, morphology=morphology)

    def as_json(self, mention: Mention) -> dict[str, object]:
        """Write a mention as `extract` prints it."""
        return {
            "start": mention.start,
            "end": mention.end,
            "surface": mention.surface,
            "place": self.place(mention.place_id),
            "name": mention.name,
            "kind": mention.kind.value,
            "confidence": mention.confidence,
            "why": mention.why,
            "rivals": [{"place": self.place(r.place_id), "confidence": r.confidence} for r in mention.rivals],
        }


def read_names(lines: Iterable[str]) -> NameTable:
    """Read `id<TAB>name<TAB>language` lines; empty lines and those that start with # are passed over.

    Lines with one id are names of one place; the language may be left out.
    Raises `BrokenLineError` for a line without a name or with a language other than uk, ru and en.
    """
    numbers: dict[str, int] = {}
    names: list[PlaceName] = []
    for number, line in enumerate(lines, start=1):
        line = line.rstrip("\r\n").removeprefix("\ufeff")
        if not line.strip() or line.startswith("#"):
            continue
        key, *rest = line.split("\t")
        if not rest or not rest[0].strip():
            raise BrokenLineError(number, "expected id, name and language, with tabs between them")
        language = rest[1].strip() if len(rest) > 1 else ""
        if language not in ("uk", "ru", "en", ""):
            raise BrokenLineError(number, f"the language “{language}” is none of uk, ru, en")
        place_id = numbers.setdefault(key, len(numbers) + 1)
        names.append(PlaceName(place_id=place_id, text=rest[0].strip(), language=language))
    return NameTable(tuple(names), {number: key for key, number in numbers.items()})


def names_given(texts: Iterable[str]) -> NameTable:
    """Take each text as the name of a place of its own, as `--place NAME` does."""
    unique = list(dict.fromkeys(texts))
    names = tuple(
        PlaceName(place_id=number, text=text, language="") for number, text in enumerate(unique, start=1)
    )
    return NameTable(names, dict(enumerate(unique, start=1)))


def names_of(places: Iterable[Place]) -> NameTable:
    """Take the names of tracked places; a place's id is its name, with its region where two share one."""
    known = list(places)
    called = [place.name for place in known]
    ids = {
        place.id: f"{place.name}, {place.region or place.id}" if called.count(place.name) > 1 else place.name
        for place in known
    }
    return NameTable(
        tuple(name for place in known for name in place.names),
        ids,
        {place.id: place.region for place in known if place.region},
        {
            p.id: (p.latitude, p.longitude)
            for p in known
            if p.latitude is not None and p.longitude is not None
        },
    )


def names_of_settlements(settlements: Iterable[Settlement]) -> NameTable:
    """Take every name of these settlements; a place's id is its GeoNames number."""
    known = list(settlements)
    return NameTable(
        tuple(
            PlaceName(place_id=one.geonames_id, text=name.text, language=name.language, kind=name.kind)
            for one in known
            for name in one.names
        ),
        {one.geonames_id: str(one.geonames_id) for one in known},
        {one.geonames_id: one.region for one in known if one.region},
        {one.geonames_id: (one.latitude, one.longitude) for one in known},
    )


def extract_lines(
    lines: Iterable[str],
    matcher: Matcher,
    table: NameTable,
    *,
    min_confidence: float = DEFAULT_CONFIDENCE,
    broken: Callable[[BrokenLineError], None],
) -> Iterator[str]:
    """Turn each line `{"id", "text"}` into a line `{"id", "mentions"}`, in order, one at a time.

    A line that can't be read is handed to `broken` and has no output line; the rest goes on.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            post = json.loads(line)
            key, text = post["id"], post["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, KeyError, TypeError, RecursionError):
            broken(BrokenLineError(number, 'expected {"id": …, "text": "…"}'))
            continue
        mentions = matcher.find(text, min_confidence=min_confidence)
        yield _dump({"id": key, "mentions": [table.as_json(mention) for mention in mentions]})


def _dump(value: object) -> str:
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # a lone surrogate in the post
        return json.dumps(value)
    return line
