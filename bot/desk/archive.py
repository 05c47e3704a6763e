"""/latest, /search: what was said, in the words of the sources."""

from __future__ import annotations

import sqlite3
from html import escape
from typing import Final

from bot.alerts.compose import examined_since
from bot.commands import replies
from bot.desk import drafts, paging
from bot.desk.room import Button, Command, Effect, Reply, Room
from bot.incoming import Incoming
from storage import examination, places, reading
from storage.records import Kept, Place

_PER_PAGE = 5


async def _latest(room: Room, incoming: Incoming, argument: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        if not argument:
            return paging.show(room, db, incoming.chat_id, "latest")
        about = places.find(db, argument)
        if not about:
            return Reply(html=replies.not_watched(argument, places.watched_by(db, incoming.chat_id)))
        return paging.show(room, db, incoming.chat_id, "latest", ",".join(str(p.id) for p in about[:5]))

    return effect


@paging.view("latest")
def _newest(room: Room, db: sqlite3.Connection, chat_id: int, argument: str, page: int) -> tuple[Reply, int]:
    """Newest first; the argument names places by their row ids, none for all that the chat watches."""
    watched = places.watched_by(db, chat_id)
    ids = [int(i) for i in argument.split(",") if i] or [p.id for p in watched]
    if not ids:
        return Reply(html=replies.no_places()), 1
    total = reading.count_latest(db, place_ids=ids)
    found = reading.latest(db, place_ids=ids, limit=_PER_PAGE, skip=page * _PER_PAGE)
    known = places.by_ids(db, ids[:10])
    asked = ", ".join(place.name for place in known.values())
    nothing = f"No mentions of {escape(asked)} in what was read so far (/channels says how far)."
    answer = replies.statements(found, mentioned(db, found), room.zone, nothing)
    unfinished = examination.unfinished_for(db, ids)
    if unfinished is not None:
        answer = replies.with_note(answer, examined_since(unfinished, room.zone))
    return Reply(html=answer), max(1, -(-total // _PER_PAGE))


async def _search(room: Room, incoming: Incoming, argument: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        number = drafts.keep(db, incoming.chat_id, incoming.sender_id, "search", argument, now=room.now())
        return paging.show(room, db, incoming.chat_id, "search", str(number))

    return effect


@paging.view("search")
def _found(room: Room, db: sqlite3.Connection, chat_id: int, argument: str, page: int) -> tuple[Reply, int]:
    """The argument is the number of a draft that holds the query."""
    query = drafts.read(db, chat_id, int(argument), "search")
    total = reading.count_found(db, query)
    found = reading.search(db, query, limit=_PER_PAGE, skip=page * _PER_PAGE)
    nothing = f"Nothing in the archive has “{escape(query)}” (/channels says how far was read)."
    answer = replies.statements(found, mentioned(db, found), room.zone, nothing)
    return Reply(html=answer), max(1, -(-total // _PER_PAGE))


def mentioned(db: sqlite3.Connection, found: list[Kept]) -> dict[int, Place]:
    """The places that posts mention, by row id."""
    return places.by_ids(db, {m.place_id for kept in found for m in kept.mentions})


COMMANDS: Final = {
    "latest": Command(run=_latest),
    "search": Command(run=_search, question=replies.missing("search")),
}
BUTTONS: Final[dict[str, Button]] = {}
