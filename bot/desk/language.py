"""/language: the language in which a chat is told."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Final

from bot.commands import language as texts
from bot.desk.room import Button as Pressed
from bot.desk.room import Changed, Command, Effect, Outcome, PressEffect, Reply, Room, data
from bot.incoming import Incoming, Press
from bot.languages import LANGUAGES, OWN_NAMES
from storage import chats
from storage.records import Button


async def _language(room: Room, incoming: Incoming, argument: str) -> Effect:
    if not argument:
        return lambda _: _state(room)
    code = texts.asked(argument, t=room.t)
    return lambda db: _set(room, db, incoming.chat_id, code)


def _set(room: Room, db: sqlite3.Connection, chat_id: int, code: str) -> Reply:
    """What was said before keeps its language: an alert goes on in the one that it began in."""
    chats.know(db, chat_id, now=room.now())
    chats.change(db, chat_id, language=code)
    return _state(replace(room, t=room.languages.of(code)))


def _state(room: Room) -> Reply:
    row = tuple(Button(OWN_NAMES[code], data("language", code)) for code in LANGUAGES if code != room.t.code)
    return Reply(html=texts.state(room.t.code, t=room.t), buttons=(row,), changed=Changed.CHATS)


async def _press(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    code = texts.asked(arguments[0], t=room.t)

    def effect(db: sqlite3.Connection) -> Outcome:
        page = _set(room, db, press.chat_id, code)
        return Outcome(toast=OWN_NAMES[code], page=page, changed=Changed.CHATS)

    return effect


COMMANDS: Final = {"language": Command(run=_language, edits=True, looks=frozenset({""}))}
BUTTONS: Final = {"language": Pressed(run=_press, edits=True)}
