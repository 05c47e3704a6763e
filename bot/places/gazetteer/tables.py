"""The tables of our own that lie in data/: region names, renamings with their years, corrections."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"

Regions = dict[str, tuple[str, ...]]  # admin1 code -> English, Ukrainian, Russian


@dataclass(frozen=True, slots=True)
class Former:
    """What a place was called in both languages, from and until which year; "" and None where unknown."""

    uk: str
    ru: str
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of a place better than GeoNames does."""

    uk: str = ""
    ru: str = ""
    former: tuple[Former, ...] = ()


def rows(name: str) -> list[list[str]]:
    """The rows of a table, comments left out."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def region_names(country: str) -> Regions:
    """The first-level regions of a country by GeoNames' admin1 code; {} for a country that we have no table of."""
    return {code: tuple(names) for found, code, *names in rows("regions.tsv") if found == country}


def known_places() -> dict[int, Known]:
    """Corrections and renamings by GeoNames number."""
    names = {int(number): (uk, ru) for number, uk, ru in rows("corrections.tsv")}
    former: dict[int, list[Former]] = defaultdict(list)
    for number, uk, ru, former_uk, former_ru, since, until in rows("renamings.tsv"):
        names.setdefault(int(number), (uk, ru))
        former[int(number)].append(Former(former_uk, former_ru, _year(since), _year(until)))
    return {number: Known(uk, ru, tuple(former[number])) for number, (uk, ru) in names.items()}


def _year(text: str) -> int | None:
    return int(text) if text else None
