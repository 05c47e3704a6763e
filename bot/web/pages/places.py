"""The places that are tracked: their names, how often each is used, and how often the team found one wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.web import site
from bot.web.filters import read
from bot.web.rendering import show
from storage import mentioned, places, uses
from storage.folding import fold
from storage.records import Place

ENOUGH: Final = 10
"""Reviews of a name below which its precision is not told: of five, one more or less is a fifth."""
_MISFIRES: Final = 2  # times that a name was wrong, and one time of three, before it is called misfiring
_AT_ONCE: Final = 60
_NAMES: Final = 6  # that are shown at once


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a name was right, by the team's own reviews."""

    name: str
    right: int
    wrong: int
    active: bool

    @property
    def reviews(self) -> int:
        """How many there are."""
        return self.right + self.wrong

    @property
    def share(self) -> int | None:
        """Percent; None where there are too few reviews to tell."""
        return round(100 * self.right / self.reviews) if self.reviews >= ENOUGH else None

    @property
    def misfires(self) -> bool:
        """Whether it was wrong often enough to be asked about: at least twice, and one time of three."""
        return self.wrong >= _MISFIRES and self.wrong * 3 >= self.reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A place."""

    place: Place
    names: list[tuple[str, int]]  # that are looked for, the most used first
    precision: list[Precision]  # of the names that were reviewed
    last: datetime | None  # mention

    @property
    def misfiring(self) -> bool:
        """Whether a name that is looked for is often wrong."""
        return any(one.misfires and one.active for one in self.precision)


async def page(request: Request) -> Response:
    """Every tracked place, those with misfiring names first."""
    here = site.of(request)
    filters = read(request.query_params)
    number = request.query_params.get("page", "1")
    turned = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        wanted = fold(filters.query)
        tracked = [
            place
            for place in places.tracked(db)
            if wanted in fold(place.name) or any(wanted in fold(name.text) for name in place.names)
        ]
        judged = {place_id: _precision(found) for place_id, found in uses.judged(db).items()}
        ordered = sorted(tracked, key=lambda place: not _misfiring(place, judged.get(place.id, [])))
        pages = max(1, -(-len(ordered) // _AT_ONCE))
        at = min(max(turned, 1), pages)
        shown = ordered[(at - 1) * _AT_ONCE : at * _AT_ONCE]
        used = uses.totals(db, [place.id for place in shown])
        last = mentioned.last(db, [place.id for place in shown], sure=here.sure)
        return {
            "filters": filters,
            "rows": [
                Row(
                    place=place,
                    names=_used(place, used.get(place.id, {})),
                    precision=_active(place, judged.get(place.id, [])),
                    last=last.get(place.id),
                )
                for place in shown
            ],
            "count": len(ordered),
            "page": at,
            "pages": pages,
            "enough": ENOUGH,
            "names_shown": _NAMES,
        }

    return await show(request, "places.html", look)


def _precision(found: list[uses.Judged]) -> list[Precision]:
    return [Precision(one.name, one.right, one.wrong, True) for one in found]


def _active(place: Place, found: list[Precision]) -> list[Precision]:
    looked_for = {name.text for name in place.names if name.active}
    return [Precision(one.name, one.right, one.wrong, one.name in looked_for) for one in found]


def _misfiring(place: Place, found: list[Precision]) -> bool:
    return any(one.misfires and one.active for one in _active(place, found))


def _used(place: Place, used: dict[str, int]) -> list[tuple[str, int]]:
    texts = dict.fromkeys(name.text for name in place.names if name.active)
    return sorted(((text, used.get(text, 0)) for text in texts), key=lambda one: (-one[1], one[0].casefold()))
