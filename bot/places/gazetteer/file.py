"""The file of one country: a line that says what it is, then a table in xz.

    placewatch gazetteer <version> <country> <settlements>\\n
    xz( region lines, settlement lines; UTF-8 )

A region line is the word "region" and its names; a settlement line has these columns, separated by tabs:
number, latitude, longitude, population, region (line number), then the names. A name is `text|codes`; the codes
are a letter each for language, kind and source, then `since-until` where a year is known. Files are read whole
and settlements decoded one by one, so that opening a country costs little more than unpacking it.
"""

from __future__ import annotations

import contextlib
import lzma
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.languages import N_, Said
from bot.places.gazetteer.records import GazetteerError, Settlement
from storage.records import NameKind, PlaceName

VERSION = 1
SUFFIX = ".gaz"
_MAGIC = b"placewatch gazetteer "
_LONGEST_HEADER = 200
_LANGUAGES = {"uk": "u", "ru": "r", "en": "e", "": "z"}
_KINDS = {NameKind.OFFICIAL: "o", NameKind.FORMER: "f", NameKind.ALIAS: "a", NameKind.ROMANISED: "r"}
_LEFT_OUT = "x"
_REGION = "region"
_SOURCES = {
    "gazetteer": "g",
    "KMU-2010": "k",
    "press spelling": "p",
    "press spelling from Russian": "q",
    "rule from Ukrainian": "u",
}
_LANGUAGE_OF = {code: language for language, code in _LANGUAGES.items()}
_KIND_OF = {code: kind for kind, code in _KINDS.items()} | {_LEFT_OUT: NameKind.ALIAS}
_SOURCE_OF = {code: source for source, code in _SOURCES.items()}
_MEND = Said(N_("run `placewatch gazetteer build` or `placewatch gazetteer import` again"))


@dataclass(frozen=True, slots=True)
class Country:
    """A country's file, unpacked: its lines, and what they mean on demand."""

    code: str
    regions: tuple[tuple[str, ...], ...]
    lines: list[str]

    def settlement(self, index: int) -> Settlement:
        """Decode one line."""
        number, latitude, longitude, population, region, *names = self.lines[index].split("\t")
        decoded = [_decode(name) for name in names]
        names_of_region = self.regions[int(region)]
        return Settlement(
            geonames_id=int(number),
            name=decoded[0][1].text,
            country=self.code,
            region=names_of_region[0] if names_of_region else "",
            region_names=names_of_region,
            latitude=float(latitude),
            longitude=float(longitude),
            population=int(population),
            names=tuple(name for left_out, name in decoded if not left_out),
            left_out=tuple(name for left_out, name in decoded if left_out),
        )


def encode(country: str, settlements: Sequence[Settlement]) -> bytes:
    """Write settlements as a file; the order is kept."""
    regions = list(dict.fromkeys(settlement.region_names for settlement in settlements))
    number_of = {names: number for number, names in enumerate(regions)}
    lines = ["\t".join((_REGION, *names)) for names in regions]
    for settlement in settlements:
        columns = [
            str(settlement.geonames_id),
            f"{settlement.latitude:.5f}".rstrip("0").rstrip("."),
            f"{settlement.longitude:.5f}".rstrip("0").rstrip("."),
            str(settlement.population),
            str(number_of[settlement.region_names]),
        ]
        columns += [_encode(name) for name in settlement.names]
        columns += [_encode(name, _LEFT_OUT) for name in settlement.left_out]
        lines.append("\t".join(columns))
    header = _MAGIC + f"{VERSION} {country} {len(settlements)}\n".encode()
    body = "\n".join(lines).encode()
    return header + lzma.compress(body, preset=9 | lzma.PRESET_EXTREME)


def read(path: Path) -> Country:
    """Read a country's file; one that is broken or of another version is refused, and the error says how to mend it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GazetteerError(
            N_("{path}: can't be read ({error}): {mend}"), path=path, error=error.strerror, mend=_MEND
        ) from error
    header, _, packed = data.partition(b"\n")
    if not header.startswith(_MAGIC) or len(header) > _LONGEST_HEADER:
        raise GazetteerError(N_("{path}: is no gazetteer file: {mend}"), path=path, mend=_MEND)
    words = header[len(_MAGIC) :].decode("ascii", "replace").split()
    if words[:1] != [str(VERSION)]:
        raise GazetteerError(
            N_("{path}: made for another version of placewatch: {mend}"), path=path, mend=_MEND
        )
    try:
        _, code, count = words
        lines = lzma.decompress(packed).decode().split("\n")
        regions = tuple(tuple(line.split("\t")[1:]) for line in lines if line.startswith(_REGION))
        country = Country(code, regions, lines[len(regions) :])
        if len(country.lines) != int(count):
            raise ValueError("lines are missing")
    except (ValueError, lzma.LZMAError, EOFError) as error:
        raise GazetteerError(
            N_("{path}: the file is broken ({error}): {mend}"), path=path, error=error, mend=_MEND
        ) from error
    return country


def write(path: Path, data: bytes) -> None:
    """Put a file in its place whole: whoever reads meanwhile sees the old one or the new one."""
    try:
        _replace(path, data)
    except OSError as error:
        raise GazetteerError(
            N_("{path}: can't be written ({error}); nothing was changed"),
            path=path,
            error=error.strerror or error,
        ) from error


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _encode(name: PlaceName, kind: str = "") -> str:
    years = "" if name.since is None and name.until is None else f"{name.since or ''}-{name.until or ''}"
    text = name.text.replace("|", " ").replace("\t", " ").replace("\n", " ")
    return f"{text}|{_LANGUAGES[name.language]}{kind or _KINDS[name.kind]}{_SOURCES[name.source]}{years}"


def _decode(column: str) -> tuple[bool, PlaceName]:
    text, _, codes = column.rpartition("|")
    since, _, until = codes[3:].partition("-")
    return codes[1] == _LEFT_OUT, PlaceName(
        place_id=0,
        text=text,
        language=_LANGUAGE_OF[codes[0]],
        kind=_KIND_OF[codes[1]],
        since=int(since) if since else None,
        until=int(until) if until else None,
        source=_SOURCE_OF[codes[2]],
    )
