"""How a channel is to be read, as the operator or the team wishes: how often, and as a member or not."""

from __future__ import annotations

import sqlite3

from bot.desk.channels import find, unknown
from bot.desk.room import Room
from bot.errors import Mendable
from bot.languages import ENGLISH, Words
from storage import accounts, channels, joining
from storage.records import Channel, Joining, Priority


async def named(room: Room, name: str) -> Channel:
    """The followed channel of that name; Mendable where there is none."""
    found = await room.store.read(find, name)
    if found is None:
        raise Mendable(await unknown(room, name))
    return found


async def prioritise(room: Room, channel: Channel, priority: str) -> Channel:
    """Read a channel more often or more rarely than others; Mendable for a word that is no priority."""
    wanted = checked(priority, t=room.t)
    changed = await room.store.write(set_priority, channel.id, wanted)
    await room.outside.changed_channels()
    return changed


def checked(priority: str, *, t: Words = ENGLISH) -> Priority:
    """The priority of that name; Mendable where there is none."""
    try:
        return Priority(priority.strip().casefold())
    except ValueError:
        raise Mendable(
            t(
                "A priority is {priorities}, not {priority}.",
                priorities=", ".join(Priority),
                priority=repr(priority),
            )
        ) from None


def set_priority(db: sqlite3.Connection, channel_id: int, priority: Priority) -> Channel:
    """The channel, with its new priority."""
    channels.set_priority(db, channel_id, priority)
    return channels.by_id(db, channel_id)


async def join(room: Room, channel: Channel, *, most: int) -> str:
    """Have an account join a channel, in its turn; what becomes of it, in words. Mendable where no place is left.

    That is the account that reads it, or, where that has no place left, another one, which reads it from then on.
    """

    def ask(db: sqlite3.Connection) -> str:
        now = channels.by_id(db, channel.id)
        if now.joined:
            joining.forget(db, now.account, channel.id)
            return room.t("joined")
        account = _place(db, now, most, t=room.t)
        if account != now.account:
            accounts.give(db, {channel.id: account})
        ahead = [w for w in joining.waiting(db, account) if w.channel_id != channel.id]
        joining.ask(db, account, channel.id, Joining.TO_JOIN, now=room.now())
        return room.t("waits to join") + (room.t(" after {ahead} others", ahead=len(ahead)) if ahead else "")

    words = await room.store.write(ask)
    await room.outside.changed_channels()
    return words


def _place(db: sqlite3.Connection, channel: Channel, most: int, *, t: Words = ENGLISH) -> str:
    """The account that may join the channel; Mendable where none has a place left."""
    works = [account.name for account in accounts.every(db) if account.problem is None]
    for name in (channel.account, *(name for name in works if name != channel.account)):
        if joining.places_taken(db, name, without=channel.id) < most:
            return name
    raise Mendable(
        t(
            "{most} channels are joined or wait to be, and no more are allowed "
            "(PLACEWATCH_READING__MOST_JOINED). Leave one: placewatch channels set NAME "
            "--join no",
            most=most,
        )
    )


async def leave(room: Room, channel: Channel) -> str:
    """Have every account that is a member leave a channel, and none join it; what becomes of it, in words."""

    def ask(db: sqlite3.Connection) -> str:
        joining.forget_joining(db, channel.id)
        members = joining.members(db, channel.id)
        for account in members:
            joining.ask(db, account, channel.id, Joining.TO_LEAVE, now=room.now())
        return room.t("waits to leave") if members else room.t("not joined")

    words = await room.store.write(ask)
    await room.outside.changed_channels()
    return words
