"""A place's history in a stretch of time: how often it was mentioned, first by whom, and what was claimed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import ledger
from bot.claims import Table
from bot.commands.period import Window
from bot.commands.timeline import History
from bot.languages import ENGLISH, Words
from storage import examination, gaps, places, reading, timeline
from storage.records import Watch

_CHANNELS = 5  # named with their numbers


def of_place(
    db: sqlite3.Connection,
    place_id: int,
    shown: Window,
    *,
    now: datetime,
    zone: ZoneInfo,
    sure: float,
    table: Table | None,
    t: Words = ENGLISH,
) -> History:
    """What the archive knows about a place in a window; KeyError where there is no such place.

    Reading its claims takes a while: ask a reader, not the writer.
    """
    first = timeline.first(db, place_id, sure=sure, since=shown.start, until=shown.end)
    ever = timeline.first(db, place_id, sure=sure)
    kept = {k.id: k for k in reading.kept_by_ids(db, [i for i in {first, ever} if i is not None])}
    return History(
        place=places.by_ids(db, [place_id])[place_id],
        window=shown,
        counts=timeline.counts(db, place_id, shown.edges, sure=sure, possible=reading.POSSIBLE),
        first=None if first is None else kept[first],
        ever=None if ever is None else kept[ever],
        by_channel=timeline.by_channel(db, place_id, shown.start, shown.end, sure=sure, limit=_CHANNELS),
        counted=timeline.COUNTED,
        read_since=timeline.read_since(db),
        unfinished=examination.unfinished_for(db, [place_id]),
        claims=_claims(db, place_id, shown, now, zone, sure, table, t),
        unread=gaps.unread(db, now, since=shown.start, until=shown.end),
    )


def _claims(
    db: sqlite3.Connection,
    place_id: int,
    shown: Window,
    now: datetime,
    zone: ZoneInfo,
    sure: float,
    table: Table | None,
    t: Words,
) -> Sequence[str]:
    """As if a chat watched the place in the usual way."""
    watch = Watch(chat_id=0, place_id=place_id, since=shown.start)
    found = ledger.read(
        db,
        [watch],
        shown.start,
        shown.end,
        table,
        zone,
        now,
        min_confidence=sure,
        newest=ledger.PROMPT,
        most=ledger.WHOLE,
        t=t,
    )
    return found.get(place_id, ())
