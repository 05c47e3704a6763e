"""/follow, /unfollow, /channels."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Final

from bot.commands import replies
from bot.desk import paging
from bot.desk.room import Button, Changed, Command, Effect, Reply, Room
from bot.errors import Mendable
from bot.incoming import Incoming
from storage import channels
from storage.records import Channel

READER = "reader"  # the account whose access hashes are kept; several accounts come with several names
_PER_PAGE = 10


async def _follow(room: Room, _: Incoming, argument: str) -> Effect:
    peer = await room.outside.resolve(argument)

    def effect(db: sqlite3.Connection) -> Reply:
        channel, new = channels.follow(
            db, peer, account=READER, cursor=peer.newest, label=None, now=room.now()
        )
        return Reply(html=replies.following(channel, new=new), changed=Changed.CHANNELS)

    return effect


async def _unfollow(_: Room, __: Incoming, argument: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        found = find(db, argument)
        if found is None:
            return Reply(html=replies.not_followed(argument, channels.followed(db)))
        channels.unfollow(db, found.id)
        return Reply(html=replies.unfollowed(found), changed=Changed.CHANNELS)

    return effect


async def _channels(room: Room, incoming: Incoming, _: str) -> Effect:
    return lambda db: paging.show(room, db, incoming.chat_id, "channels")


@paging.view("channels")
def _list(room: Room, db: sqlite3.Connection, _: int, __: str, page: int) -> tuple[Reply, int]:
    known = channels.followed(db)
    shown = known[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    html = replies.channels_list(shown, room.zone, room.now(), of=len(known))
    return Reply(html=html), max(1, -(-len(known) // _PER_PAGE))


def find(db: sqlite3.Connection, name: str) -> Channel | None:
    """The followed channel of that name, @name, link or title."""
    tail = name.strip().rstrip("/").rpartition("/")[2] if "t.me/" in name else name.strip()
    found = channels.find(db, tail)
    return found[0] if found else None


async def follow(room: Room, link: str, *, since: datetime | None, label: str | None) -> tuple[Channel, bool]:
    """Follow a channel from the command line, from now on or from a date; True where it is new."""
    peer = await room.outside.resolve(link)
    cursor = peer.newest if since is None else await room.outside.start_of(peer, since)
    channel, new = await room.store.write(
        channels.follow, peer, account=READER, cursor=cursor, label=label, now=room.now()
    )
    await room.outside.changed_channels()
    return channel, new


async def unfollow(room: Room, name: str) -> Channel:
    """Stop reading a channel."""
    found = await room.store.read(find, name)
    if found is None:
        known = ", ".join(c.name for c in await room.store.read(channels.followed)) or "none yet"
        raise Mendable(f"{name} is not among the channels followed: {known}")
    await room.store.write(channels.unfollow, found.id)
    await room.outside.changed_channels()
    return found


COMMANDS: Final = {
    "follow": Command(run=_follow, edits=True, question=replies.missing("follow")),
    "unfollow": Command(run=_unfollow, edits=True, question=replies.missing("unfollow")),
    "channels": Command(run=_channels),
}
BUTTONS: Final[dict[str, Button]] = {}
