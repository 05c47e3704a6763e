"""/unwatch, /places: what a chat watches, as lists that page, and the end of a watch."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.alerts.excerpt import shown
from bot.commands import place_page, replies
from bot.commands.parse import place_names
from bot.commands.place_page import Area, Row, entries
from bot.desk import paging
from bot.desk.place import name_id
from bot.desk.room import Button, Changed, Command, Effect, Outcome, PressEffect, Reply, Room, data
from bot.incoming import Incoming, Press
from bot.languages import ENGLISH, Words
from storage import places
from storage.records import Button as Shown
from storage.records import Place

_PER_PAGE = 8
_MOST_BUTTONS = 20  # below the answer to one /unwatch
_LONGEST = 20  # characters of a name on a button: two buttons stand side by side on a phone


async def _places(room: Room, incoming: Incoming, _: str) -> Effect:
    return lambda db: paging.show(room, db, incoming.chat_id, "places")


async def _unwatch(room: Room, incoming: Incoming, argument: str) -> Effect:
    wanted = place_names(argument)

    def effect(db: sqlite3.Connection) -> Reply:
        if not wanted:
            return paging.show(room, db, incoming.chat_id, "unwatch")
        answers: list[str] = []
        buttons: list[tuple[Shown, ...]] = []
        watched = places.watched_by(db, incoming.chat_id)
        for first, *_ in wanted:
            known = {place.id for place in places.find(db, first)}
            here = [place for place in watched if place.id in known]
            if not here:
                answers.append(replies.not_watched(first, watched, t=room.t))
            elif len(here) > 1:
                answers.append(place_page.several(first, t=room.t))
                buttons += [(_end_button(place, paging.mark("unwatch", 0)),) for place in here]
            else:
                places.unwatch(db, incoming.chat_id, here[0].id, now=room.now())
                answers.append(replies.unwatched(here[0], t=room.t))
                buttons.append((_again(here[0], t=room.t),))
        return Reply(
            html=replies.fit(answers, t=room.t),
            buttons=tuple(buttons[:_MOST_BUTTONS]),
            changed=Changed.PLACES,
        )

    return effect


def _again(place: Place, *, t: Words = ENGLISH) -> Shown:
    return Shown(t("↩ Watch {place} again", place=place.name[:_LONGEST]), data("place.again", place.id))


def _edit_button(entry: Area | Place, back: str) -> Shown:
    if isinstance(entry, Area):
        return Shown(f"🗺 {entry.name[:_LONGEST]}", data("page", "area", 0, entry.places[0].id))
    return Shown(f"✏️ {entry.name[:_LONGEST]}", data("place", entry.id, back))


def _end_button(entry: Area | Place, back: str, *, short: bool = False) -> Shown:
    name = entry.name[:_LONGEST]
    if isinstance(entry, Area):
        return Shown(
            "❌" if short else f"❌ {name} ({len(entry.places)})", data("area.x", entry.places[0].id, back)
        )
    return Shown("❌" if short else f"❌ {name}", data("place.x", entry.id, back))


@paging.view("places")
def _list(room: Room, db: sqlite3.Connection, chat_id: int, _: str, page: int) -> tuple[Reply, int]:
    watched = places.watched_by(db, chat_id)
    head = room.t("<b>{counted} watched here</b>", counted=replies.counted(len(watched), "place", t=room.t))
    return _listed(room, db, chat_id, head, entries(watched), "places", "", page)


@paging.view("area")
def _area(room: Room, db: sqlite3.Connection, chat_id: int, argument: str, page: int) -> tuple[Reply, int]:
    """The places of an area; the argument is one of them."""
    area = _area_of(db, chat_id, int(argument))
    count = replies.counted(len(area.places), "place", t=room.t)
    head = room.t("<b>{count} of {area} watched here</b>", count=count, area=shown(area.name))
    reply, pages = _listed(room, db, chat_id, head, area.places, "area", argument, page)
    back = (Shown(room.t("◀ Back"), data("page", "places", 0, "")),)
    return Reply(html=reply.html, buttons=(*reply.buttons, back)), pages


def _listed(
    room: Room,
    db: sqlite3.Connection,
    chat_id: int,
    head: str,
    every: list[Area | Place] | tuple[Place, ...],
    view: str,
    argument: str,
    page: int,
) -> tuple[Reply, int]:
    if not every:
        return Reply(html=replies.no_places(t=room.t)), 1
    here, page, pages = paging.part(every, page, _PER_PAGE)
    alone = [entry.id for entry in here if isinstance(entry, Place)]
    wishes = {w.place_id: w for w in places.watches(db, alone) if w.chat_id == chat_id}
    rows: list[Row] = []
    buttons: list[tuple[Shown, ...]] = []
    back = paging.mark(view, page, argument)
    for entry in here:
        buttons.append((_edit_button(entry, back), _end_button(entry, back, short=True)))
        if isinstance(entry, Area):
            rows.append(Row(entry))
            continue
        wrong = place_page.misfiring(entry, places.misfires(db, entry.id))
        rows.append(Row(entry, wishes.get(entry.id), wrong))
        buttons += [
            (
                Shown(
                    place_page.stop_using(name, t=room.t),
                    data("place.drop", entry.id, name_id(entry, name), back),
                ),
            )
            for name, *_ in wrong
        ]
    html = place_page.listed(head, rows, room.zone, room.now(), t=room.t)
    return Reply(html=html, buttons=tuple(buttons)), pages


@paging.view("unwatch")
def _to_end(room: Room, db: sqlite3.Connection, chat_id: int, _: str, page: int) -> tuple[Reply, int]:
    every = entries(places.watched_by(db, chat_id))
    if not every:
        return Reply(html=replies.no_places(t=room.t)), 1
    here, page, pages = paging.part(every, page, _PER_PAGE)
    buttons = [_end_button(entry, paging.mark("unwatch", page)) for entry in here]
    return Reply(html=room.t("Stop alerts here about which place?"), buttons=paging.rows(buttons, 2)), pages


def _area_of(db: sqlite3.Connection, chat_id: int, place_id: int) -> Area:
    """What the chat watches of the area to which that place belongs; KeyError where it watches none of it."""
    label = places.by_ids(db, [place_id])[place_id].area
    inside = tuple(place for place in places.watched_by(db, chat_id) if place.area == label)
    if label is None or not inside:
        raise KeyError(place_id)
    return Area(label, inside)


async def _ask_end(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, back = int(arguments[0]), arguments[1]

    def effect(db: sqlite3.Connection) -> Outcome:
        if places.watch_of(db, press.chat_id, place_id) is None:
            return Outcome(
                toast=room.t("It is not watched here any more."),
                page=paging.marked(room, db, press.chat_id, back),
            )
        place = places.by_ids(db, [place_id])[place_id]
        return Outcome(
            page=_sure(
                place_page.end_place(place, t=room.t), data("place.end", place_id, back), back, t=room.t
            )
        )

    return effect


async def _end(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, back = int(arguments[0]), arguments[1]

    def effect(db: sqlite3.Connection) -> Outcome:
        place = places.by_ids(db, [place_id])[place_id]
        ended = places.unwatch(db, press.chat_id, place_id, now=room.now())
        words = (
            room.t("No more alerts here about {place}", place=place.name)
            if ended
            else room.t("It had ended already.")
        )
        return Outcome(toast=words, page=_back(room, db, press.chat_id, back), changed=Changed.PLACES)

    return effect


async def _ask_end_area(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, back = int(arguments[0]), arguments[1]

    def effect(db: sqlite3.Connection) -> Outcome:
        area = _area_of(db, press.chat_id, place_id)
        return Outcome(
            page=_sure(place_page.end_area(area, t=room.t), data("area.end", place_id, back), back, t=room.t)
        )

    return effect


async def _end_area(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, back = int(arguments[0]), arguments[1]

    def effect(db: sqlite3.Connection) -> Outcome:
        area = _area_of(db, press.chat_id, place_id)
        for place in area.places:
            places.unwatch(db, press.chat_id, place.id, now=room.now())
        words = place_page.ended_area(area, t=room.t)
        return Outcome(toast=words, page=_back(room, db, press.chat_id, back), changed=Changed.PLACES)

    return effect


async def _watch_again(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        place = next((p for p in places.tracked(db) if p.id == place_id), None)
        if place is None:
            raise KeyError(place_id)
        new = places.watch(db, press.chat_id, place_id, since=press.at)
        page = Reply(html=replies.watching(place, new=new, t=room.t))
        return Outcome(toast=room.t("Watching {place}", place=place.name), page=page, changed=Changed.PLACES)

    return effect


def _sure(question: str, yes: str, back: str, *, t: Words = ENGLISH) -> Reply:
    view, page, argument = back.split(".", 2)
    return Reply(
        html=question,
        buttons=((Shown(t("Yes, stop"), yes), Shown(t("◀ Back"), data("page", view, page, argument))),),
    )


def _back(room: Room, db: sqlite3.Connection, chat_id: int, back: str) -> Reply:
    """The list from which it was ended; an area of which nothing is left has no list any more."""
    try:
        return paging.marked(room, db, chat_id, back)
    except KeyError:
        return paging.show(room, db, chat_id, "places")


COMMANDS: Final = {
    "unwatch": Command(run=_unwatch, edits=True),
    "places": Command(run=_places),
}
BUTTONS: Final[dict[str, Button]] = {
    "place.x": Button(run=_ask_end, edits=True),
    "place.end": Button(run=_end, edits=True),
    "place.again": Button(run=_watch_again, edits=True),
    "area.x": Button(run=_ask_end_area, edits=True),
    "area.end": Button(run=_end_area, edits=True),
}
