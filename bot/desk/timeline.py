"""/timeline: how often a place was mentioned, when first and by whom; with buttons to move and to zoom."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot import ledger
from bot.commands import timeline as texts
from bot.commands.period import Window, place_and_span, read_span, window, written
from bot.desk import asking
from bot.desk.room import Button, Command, Effect, Outcome, PressEffect, Reply, Room, data, say
from bot.incoming import Incoming, Press
from storage import examination, gaps, places, reading, timeline
from storage.records import Button as Key
from storage.records import Buttons, Watch

_USUAL = timedelta(days=7)
_CHANNELS = 5  # named with their numbers
_QUESTION = "/timeline: of which place? Reply to this message, or send it in one line: /timeline Pokrovsk 7d · /cancel"


async def _timeline(room: Room, incoming: Incoming, argument: str) -> Effect:
    name, span = place_and_span(argument, _USUAL)
    if not name:
        return lambda _: Reply(html=_QUESTION, ask="timeline")
    about = await asking.meant(room, name)
    if callable(about):
        return about
    if len(about) > 1:
        return say(texts.several(name, about, "timeline"))
    place_id = about[0].id
    reply = await room.store.read(lambda db: timeline_reply(room, db, place_id, span, room.now()))
    return lambda _: reply


async def _turn(room: Room, _: Press, arguments: list[str]) -> PressEffect:
    """Another stretch of time in the same message; its end in seconds, "now" for one that follows the clock."""
    place_id, length, until = arguments
    span = read_span(length)
    if span is None:
        raise ValueError(length)
    end = room.now() if until == "now" else min(datetime.fromtimestamp(int(until), UTC), room.now())
    page = await room.store.read(lambda db: timeline_reply(room, db, int(place_id), span, end))
    return lambda _: Outcome(page=page)


def timeline_reply(
    room: Room, db: sqlite3.Connection, place_id: int, span: timedelta = _USUAL, end: datetime | None = None
) -> Reply:
    """A place's history before `end` (now, where none is given), with buttons; KeyError where there is no such place.

    Reading its claims takes a while: ask a reader, not the writer.
    """
    now = room.now()
    shown = window(span, end or now, room.zone)
    sure = room.min_confidence
    first = timeline.first(db, place_id, sure=sure, since=shown.start, until=shown.end)
    ever = timeline.first(db, place_id, sure=sure)
    kept = {k.id: k for k in reading.kept_by_ids(db, [i for i in {first, ever} if i is not None])}
    history = texts.History(
        place=places.by_ids(db, [place_id])[place_id],
        window=shown,
        counts=timeline.counts(db, place_id, shown.edges, sure=sure, possible=reading.POSSIBLE),
        first=None if first is None else kept[first],
        ever=None if ever is None else kept[ever],
        by_channel=timeline.by_channel(db, place_id, shown.start, shown.end, sure=sure, limit=_CHANNELS),
        counted=timeline.COUNTED,
        read_since=timeline.read_since(db),
        unfinished=examination.unfinished_for(db, [place_id]),
        claims=_claims(room, db, place_id, shown, now),
        unread=gaps.unread(db, now, since=shown.start, until=shown.end),
    )
    return Reply(html=texts.timeline(history, room.zone, now), buttons=_keys(place_id, shown, now))


def _claims(room: Room, db: sqlite3.Connection, place_id: int, shown: Window, now: datetime) -> Sequence[str]:
    """As if a chat watched the place in the usual way."""
    watch = Watch(chat_id=0, place_id=place_id, since=shown.start)
    sure = room.min_confidence
    found = ledger.read(
        db,
        [watch],
        shown.start,
        shown.end,
        room.claims,
        room.zone,
        now,
        min_confidence=sure,
        newest=ledger.PROMPT,
        most=ledger.WHOLE,
    )
    return found.get(place_id, ())


def _keys(place_id: int, shown: Window, now: datetime) -> Buttons:
    """[◀ earlier] [later ▶], and the lengths to choose from; the one that is shown is marked."""
    length = written(shown.span)
    earlier = Key("◀ earlier", data("tl", place_id, length, _seconds(shown.before)))
    later = Key(
        "later ▶", data("tl", place_id, length, "now" if shown.after > now else _seconds(shown.after))
    )
    at = "now" if shown.end > now else _seconds(shown.end) - 1
    zooms = tuple(
        Key(f"· {zoom} ·" if zoom == texts.nearest_zoom(shown) else zoom, data("tl", place_id, zoom, at))
        for zoom in texts.ZOOMS
    )
    return ((earlier,) if shown.end > now else (earlier, later)), zooms


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


COMMANDS: Final = {"timeline": Command(run=_timeline)}
BUTTONS: Final[dict[str, Button]] = {"tl": Button(run=_turn)}
