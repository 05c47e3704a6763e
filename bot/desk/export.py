"""/export: statements as a file in the chat."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Final, NamedTuple

from bot.alerts.compose import moment
from bot.archive.export import lines, sheet
from bot.archive.export.fields import at
from bot.commands import export as texts
from bot.commands.period import in_words, place_and_span, read_span, written
from bot.desk import asking, drafts
from bot.desk.room import Button, Command, Effect, Outcome, PressEffect, Reply, Room, data, say, toast
from bot.incoming import Incoming, Press
from bot.languages.counts import counted
from storage import exporting, places, proof, reading
from storage.exporting import Cast
from storage.records import Attachment, Head
from storage.records import Button as Key
from storage.search import After

_USUAL = timedelta(days=7)
_MOST = 10_000  # statements in one file
_BYTES = 5 * 1024 * 1024
_AT_ONCE = 250  # posts read in one go: an open snapshot lets the write-ahead log grow
_NAMES = {"csv": "CSV", "jsonl": "JSON Lines"}
_MIME = {"csv": "text/csv", "jsonl": lines.MIME}


class _File(NamedTuple):
    data: bytes
    head: Head | None  # of the ledger
    statements: int
    oldest: datetime | None
    whole: bool


async def _export(room: Room, incoming: Incoming, argument: str) -> Effect:
    name, span = place_and_span(argument, _USUAL, t=room.t)
    if name:
        about = await asking.meant(room, name)
        if callable(about):
            return about
        ids = sorted(place.id for place in about)
    else:
        ids = sorted(await room.store.read(places.watched_ids, incoming.chat_id))
    if not ids:
        return say(
            room.t("No places are watched here yet. To export what was said about one: /export PLACE 30d")
        )
    called = name or room.t("the places watched here")
    file = await _file(room, ids, span, "csv")

    def effect(db: sqlite3.Connection) -> Reply:
        # Behind the button: which places, by number, how long, and what they were called.
        asked = f"{','.join(map(str, ids))}|{written(span)}|{called}"
        number = drafts.keep(db, incoming.chat_id, incoming.sender_id, "export", asked, now=room.now())
        also = Key(room.t("The same as JSON Lines"), data("export", "jsonl", number))
        return _reply(room, file, "csv", called, span, also)

    return effect


async def _other_form(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    form, number = arguments
    asked = await room.store.read(drafts.read, press.chat_id, int(number), "export")
    ids, length, called = asked.split("|", 2)
    span = read_span(length)
    if span is None or form not in _NAMES:
        raise ValueError(asked)
    file = await _file(room, [int(i) for i in ids.split(",")], span, form)
    if not file.statements:
        return toast(room.t("There is nothing to export any more."))
    return lambda _: Outcome(say=_reply(room, file, form, called, span, None))


async def _file(room: Room, ids: Sequence[int], span: timedelta, form: str) -> _File:
    """The newest statements of that time, within the limits of a file."""
    since = room.now() - span
    found = await room.store.read(_ids, ids, since)
    begun = sheet.header() if form == "csv" else b""
    rows, size, oldest = [begun], len(begun), None
    head = await room.store.read(proof.head)
    cast, line = Cast(), sheet.line if form == "csv" else lines.line
    for begin in range(0, min(len(found), _MOST), _AT_ONCE):
        hits = [After(post_id) for post_id in found[begin : min(begin + _AT_ONCE, _MOST)]]
        for one in await room.store.read(exporting.statements, hits, cast, ids):
            row = line(one)
            size += len(row)
            if size > _BYTES:
                return _File(b"".join(rows), head, len(rows) - 1, oldest, whole=False)
            rows.append(row)
            oldest = at(one.posted_at)
    return _File(b"".join(rows), head, len(rows) - 1, oldest, whole=len(found) <= _MOST)


def _ids(db: sqlite3.Connection, ids: Sequence[int], since: datetime) -> list[int]:
    return reading.latest_ids(db, place_ids=ids, since=since, limit=_MOST + 1)


def _reply(room: Room, file: _File, form: str, called: str, span: timedelta, also: Key | None) -> Reply:
    about = escape(called[:200])
    if not file.statements:
        return Reply(html=texts.nothing(about, t=room.t))
    name = f"placewatch-{room.now().astimezone(room.zone):%Y-%m-%d}-{written(span)}.{form}"
    said = [
        room.t(
            "{counted} about {about}, the last {in_words}, newest first ({NAMES}).",
            counted=counted(file.statements, "statement", t=room.t),
            about=about,
            in_words=in_words(span, t=room.t),
            NAMES=_NAMES[form],
        ),
        room.t(
            "Claims by their sources, not verified. Times are UTC; “confidence” says how "
            "sure we are that the place is meant."
        ),
    ]
    if file.head is not None:
        said.append(room.t("The ledger's head then: <code>{head}</code>", head=file.head))
    if not file.whole and file.oldest is not None:
        said.append(
            room.t(
                "ℹ Not all: a file holds {MOST:,} statements and 5 MB at most, and this one "
                "ends at {when}. Narrow the period, or ask for one place: /export PLACE 1d",
                MOST=_MOST,
                when=moment(file.oldest, room.zone, t=room.t),
            )
        )
    return Reply(
        html="\n".join(said),
        attachment=Attachment(name=name, mime=_MIME[form], data=file.data),
        buttons=((also,),) if also else (),
    )


COMMANDS: Final = {"export": Command(run=_export)}
BUTTONS: Final[dict[str, Button]] = {"export": Button(run=_other_form)}
