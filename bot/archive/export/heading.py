"""What an export says of itself: what was asked, when, up to where the ledger went, and what it can't know."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts import unread
from bot.alerts.compose import examined_since, moment
from storage import examination, gaps, places, proof, timeline
from storage import search as index
from storage.records import Channel, Gap, Head, Search

CAVEAT: Final = "Claims by their sources, not verified."
CONFIDENCE: Final = "“Confidence” (0 to 1) says how sure the program is that the place is meant, not whether the claim is true."
_NAMED: Final = 12  # channels in one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The frame of an export."""

    query: str  # as it was typed; "" for everything
    made_at: datetime
    zone: ZoneInfo
    head: Head | None  # of the ledger, when the export began
    sure: float  # the confidence from which a mention counts
    since: datetime | None = None
    until: datetime | None = None
    asked: frozenset[int] = frozenset()  # the places asked for, by row id
    about: str = ""  # their names
    notes: tuple[str, ...] = ()  # what was not read, or is not known yet: plain text

    @property
    def title(self) -> str:
        """What the export is of, in a line."""
        return f"placewatch: {self.query}" if self.query else "placewatch: the whole archive"


def heading(
    db: sqlite3.Connection, query: str, search: Search, *, now: datetime, zone: ZoneInfo, sure: float
) -> Heading:
    """The frame of what a search finds, as the archive stands now."""
    return Heading(
        query=query,
        made_at=now,
        zone=zone,
        head=proof.head(db),
        sure=sure,
        since=search.since,
        until=search.until,
        asked=(asked := frozenset().union(*search.places)),
        about=", ".join(place.name for place in places.by_ids(db, asked).values()),
        notes=tuple(_notes(db, search, now, zone)),
    )


def _notes(db: sqlite3.Connection, search: Search, now: datetime, zone: ZoneInfo) -> list[str]:
    said = _gaps(lacking(db, search, now), zone, now)
    said += _before(db, search, zone)
    asked = frozenset().union(*search.places)
    if asked and (progress := examination.unfinished_for(db, asked)) is not None:
        said.append(f"Names of the places asked for: {examined_since(progress, zone)}.")
    since = index.ranked_since(db, search)
    if since is not None:
        said.append(
            f"By relevance, only the newest {index.RANKED:,} posts that were found are here, back to {moment(since, zone)}."
        )
    return said


def lacking(db: sqlite3.Connection, search: Search, now: datetime) -> Sequence[Gap]:
    """What was not read of the channels and the time that are searched."""
    return [
        gap
        for gap in gaps.unread(db, now, since=search.since, until=search.until)
        if _is_searched(search, gap.channel)
    ]


def _before(db: sqlite3.Connection, search: Search, zone: ZoneInfo) -> list[str]:
    """The channels of which the archive does not hold the whole period, because it holds nothing so old of them."""
    if search.since is None:
        return []
    alike: dict[str, list[str]] = {}
    for channel, read_since in timeline.read_since(db):
        if search.since < read_since and _is_searched(search, channel):
            end = min(read_since, search.until or read_since)
            alike.setdefault(moment(end, zone), []).append(channel.name)
    return [
        f"{_together(names)}: not read from {moment(search.since, zone)} to {end}: what the archive holds begins later."
        for end, names in alike.items()
    ]


def _is_searched(search: Search, channel: Channel) -> bool:
    return (search.channels is None or channel.id in search.channels) and channel.id not in search.no_channels


def _together(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _gaps(found: Sequence[Gap], zone: ZoneInfo, now: datetime) -> list[str]:
    """What was not read, channels of which the same is said together."""
    alike: dict[str, list[str]] = {}
    for gap in found:
        alike.setdefault(unread.line(gap, zone, now), []).append(gap.channel.name)
    return [f"{_together(names)}: {said}." for said, names in alike.items()]
