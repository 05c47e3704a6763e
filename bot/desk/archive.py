"""/latest, /search: what was said, in the words of the sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Final

from bot.alerts import unread
from bot.alerts.compose import examined_since
from bot.archive.answer import Answer, answer, told
from bot.commands import archive as texts
from bot.commands import replies
from bot.desk import asking, drafts, paging
from bot.desk.room import Button, Command, Effect, Reply, Room
from bot.incoming import Incoming
from storage import examination, gaps, places, reading
from storage.records import Kept, Place

_PER_PAGE = 5
_MEANT = 4  # places of one name at most: more numbers than that do not fit behind a button


async def _latest(room: Room, incoming: Incoming, argument: str) -> Effect:
    about = await asking.meant(room, argument) if argument else []
    if callable(about):
        return about
    ids = ",".join(str(place.id) for place in about[:_MEANT])
    return lambda db: paging.show(room, db, incoming.chat_id, "latest", ids)


@paging.view("latest")
def _newest(room: Room, db: sqlite3.Connection, chat_id: int, argument: str, page: int) -> tuple[Reply, int]:
    """Newest first; the argument names places by their row ids, none for all that the chat watches."""
    ids = {int(i) for i in argument.split(",") if i} or places.watched_ids(db, chat_id)
    if not ids:
        return Reply(html=replies.no_places(t=room.t)), 1
    found = reading.latest_ids(db, place_ids=ids, limit=texts.COUNTED + 1)
    about = room.t("the places watched here")
    if argument:
        about = escape(", ".join(p.name for p in places.by_ids(db, ids).values()))
    nothing = room.t("No mentions of {about} in what was read so far (/channels says how far).", about=about)
    unfinished = examination.unfinished_for(db, ids)
    notes = [] if unfinished is None else [examined_since(unfinished, room.zone, t=room.t)]
    notes += _unread(room, db)
    head = room.t(
        "{counted} about {about}", counted=texts.counted(len(found), "statement", t=room.t), about=about
    )
    return _page(room, db, found, page, head if found else nothing, about=frozenset(ids), notes=notes)


async def _search(room: Room, incoming: Incoming, argument: str) -> Effect:
    # To judge claims takes a while: beside the writer nobody waits for it.
    answered = await room.store.read(lambda db: _answer(room, db, argument))

    def effect(db: sqlite3.Connection) -> Reply:
        number = drafts.keep(db, incoming.chat_id, incoming.sender_id, "search", argument, now=room.now())
        reply, pages = _answered(room, db, argument, answered, 0)
        return paging.with_turn(reply, "search", str(number), 0, pages)

    return effect


@paging.view("search")
def _found(room: Room, db: sqlite3.Connection, chat_id: int, argument: str, page: int) -> tuple[Reply, int]:
    """The argument is the number of a draft that holds the query."""
    typed = drafts.read(db, chat_id, int(argument), "search")
    return _answered(room, db, typed, _answer(room, db, typed), page)


def _answer(room: Room, db: sqlite3.Connection, typed: str) -> Answer:
    most = texts.COUNTED + 1
    return answer(
        db,
        typed,
        now=room.now(),
        zone=room.zone,
        min_confidence=room.min_confidence,
        table=room.claims,
        limit=most,
        counted=most,
    )


def _answered(room: Room, db: sqlite3.Connection, typed: str, found: Answer, page: int) -> tuple[Reply, int]:
    asked = escape(typed[:200])
    nothing = room.t("Nothing in the archive has “{asked}” (/channels says how far was read).", asked=asked)
    head = (
        room.t(
            "{counted} with “{asked}”", counted=texts.counted(len(found.hits), "post", t=room.t), asked=asked
        )
        if found.hits
        else nothing
    )
    by_id = {hit.post_id: hit for hit in found.hits}

    def quoted(kept: Kept) -> texts.Quoted:
        revision = told(kept, by_id[kept.id])
        return texts.Quoted(revision, found.mark(revision.searchable))

    notes = [*found.remarks, *_unread(room, db)]
    return _page(room, db, list(by_id), page, head, notes=notes, quoted=quoted)


def _unread(room: Room, db: sqlite3.Connection) -> list[str]:
    """What the answer can't know, because it was not read."""
    now = room.now()
    note = unread.note(gaps.unread(db, now), room.zone, now, t=room.t)
    return [] if note is None else [note]


def _page(
    room: Room,
    db: sqlite3.Connection,
    found: list[int],
    page: int,
    head: str,
    *,
    about: frozenset[int] | None = None,
    notes: Sequence[str] = (),
    quoted: Callable[[Kept], texts.Quoted] | None = None,
) -> tuple[Reply, int]:
    """A page of posts under a head, and how many pages there are."""
    pages = max(1, -(-min(len(found), texts.COUNTED) // _PER_PAGE))
    kept = reading.kept_by_ids(db, found[page * _PER_PAGE : (page + 1) * _PER_PAGE])
    quotes = {one.id: quoted(one) for one in kept} if quoted else None
    blocks = texts.statements(
        kept, mentioned(db, kept), room.zone, sure=room.min_confidence, about=about, quoted=quotes, t=room.t
    )
    return Reply(html=texts.page(head, blocks, notes, t=room.t)), pages


def mentioned(db: sqlite3.Connection, found: list[Kept]) -> dict[int, Place]:
    """The places that posts mention in any revision, and those that were taken for less likely, by row id."""
    every = [m for kept in found for revision in kept.revisions for m in revision.mentions]
    return places.by_ids(db, {m.place_id for m in every} | {r.place_id for m in every for r in m.rivals})


COMMANDS: Final = {
    "latest": Command(run=_latest),
    "search": Command(run=_search, question=partial(replies.missing, "search")),
}
BUTTONS: Final[dict[str, Button]] = {}
