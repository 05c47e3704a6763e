"""KML 2.2 for globes and map programs: a placemark for each place that a statement mentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from bot.alerts.compose import speaker
from bot.alerts.excerpt import on_one_line
from bot.archive.export.fields import named, quoted
from bot.archive.export.geojson import located
from bot.archive.export.heading import CAVEAT, CONFIDENCE, Heading
from bot.archive.export.xml import Xml
from storage.records import Place
from storage.records.exported import Statement

MIME: Final = "application/vnd.google-earth.kml+xml"
_SPACE: Final = "http://www.opengis.net/kml/2.2"
_TITLE: Final = 80


def written(heading: Heading, statements: Iterable[Statement]) -> Iterator[bytes]:
    """A document of placemarks with their times; one without a position has none."""
    xml = Xml()
    xml.open("kml", {"xmlns": _SPACE})
    xml.open("Document")
    xml.leaf("name", heading.title)
    notes = [CAVEAT, CONFIDENCE, *heading.notes]
    if heading.head is not None:
        notes.append(f"The ledger's head: {heading.head}")
    xml.leaf("description", "\n".join(notes))
    xml.line()
    yield xml.taken()
    for one in statements:
        found = [about.place for about in located(one, heading)]
        for place in found or (None,):
            _placemark(xml, one, place)
        yield xml.taken()
    xml.close("Document")
    xml.close("kml")
    xml.line()
    yield xml.taken()


def _placemark(xml: Xml, one: Statement, place: Place | None) -> None:
    who = speaker(one.channel)
    xml.open("Placemark", {"id": f"post-{one.id}" + (f"-{place.id}" if place else "")})
    xml.leaf("name", on_one_line(f"{place.name}: {who}" if place else who, _TITLE))
    # Globes show descriptions as HTML.
    words = escape(quoted(one)).replace("\n", "<br>")
    xml.leaf(
        "description",
        f"<blockquote>{words or '[no text]'}</blockquote><p>{escape(who)}, "
        f'<a href="{escape(one.link)}">{one.posted_at}</a></p>',
    )
    xml.open("TimeStamp")
    xml.leaf("when", one.posted_at)
    xml.close("TimeStamp")
    xml.open("ExtendedData")
    for name, value in named(one).items():
        if value is not None and value != []:
            xml.open("Data", {"name": name})
            xml.leaf("value", "; ".join(map(str, value)) if isinstance(value, list) else str(value))
            xml.close("Data")
    xml.close("ExtendedData")
    if place is not None:
        xml.open("Point")
        xml.leaf("coordinates", f"{place.longitude},{place.latitude}")
        xml.close("Point")
    xml.close("Placemark")
    xml.line()
