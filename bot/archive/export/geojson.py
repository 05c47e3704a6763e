"""GeoJSON (RFC 7946) for maps: a feature for each place that a statement mentions.

A statement without a place whose position is known is a feature without geometry (section 3.2), so that nothing that
was found is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from bot.archive.export.fields import iso, named
from bot.archive.export.heading import CAVEAT, CONFIDENCE, Heading
from bot.archive.export.sheet import encoded
from storage.records.exported import About, Statement

MIME: Final = "application/geo+json"
_LISTS: Final = ("places", "confidence", "names", "why", "relevance")


def written(heading: Heading, statements: Iterable[Statement]) -> Iterator[bytes]:
    """A collection of features, one a line; what it can't know stands in its member "notes"."""
    frame = {
        "title": heading.title,
        "query": heading.query,
        "made_at": iso(heading.made_at),
        "ledger_head": str(heading.head) if heading.head else None,
        "notes": [CAVEAT, CONFIDENCE, *heading.notes],
    }
    members = json.dumps(frame, ensure_ascii=False)[1:-1]
    yield encoded(f'{{"type": "FeatureCollection", {members}, "features": [')
    before = "\n"
    for one in statements:
        for feature in _features(one, heading):
            yield encoded(before + json.dumps(feature, ensure_ascii=False))
            before = ",\n"
    yield b"\n]}\n"


def located(one: Statement, heading: Heading) -> list[About]:
    """The places of a statement that are put on a map: those asked for, or all; sure enough, and with a position."""
    return [
        about
        for about in one.about
        if about.confidence >= heading.sure
        and about.place.latitude is not None
        and (not heading.asked or about.place.id in heading.asked)
    ]


def _features(one: Statement, heading: Heading) -> Iterator[dict[str, Any]]:
    said = named(one)
    found = located(one, heading)
    if not found:
        yield {"type": "Feature", "id": str(one.id), "geometry": None, "properties": said}
    for about in found:
        place = about.place
        own = {name: value for name, value in said.items() if name not in _LISTS}
        yield {
            "type": "Feature",
            "id": f"{one.id}-{place.id}",
            "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
            "properties": {
                "place": place.name,
                "region": place.region,
                **own,
                "confidence": round(about.confidence, 3),
                "names": list(about.names),
                "why": about.why,
                "relevance": about.verdict,
            },
        }
