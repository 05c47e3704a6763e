"""What the stream is narrowed to, as its address says it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from bot.archive.query import CHOICES
from bot.archive.search import prepared
from bot.languages import N_, Said
from bot.web.declined import Declined
from bot.web.site import Site
from storage import channels
from storage.records import Search
from storage.search import After

STATES: Final = (
    ("unreviewed", N_("not reviewed")),
    ("relevant", N_("relevant")),
    ("irrelevant", N_("not relevant")),
    ("second-look", N_("needs a second look")),
    ("wrong", N_("not this place")),
    ("assigned", N_("somebody sees to it")),
    ("noted", N_("with notes")),
    ("edited", N_("edited")),
    ("deleted", N_("deleted")),
    ("forward", N_("forwarded")),
)
"""The states by which the stream can be narrowed, and what they are called."""

_NO_TIME: Final = Said(
    N_("A time in an address of this page is a date such as 2025-11-01, or 2025-11-01T14:30.")
)
_NOWHERE: Final = Said(N_("This page's place in the list can't be read. Begin with the newest."))
_LONGEST: Final = 1_000  # characters of a query
_MOST: Final = 200  # values of one filter
_DIGITS: Final = 18  # of a row id


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What must hold of a post; of several places, channels or sides one must."""

    query: str = ""
    places: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    sides: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    since: str = ""  # as typed: a date, or a local time
    until: str = ""
    everything: bool = False  # posts that mention no place as well

    def asked(self) -> dict[str, Any]:
        """As an address has it; what is not narrowed is left out."""
        return {
            "q": self.query,
            "place": list(self.places),
            "channel": list(self.channels),
            "side": list(self.sides),
            "state": list(self.states),
            "from": self.since,
            "to": self.until,
            "all": "1" if self.everything else "",
        }

    @property
    def narrow(self) -> bool:
        """Whether anything is left out because somebody wanted that."""
        return any(value for key, value in self.asked().items() if key != "all")

    def toggled(self, field: str, value: Any) -> Filters:
        """The same with one value more, or one less where it stands already."""
        have: tuple[Any, ...] = getattr(self, field)
        left = tuple(one for one in have if one != value)
        changed: dict[str, Any] = {field: left if value in have else (*have, value)}
        return replace(self, **changed)


def read(asked: QueryParams) -> Filters:
    """The filters of an address; 400 where one can't be read."""
    return Filters(
        query=asked.get("q", "").strip()[:_LONGEST],
        places=_numbers(asked, "place"),
        channels=_numbers(asked, "channel"),
        sides=tuple(dict.fromkeys(one for one in asked.getlist("side") if one))[:_MOST],
        states=tuple(dict.fromkeys(_state(one) for one in asked.getlist("state") if one)),
        since=asked.get("from", "").strip()[:_LONGEST],
        until=asked.get("to", "").strip()[:_LONGEST],
        everything=asked.get("all") == "1",
    )


def _numbers(asked: QueryParams, field: str) -> tuple[int, ...]:
    given = [one for one in asked.getlist(field) if one]
    if any(not (one.isascii() and one.isdigit()) or len(one) > _DIGITS for one in given):
        raise Declined(400, Said(N_("{field} is a number in an address of this page."), field=field))
    return tuple(dict.fromkeys(map(int, given)))[:_MOST]


def _state(name: str) -> str:
    if name not in CHOICES["is"]:
        told = Said(
            N_("There is no state {name}; there are {have}."),
            name=name[:40],
            have=", ".join(sorted(CHOICES["is"])),
        )
        raise Declined(400, told)
    return name


def search_of(db: sqlite3.Connection, filters: Filters, site: Site) -> Search:
    """What is looked for; QueryError where the query can't be read."""
    if filters.query:
        search = prepared(
            db, filters.query, now=site.now(), zone=site.zone, min_confidence=site.sure, table=site.claims
        )
    else:
        search = Search(min_confidence=site.sure)
    wanted = search.channels
    for chosen in (_of_sides(db, filters.sides), frozenset(filters.channels) or None):
        if chosen is not None:
            wanted = chosen if wanted is None else wanted & chosen
    states = tuple((state, True) for state in filters.states)
    if not (filters.query or filters.places or filters.everything):
        states = (*states, ("mentions", True))
    since, until = moment(filters.since, site.zone), moment(filters.until, site.zone, end=True)
    return replace(
        search,
        places=(*((frozenset(filters.places),) if filters.places else ()), *search.places),
        channels=wanted,
        states=(*search.states, *states),
        since=max(filter(None, (since, search.since)), default=None),
        until=min(filter(None, (until, search.until)), default=None),
    )


def _of_sides(db: sqlite3.Connection, sides: tuple[str, ...]) -> frozenset[int] | None:
    if not sides:
        return None
    return frozenset(channel.id for channel in channels.known(db) if (channel.side or "") in sides)


def moment(text: str, zone: ZoneInfo, *, end: bool = False) -> datetime | None:
    """A date or a local time; the end of a period that is a date is the end of that day. 400 where it is neither."""
    if not text:
        return None
    try:
        if len(text) == len("2025-11-01"):
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
            return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Declined(400, _NO_TIME) from None


def cursor(after: After) -> str:
    """Where a page ends, for the address of the next one."""
    version = "" if after.version is None else str(after.version)
    return f"{after.post_id}~{after.rank!r}~{version}" if after.rank or version else str(after.post_id)


def read_cursor(text: str) -> After | None:
    """As `cursor` wrote it; None where there is none, 400 where it can't be read."""
    if not text:
        return None
    try:
        number, rank, version = text.split("~") if "~" in text else (text, "0", "")
        found = After(int(number), float(rank), int(version) if version else None)
    except ValueError:
        raise Declined(400, _NOWHERE) from None
    if (
        not 0 <= found.post_id < 1 << 62
        or found.rank != found.rank
        or not -(1 << 31) < (found.version or 0) < 1 << 31
    ):
        raise Declined(400, _NOWHERE)
    return found
