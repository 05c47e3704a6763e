"""/timeline: how often a place was mentioned, when first and by whom; with buttons to move and to zoom."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.archive import history
from bot.commands import timeline as texts
from bot.commands.period import Window, place_and_span, read_span, window, written
from bot.desk import asking
from bot.desk.room import Button, Command, Effect, Outcome, PressEffect, Reply, Room, data, say
from bot.incoming import Incoming, Press
from bot.languages import ENGLISH, N_, Words
from storage.records import Button as Key
from storage.records import Buttons

_USUAL = timedelta(days=7)
_QUESTION = N_(
    "/timeline: of which place? Reply to this message, or send it in one line: /timeline Pokrovsk 7d · /cancel"
)


async def _timeline(room: Room, incoming: Incoming, argument: str) -> Effect:
    name, span = place_and_span(argument, _USUAL, t=room.t)
    if not name:
        return lambda _: Reply(html=room.t(_QUESTION), ask="timeline")
    about = await asking.meant(room, name)
    if callable(about):
        return about
    if len(about) > 1:
        return say(texts.several(name, about, "timeline", t=room.t))
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
    told = history.of_place(
        db, place_id, shown, now=now, zone=room.zone, sure=room.min_confidence, table=room.claims, t=room.t
    )
    return Reply(
        html=texts.timeline(told, room.zone, now, t=room.t), buttons=_keys(place_id, shown, now, t=room.t)
    )


def _keys(place_id: int, shown: Window, now: datetime, *, t: Words = ENGLISH) -> Buttons:
    """[◀ earlier] [later ▶], and the lengths to choose from; the one that is shown is marked."""
    length = written(shown.span)
    earlier = Key(t("◀ earlier"), data("tl", place_id, length, _seconds(shown.before)))
    later = Key(
        t("later ▶"), data("tl", place_id, length, "now" if shown.after > now else _seconds(shown.after))
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
