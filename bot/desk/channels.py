"""/channels, /unfollow: which channels are read, as lists that page, and the end of reading one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.commands import channel_page, replies
from bot.desk import paging
from bot.desk.room import Button, Changed, Command, Effect, Outcome, PressEffect, Reply, Room, data
from bot.errors import Mendable
from bot.incoming import Incoming, Press
from bot.languages import ENGLISH, Words
from storage import channels, joining
from storage.records import Button as Shown
from storage.records import Channel, ChannelState

_PER_PAGE = 8
_LONGEST = 24  # characters of a name on a button


async def _unfollow(room: Room, incoming: Incoming, argument: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        if not argument:
            return paging.show(room, db, incoming.chat_id, "unfollow")
        found = find(db, argument)
        if found is None:
            return Reply(html=replies.not_followed(argument, channels.followed(db), t=room.t))
        channels.unfollow(db, found.id)
        return Reply(html=replies.unfollowed(found, t=room.t), changed=Changed.CHANNELS)

    return effect


async def _channels(room: Room, incoming: Incoming, _: str) -> Effect:
    return lambda db: paging.show(room, db, incoming.chat_id, "channels")


@paging.view("channels")
def _list(room: Room, db: sqlite3.Connection, _: int, __: str, page: int) -> tuple[Reply, int]:
    known = channels.followed(db)
    here, page, pages = paging.part(known, page, _PER_PAGE)
    html = replies.channels_list(
        here, room.zone, room.now(), of=len(known), wishes=joining.by_channel(db), t=room.t
    )
    back = paging.mark("channels", page)
    buttons = [Shown(f"✏️ {c.name[:_LONGEST]}", data("channel", c.id, back)) for c in here]
    return Reply(html=html, buttons=paging.rows(buttons, 2)), pages


@paging.view("unfollow")
def _to_end(room: Room, db: sqlite3.Connection, __: int, ___: str, page: int) -> tuple[Reply, int]:
    known = channels.followed(db)
    if not known:
        return Reply(html=replies.no_channels(t=room.t)), 1
    here, page, pages = paging.part(known, page, _PER_PAGE)
    back = paging.mark("unfollow", page)
    buttons = [Shown(f"❌ {c.name[:_LONGEST]}", data("channel.x", c.id, back)) for c in here]
    return Reply(html=room.t("Stop reading which channel?"), buttons=paging.rows(buttons, 2)), pages


def still_followed(db: sqlite3.Connection, channel_id: int, *, t: Words = ENGLISH) -> Channel:
    """The channel of a button; Mendable where it is followed no more."""
    found = channels.by_id(db, channel_id)
    if found.state is ChannelState.REMOVED:
        raise Mendable(t("{found} is not followed any more: /channels", found=found.name))
    return found


async def _ask_end(room: Room, __: Press, arguments: list[str]) -> PressEffect:
    channel_id, back = int(arguments[0]), arguments[1]

    def effect(db: sqlite3.Connection) -> Outcome:
        channel = still_followed(db, channel_id, t=room.t)
        view, page, argument = back.split(".", 2)
        buttons = (
            (
                Shown(room.t("Yes, stop"), data("channel.end", channel_id, back)),
                Shown(room.t("◀ Back"), data("page", view, page, argument)),
            ),
        )
        return Outcome(page=Reply(html=channel_page.end(channel, t=room.t), buttons=buttons))

    return effect


async def _end(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    channel_id, back = int(arguments[0]), arguments[1]

    def effect(db: sqlite3.Connection) -> Outcome:
        channel = still_followed(db, channel_id, t=room.t)
        channels.unfollow(db, channel_id)
        return Outcome(
            toast=room.t("Stopped reading {channel}", channel=channel.name),
            page=paging.marked(room, db, press.chat_id, back),
            changed=Changed.CHANNELS,
        )

    return effect


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
        channels.follow, peer, account=peer.account, cursor=cursor, label=label, now=room.now()
    )
    await room.outside.changed_channels()
    return channel, new


async def unfollow(room: Room, name: str) -> Channel:
    """Stop reading a channel."""
    found = await room.store.read(find, name)
    if found is None:
        raise Mendable(await unknown(room, name))
    await room.store.write(channels.unfollow, found.id)
    await room.outside.changed_channels()
    return found


async def label(room: Room, name: str, said: Mapping[str, str | None]) -> Channel:
    """Say who speaks in a channel, from the command line; what is not given stays as it was."""
    found = await room.store.read(find, name)
    if found is None:
        raise Mendable(await unknown(room, name))
    described = await room.store.write(describe, found.id, said)
    await room.outside.changed_channels()
    return described


def describe(db: sqlite3.Connection, channel_id: int, said: Mapping[str, str | None]) -> Channel:
    """Change what is said about a channel; what is not given stays as it was."""
    now = channels.by_id(db, channel_id)
    before = {"label": now.label, "side": now.side, "standing": now.standing, "owner": now.owner}
    channels.describe(db, channel_id, **{**before, **said})
    return channels.by_id(db, channel_id)


async def unknown(room: Room, name: str) -> str:
    """No channel of that name is followed, and which are."""
    known = ", ".join(c.name for c in await room.store.read(channels.followed)) or room.t("none yet")
    return room.t("{name} is not among the channels followed: {known}", name=name, known=known)


COMMANDS: Final = {
    "unfollow": Command(run=_unfollow, edits=True),
    "channels": Command(run=_channels),
}
BUTTONS: Final[dict[str, Button]] = {
    "channel.x": Button(run=_ask_end, edits=True),
    "channel.end": Button(run=_end, edits=True),
}
