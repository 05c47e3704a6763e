"""The formats by name: how each is told from a file's name, what it is called in a download, and what writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.archive.export import feed, geojson, kml, lines, markdown, page, sheet
from bot.archive.export.selection import Archive, Selection, Tell, statements
from bot.archive.export.story import gathered
from bot.errors import Mendable


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way of writing what was found."""

    name: str
    suffixes: tuple[str, ...]  # the first is the usual one
    mime: str
    what: str  # for people
    written: Callable[[Archive, Selection, Tell], Iterator[bytes]]
    notes: bool = True  # it has a place for what can't be known


def _sheet(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return sheet.written(selection.heading, statements(archive, selection, tell))


def _lines(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return lines.written(selection.heading, statements(archive, selection, tell))


def _geojson(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return geojson.written(selection.heading, statements(archive, selection, tell))


def _kml(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return kml.written(selection.heading, statements(archive, selection, tell))


def _atom(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return feed.atom(selection.heading, statements(archive, selection, tell))


def _rss(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return feed.rss(selection.heading, statements(archive, selection, tell))


def _markdown(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return markdown.written(gathered(archive, selection, tell))


def _page(archive: Archive, selection: Selection, tell: Tell) -> Iterator[bytes]:
    return page.written(gathered(archive, selection, tell))


FORMATS: Final = {
    one.name: one
    for one in (
        Format(
            name="csv",
            suffixes=(".csv",),
            mime=sheet.MIME,
            what="a table for spreadsheets",
            written=_sheet,
            notes=False,
        ),
        Format(
            name="jsonl",
            suffixes=(".jsonl", ".ndjson"),
            mime=lines.MIME,
            what="JSON Lines for programs, earlier versions included",
            written=_lines,
            notes=False,
        ),
        Format(
            name="geojson",
            suffixes=(".geojson",),
            mime=geojson.MIME,
            what="features for maps",
            written=_geojson,
        ),
        Format(name="kml", suffixes=(".kml",), mime=kml.MIME, what="placemarks for globes", written=_kml),
        Format(
            name="report",
            suffixes=(".md", ".markdown"),
            mime=markdown.MIME,
            what="a report in Markdown, with its sources",
            written=_markdown,
        ),
        Format(
            name="html",
            suffixes=(".html", ".htm"),
            mime=page.MIME,
            what="the report as a page that prints well",
            written=_page,
        ),
        Format(name="atom", suffixes=(".atom",), mime=feed.ATOM_MIME, what="a feed", written=_atom),
        Format(name="rss", suffixes=(".rss",), mime=feed.RSS_MIME, what="a feed", written=_rss),
    )
}
"""Every format that is a stream of bytes; the database for Datasette is a file of its own kind."""

DATASETTE: Final = "datasette"
DATABASES: Final = (".db", ".sqlite", ".sqlite3")
NAMES: Final = (*FORMATS, DATASETTE)


def guessed(path: Path) -> str:
    """The format that a file's name asks for; Mendable where it says none."""
    suffix = path.suffix.casefold()
    if suffix in DATABASES:
        return DATASETTE
    for one in FORMATS.values():
        if suffix in one.suffixes:
            return one.name
    known = ", ".join([one.suffixes[0] for one in FORMATS.values()] + [DATABASES[0]])
    raise Mendable(f"{path.name} says no format. Say it with --format, or end the name in one of {known}.")
