"""/post, /why: one statement, whole, and why it was told."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.commands import post as texts
from bot.commands import why
from bot.desk import paging
from bot.desk.archive import mentioned
from bot.desk.room import Button, Command, Effect, Reply, Room
from bot.incoming import Incoming
from bot.telegram.links import parse_post_link
from storage import channels, media, owed, reading, stories
from storage.records import Kept, OwedKind

_BLOCKS = 100  # a page; Telegram's limit ends it before that


async def _post(room: Room, incoming: Incoming, argument: str) -> Effect:
    if not argument:
        return lambda db: _replied_to(room, db, incoming)
    name, message_id = parse_post_link(argument)

    def effect(db: sqlite3.Connection) -> Reply:
        kept = reading.by_link(db, str(name), message_id)
        if kept is None:
            return Reply(html=texts.unknown(argument[:200], t=room.t))
        return post_reply(room, db, incoming.chat_id, kept.id)

    return effect


def _replied_to(room: Room, db: sqlite3.Connection, incoming: Incoming) -> Reply:
    parts = about_message(db, incoming.chat_id, incoming.reply_to)
    if not parts:
        if _tells_of_several(db, incoming):
            return Reply(html=why.several(t=room.t))
        return Reply(html=texts.how_to_ask(t=room.t), ask="post")
    longest = max(parts, key=lambda kept: len(kept.post.text))  # of an album, the part with the caption
    return post_reply(room, db, incoming.chat_id, longest.id)


def about_message(db: sqlite3.Connection, chat_id: int, message_id: int | None) -> list[Kept]:
    """The statement (all parts of an album) that a message of ours tells of; [] where it tells of none."""
    told = None if message_id is None else owed.by_message(db, chat_id, message_id)
    return [] if told is None else reading.by_subject(db, told.subject)


def _tells_of_several(db: sqlite3.Connection, incoming: Incoming) -> bool:
    told = None if incoming.reply_to is None else owed.by_message(db, incoming.chat_id, incoming.reply_to)
    return told is not None and told.kind in (OwedKind.SUMMARY, OwedKind.DIGEST)


def post_reply(room: Room, db: sqlite3.Connection, chat_id: int, post_id: int) -> Reply:
    """A post as it is kept, with buttons to its further pages."""
    return paging.show(room, db, chat_id, "post", str(post_id))


@paging.view("post")
def _whole(room: Room, db: sqlite3.Connection, chat_id: int, argument: str, page: int) -> tuple[Reply, int]:
    """The argument is the post's row id."""
    [kept] = reading.kept_by_ids(db, [int(argument)])
    forward = kept.post.forward
    origin = None
    if forward is not None and forward.telegram_id is not None:
        origin = channels.by_telegram_id(db, forward.telegram_id)
    album = reading.by_subject(db, kept.post.subject)
    told = owed.alerts_about(db, chat_id, kept.post.subject)
    blocks = texts.post_blocks(
        kept,
        mentioned(db, [kept]),
        _story(db, album),
        origin,
        [(at, address(chat_id, message_id)) for at, message_id in told],
        room.zone,
        sure=room.min_confidence,
        parts=len(album),
        claims=room.claims,
        files=media.of_post(db, kept.id),
        t=room.t,
    )
    pages = paging.pages_of(blocks, _BLOCKS, t=room.t)
    return Reply(html=pages[min(page, len(pages) - 1)]), len(pages)


def address(chat_id: int, message_id: int | None) -> str | None:
    """Where members find a message again; only messages of supergroups have an address."""
    if not message_id or chat_id > -(10**12):
        return None
    return f"https://t.me/c/{-chat_id - 10**12}/{message_id}"


async def _why(room: Room, incoming: Incoming, _: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        parts = about_message(db, incoming.chat_id, incoming.reply_to)
        if parts:
            return why_reply(room, db, incoming.chat_id, parts)
        return Reply(
            html=why.several(t=room.t) if _tells_of_several(db, incoming) else why.how_to_ask("why", t=room.t)
        )

    return effect


def why_reply(room: Room, db: sqlite3.Connection, chat_id: int, parts: list[Kept]) -> Reply:
    """Why a statement was told: each mention's form, name, rule, cues, confidence and rivals, and its story."""
    return paging.show(room, db, chat_id, "why", parts[0].post.subject)


@paging.view("why")
def _reasons(room: Room, db: sqlite3.Connection, _: int, argument: str, page: int) -> tuple[Reply, int]:
    """The argument is the statement's subject."""
    parts = reading.by_subject(db, argument)
    if not parts:
        raise KeyError(argument)
    blocks = why.why_blocks(
        parts,
        mentioned(db, parts),
        _story(db, parts),
        room.zone,
        sure=room.min_confidence,
        claims=room.claims,
        t=room.t,
    )
    pages = paging.pages_of(blocks, _BLOCKS, t=room.t)
    return Reply(html=pages[min(page, len(pages) - 1)]), len(pages)


def _story(db: sqlite3.Connection, parts: list[Kept]) -> list[why.Repeat]:
    members = stories.members(db, stories.first_of(db, parts[0].id))
    return [why.Repeat(member.lead, member.how or "") for member in members]


COMMANDS: Final = {"post": Command(run=_post), "why": Command(run=_why)}
BUTTONS: Final[dict[str, Button]] = {}
