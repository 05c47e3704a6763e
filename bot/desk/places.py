"""/watch, /unwatch, /places."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Final

from bot.commands import replies
from bot.commands.parse import place_names
from bot.desk import paging
from bot.desk.room import Button, Changed, Command, Effect, Reply, Room
from bot.incoming import Incoming
from bot.places.resolve import Resolution, own_place, place_from, place_of, resolve, with_region
from bot.tracking import checked, track
from storage import places
from storage.records import Place

_PER_PAGE = 10


async def _watch(room: Room, incoming: Incoming, argument: str) -> Effect:
    meant = [await _meant(room, names) for names in place_names(argument)]
    return partial(_begin_to_watch, incoming=incoming, meant=meant)


async def _meant(room: Room, names: list[str]) -> Place | Resolution:
    """The place that is named, or what it may be; further names of a place ("=") settle that it is one."""
    first, *others = [checked(n) for n in names]
    gazetteer = await room.tracking.gazetteer()
    if first.isdecimal() and (settlement := gazetteer.by_id(int(first))) is not None:
        return place_of(settlement, others)
    name, region = with_region(first)
    found = resolve(gazetteer, name, region=region)
    if found.sole is not None:
        return place_from(found.sole, others)
    if found.choices and (found.borne or not others):
        return found
    return own_place(name, [n for n in others if n.casefold() != name.casefold()])


def _begin_to_watch(db: sqlite3.Connection, *, incoming: Incoming, meant: list[Place | Resolution]) -> Reply:
    answers = []
    for one in meant:
        place = one if isinstance(one, Place) else _chosen_before(db, one)
        if place is None:
            assert isinstance(one, Resolution)  # noqa: S101 - a place was not None
            answers.append(replies.which(one))
            continue
        tracked = track(db, place, everywhere=False, now=incoming.at)
        # From the moment of the command by Telegram's clock, which is also the posts' clock.
        new = places.watch(db, incoming.chat_id, tracked.id, since=incoming.at, topic=incoming.topic)
        answers.append(replies.watching(tracked, new=new))
    return Reply(html=replies.fit(answers), changed=Changed.PLACES)


def _chosen_before(db: sqlite3.Connection, resolution: Resolution) -> Place | None:
    """The one bearer of a name that is tracked already."""
    if not resolution.borne:
        return None
    tracked = [places.by_geonames_id(db, c.settlement.geonames_id) for c in resolution.choices]
    known = [place for place in tracked if place is not None]
    return known[0] if len(known) == 1 else None


async def _unwatch(room: Room, incoming: Incoming, argument: str) -> Effect:
    wanted = place_names(argument)

    def effect(db: sqlite3.Connection) -> Reply:
        answers = []
        for first, *_ in wanted:
            known = places.find(db, first)
            ended = [p for p in known if places.unwatch(db, incoming.chat_id, p.id, now=room.now())]
            answers += [replies.unwatched(p) for p in ended]
            if not ended:
                answers.append(replies.not_watched(first, places.watched_by(db, incoming.chat_id)))
        return Reply(html=replies.fit(answers), changed=Changed.PLACES)

    return effect


async def _places(room: Room, incoming: Incoming, _: str) -> Effect:
    return lambda db: paging.show(room, db, incoming.chat_id, "places")


@paging.view("places")
def _list(_: Room, db: sqlite3.Connection, chat_id: int, __: str, page: int) -> tuple[Reply, int]:
    watched = places.watched_by(db, chat_id)
    if not watched:
        return Reply(html=replies.places_list(watched)), 1
    shown = watched[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    return Reply(html=replies.places_list(shown, of=len(watched))), -(-len(watched) // _PER_PAGE)


COMMANDS: Final = {
    "watch": Command(run=_watch, edits=True, question=replies.missing("watch")),
    "unwatch": Command(run=_unwatch, edits=True, question=replies.missing("unwatch")),
    "places": Command(run=_places),
}
BUTTONS: Final[dict[str, Button]] = {}
