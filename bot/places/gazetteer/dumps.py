"""The dump files of GeoNames, read line by line: a country file, and the alternate names with their languages.

The formats are told in https://download.geonames.org/export/dump/readme.txt. A zip holds the table beside
readme.txt or iso-languagecodes.txt; an unpacked table is read too.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bot.places.gazetteer.records import GazetteerError
from bot.places.gazetteer.sorting import Raw, Spelling
from bot.places.gazetteer.tables import Regions

AGAIN = "download it again from https://download.geonames.org/export/dump/"
_BESIDE = ("readme.txt", "iso-languagecodes.txt")
_COLUMNS, _ALTERNATE_COLUMNS = 19, 10
_LONGEST_LINE = 1 << 20
_LANGUAGES = frozenset(["", "uk", "ru", "en"])
_NO_PLACE_ANY_MORE = "PPLH"
_YEAR = re.compile(r"\d{4}")

Advance = Callable[[int], None]


@dataclass(slots=True)
class Problems:
    """Lines that could not be read: how many, and the first ones in words."""

    count: int = 0
    told: list[str] = field(default_factory=list)
    most: int = 20

    def add(self, source: str, line: int, what: str) -> None:
        """Note a broken line."""
        self.count += 1
        if len(self.told) < self.most:
            self.told.append(f"{source}, line {line}: {what}; left out")


@dataclass(frozen=True, slots=True)
class Dump:
    """What the files say: settlements, and region names by country and admin1 code."""

    settlements: list[Raw]
    regions: dict[str, Regions]


def size(path: Path) -> int:
    """How many bytes `read_dump` will read of a file."""
    with _table(path) as (_, _, length):
        return length


def read_dump(path: Path, alternates: Path | None, problems: Problems, advance: Advance) -> Dump:
    """Read a country file, and the alternate names of its places; `advance` is told the bytes as they are read.

    Broken lines go to `problems`. A file that can't be read to its end, or holds no settlements, is a
    `GazetteerError` that says what to do.
    """
    places: dict[int, Raw] = {}
    regions: dict[int, tuple[str, str, str]] = {}
    for number, source, line in _lines(path, problems, advance):
        try:
            raw, feature, code = _place(line)
        except ValueError as error:
            problems.add(source, number, str(error))
            continue
        if feature == "P" and code != _NO_PLACE_ANY_MORE:
            places[raw.geonames_id] = raw
        elif code == "ADM1":
            regions[raw.geonames_id] = (raw.country, raw.admin1, raw.name)
    if not places:
        raise GazetteerError(
            f"{path}: holds no settlements: is it a country file of GeoNames, like UA.zip? Else {AGAIN}"
        )
    spellings: dict[int, list[Spelling]] = defaultdict(list)
    if alternates is not None:
        wanted = places.keys() | regions.keys()
        for number, spelling in _alternate_names(alternates, wanted, problems, advance):
            spellings[number].append(spelling)
    return Dump(
        [_with(raw, spellings.get(raw.geonames_id)) for raw in places.values()],
        _region_names(regions, spellings),
    )


def _with(raw: Raw, spellings: Sequence[Spelling] | None) -> Raw:
    """The place with the names whose language is known; the flat list says less and is used where there are none."""
    if not spellings:
        return raw
    return Raw(
        geonames_id=raw.geonames_id,
        name=raw.name,
        country=raw.country,
        admin1=raw.admin1,
        latitude=raw.latitude,
        longitude=raw.longitude,
        population=raw.population,
        spellings=tuple(spellings),
    )


def _region_names(
    regions: dict[int, tuple[str, str, str]], spellings: dict[int, list[Spelling]]
) -> dict[str, Regions]:
    names: dict[str, Regions] = defaultdict(dict)
    for number, (country, code, name) in regions.items():
        known = spellings.get(number, ())
        others = (_best(known, language) for language in ("uk", "ru"))
        names[country][code] = (_best(known, "en") or name, *(other for other in others if other))
    return names


def _best(spellings: Iterable[Spelling], language: str) -> str:
    fitting = [s for s in spellings if s.language == language and not s.historic]
    return max(fitting, key=lambda s: s.preferred).text if fitting else ""


def _place(line: str) -> tuple[Raw, str, str]:
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise ValueError(f"{len(columns)} columns instead of {_COLUMNS}")
    number, name, _, others, latitude, longitude, feature, code, country, _, admin1 = columns[:11]
    north, east = _number(latitude, 90), _number(longitude, 180)
    if not (name.strip() and re.fullmatch(r"[A-Z]{2}", country)):
        raise ValueError("no name or no country")
    raw = Raw(
        geonames_id=_whole(number),
        name=name.strip(),
        country=country,
        admin1=admin1,
        latitude=north,
        longitude=east,
        population=max(0, _whole(columns[14] or "0")),
        spellings=tuple(Spelling(text=text) for text in others.split(",") if text),
    )
    return raw, feature, code


def _number(text: str, most: float) -> float:
    number = float(text)
    if not -most <= number <= most:
        raise ValueError(f"{text} is no position in degrees")
    return number


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise ValueError(f"{text[:30]!r} is no whole number")
    return int(text)


def _alternate_names(
    path: Path, wanted: frozenset[int] | set[int], problems: Problems, advance: Advance
) -> Iterator[tuple[int, Spelling]]:
    for number, source, line in _lines(path, problems, advance):
        columns = line.split("\t")
        try:
            if len(columns) not in (_ALTERNATE_COLUMNS, 8):  # from and to came in version 2
                raise ValueError(f"{len(columns)} columns instead of {_ALTERNATE_COLUMNS}")
            place = _whole(columns[1])
        except ValueError as error:
            problems.add(source, number, str(error))
            continue
        language, text, preferred, _, _, historic = columns[2:8]
        if place in wanted and language in _LANGUAGES and text:
            since, until = [*columns[8:], "", ""][:2]
            yield (
                place,
                Spelling(
                    text=text,
                    language=language,
                    preferred=preferred == "1",
                    historic=historic == "1",
                    since=_year(since),
                    until=_year(until),
                ),
            )


def _year(text: str) -> int | None:
    found = _YEAR.match(text)
    return int(found[0]) if found else None


def _lines(path: Path, problems: Problems, advance: Advance) -> Iterator[tuple[int, str, str]]:
    """Number, source and text of each line that is UTF-8; the rest goes to `problems`."""
    with _table(path) as (file, source, _):
        number = 0
        while raw := file.readline(_LONGEST_LINE):
            number += 1
            advance(len(raw))
            try:
                line = raw.decode().rstrip("\r\n")
            except UnicodeDecodeError:
                problems.add(source, number, "not UTF-8")
                continue
            if line:
                yield number, source, line


@contextmanager
def _table(path: Path) -> Iterator[tuple[IO[bytes], str, int]]:
    """The table of a file, its name for messages and its length; all that may break becomes a `GazetteerError`."""
    try:
        if path.suffix.lower() != ".zip":
            with path.open("rb") as plain:
                yield plain, path.name, path.stat().st_size
            return
        with zipfile.ZipFile(path) as archive:
            tables = [
                member
                for member in archive.infolist()
                if member.filename.endswith(".txt") and member.filename.lower() not in _BESIDE
            ]
            if len(tables) != 1:
                raise GazetteerError(f"{path}: holds {len(tables)} tables instead of one; {AGAIN}")
            with archive.open(tables[0]) as file:
                yield file, f"{path.name}: {tables[0].filename}", tables[0].file_size
    except FileNotFoundError as error:
        raise GazetteerError(f"{path}: there is no such file. GeoNames' files: {AGAIN[18:]}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise GazetteerError(f"{path}: the zip is broken ({error}); {AGAIN}") from error
    except OSError as error:
        raise GazetteerError(f"{path}: can't be read ({error.strerror or error})") from error
