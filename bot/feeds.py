"""Feeds at secret addresses: made and taken away by whoever holds the data folder, read by anybody who has the address."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.archive.export import feed as writers
from bot.archive.export.selection import selected
from bot.archive.finding import find
from bot.archive.search import prepared
from bot.claims import Table
from bot.control import Operation
from bot.desk.room import Room
from bot.errors import Mendable
from storage import exporting, feeds, places
from storage.exporting import Cast
from storage.records import Place
from storage.search import page

_BEGINNING: Final = datetime(2013, 8, 14, tzinfo=UTC)  # of Telegram: an empty feed has not changed since
NEWEST: Final = 50
"""Statements in a feed."""
MADE: Final = {"atom": (writers.atom, writers.ATOM_MIME), "rss": (writers.rss, writers.RSS_MIME)}


def operations(room: Room) -> dict[str, Operation]:
    """What the command line asks for, by name."""
    store = room.store

    async def add(typed: str) -> dict[str, Any]:
        """A feed about a place, or of what a query finds; its secret is told this once."""
        query = await store.read(_meant, typed.strip())
        await store.read(
            prepared,
            query,
            now=room.now(),
            zone=room.zone,
            min_confidence=room.min_confidence,
            table=room.claims,
        )
        made, secret = await store.write(feeds.add, query, now=room.now())
        return {"number": made.id, "query": made.query, "secret": secret}

    async def remove(number: int) -> dict[str, Any]:
        """Nobody can read that feed from now on."""
        gone = await store.write(feeds.end, number, now=room.now())
        if gone is None:
            raise Mendable(f"There is no feed {number}. See: placewatch feeds list")
        return {"number": gone.id, "query": gone.query}

    return {"feeds.add": add, "feeds.remove": remove}


def _meant(db: sqlite3.Connection, typed: str) -> str:
    """A tracked place's name stands for what is said about the place; anything else is a query."""
    if not typed:
        raise Mendable(
            "Of what? placewatch feeds add Pokrovsk, or a query: placewatch feeds add place:Pokrovsk side:Ukraine"
        )
    found = places.find(db, typed) if ":" not in typed else []
    return f"place:{_quoted(found[0])}" if found else typed


def _quoted(place: Place) -> str:
    return f'"{place.name}"' if " " in place.name else place.name


def document(
    db: sqlite3.Connection,
    query: str,
    form: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    sure: float,
    table: Table | None,
) -> tuple[bytes, datetime]:
    """A feed as it stands now, and when what it holds last changed; the same bytes as long as nothing does."""
    selection = selected(db, query, now=now, zone=zone, min_confidence=sure, table=table)
    search = selection.search
    if search.claims and table is not None:
        hits = find(db, search, table, limit=NEWEST).hits
    else:
        hits = page(db, search, limit=NEWEST)
    said = exporting.statements(db, hits, Cast(), selection.heading.asked)
    changed = writers.newest(said, _BEGINNING)
    write, _ = MADE[form]
    return b"".join(write(selection.heading, said, changed)), changed
