"""/archive: a personal link to the review page, in private. It is sent past the archive, which keeps only its hash."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from bot.commands import page as texts
from bot.desk.door import Door, Standing
from bot.desk.room import Button, Command, Effect, Reply, Room, say
from bot.errors import Refused
from bot.incoming import Incoming
from bot.languages import Words
from bot.web.access import secret
from bot.web.access.operations import called
from storage import access
from storage.records import Button as Key

_FEWEST: Final = timedelta(seconds=20)  # between two links of one person


async def _archive(room: Room, incoming: Incoming, _: str) -> Effect:
    door = room.door
    if door is None:
        return say(texts.no_address(room.t))
    in_private = incoming.chat_id > 0
    if not in_private and incoming.sender_id < 0:  # writes as the group, or as a channel
        return _in_private(door, texts.anonymous(room.t), room.t)
    person = incoming.sender_id
    chat_id, role = await role_of(door, person, [incoming.chat_id] if not in_private else door.chats())
    link = secret.new()

    def keep(db: sqlite3.Connection) -> bool | None:
        """Whether they may come in; None where they were given a link just now."""
        now = room.now()
        before = access.user(db, person, now)
        if before is None and role is None:
            return False
        user = access.meet(
            db,
            person,
            name=called(incoming.sender_name),
            chat_role=role,
            chat_id=chat_id,
            now=now,
        )
        if user.may is None:
            access.sign_out(db, person)
            return False
        if user.link_at is not None and now - user.link_at < _FEWEST:
            return None
        access.add_link(db, secret.hashed(link), person, now=now, until=now + timedelta(minutes=door.minutes))
        return True

    may = await room.store.write(keep)
    if may is None:
        return say(texts.just_now(room.t))
    if not may:
        return say(texts.not_allowed(room.t))
    message = texts.link(f"{door.url}/enter/{link}", door.minutes, room.t)
    try:
        await room.outside.tell_now(person, message, secrets.randbits(62))
    except Refused:
        # Telegram lets a bot write to nobody who has not written to it first. They are sent another link then.
        await room.store.write(access.forget_link, secret.hashed(link), person)
        return _in_private(door, texts.write_first(room.t), room.t)
    return say(texts.sent(in_private=in_private, t=room.t))


def _in_private(door: Door, words: str, t: Words) -> Effect:
    name = door.bot_name()
    key = Key(texts.button(t), url=f"https://t.me/{name}?start=archive") if name else None
    return lambda _: Reply(html=words, buttons=((key,),) if key else ())


async def role_of(door: Door, person: int, chats: Collection[int]) -> tuple[int | None, str | None]:
    """The chat through which somebody comes, and what it lets them do: the most of all that they are in."""
    if person in door.admins:
        return None, "admin"
    found: tuple[int | None, str | None] = None, None
    for chat_id in chats:
        standing = await door.standing(chat_id, person)
        if standing is Standing.ADMIN:
            return chat_id, "admin"
        if standing is Standing.MEMBER and door.members is not None:
            found = chat_id, door.members
    return found


COMMANDS: Final = {"archive": Command(run=_archive)}
BUTTONS: Final[dict[str, Button]] = {}
