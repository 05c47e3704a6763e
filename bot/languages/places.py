"""A place as it is called in a language."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

from bot.languages.words import Words
from storage.records import NameKind, Place


def called(place: Place, t: Words) -> Place:
    """The place with its name and region in that language, where it has them; the team's own name else.

    English keeps the team's own name, whichever language that is in.
    """
    if t.code == "en":
        return place
    own = [n.text for n in place.names if n.language == t.code and n.kind is NameKind.OFFICIAL]
    name = place.name if place.name in own or not own else own[0]
    return replace(place, name=name, region=place.region and _regions(t.code).get(place.region, place.region))


@cache
def _regions(code: str) -> dict[str, str]:
    """Regions by their English names, as the gazetteer knows them (bot/places/data/README.md)."""
    column = {"uk": 3, "ru": 4}[code]
    table = files("bot.places").joinpath("data/regions.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[column] for row in rows if len(row) > column and row[column]}
