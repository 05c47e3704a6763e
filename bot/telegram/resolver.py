"""Finding the channel behind a name: once, slowly, and never a user, a bot or a group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from telethon.tl import functions, types

from bot.alerts.excerpt import opening
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.languages import N_
from bot.telegram.history import Address, History
from bot.telegram.holds import Holds
from bot.telegram.links import parse_channel_link
from bot.telegram.refusals import RpcRefused
from storage import holds
from storage.records import Peer
from storage.store import Store

# Bursts of resolving earn waits of many hours: a few at once, then one a minute, over restarts too.
_AT_ONCE = 5
_SECONDS_EACH = 60.0
_RESOLVE = "ResolveUsername"
_OPENING = 200  # characters of the last post, for a look before a channel is followed


class Resolver:
    """Asks Telegram who has a name."""

    def __init__(
        self, asking: Holds, history: History, store: Store, *, account: str, clock: Callable[[], datetime]
    ) -> None:
        self._asking = asking
        self._history = history
        self._store = store
        self._account = account
        self._clock = clock

    async def resolve(self, link: str, *, patient: bool = True) -> Peer:
        """The public channel behind a name or link; Mendable says why something else can't be followed.

        Waits for its turn, or, impatient, raises Busy where it is not time for one; Busy too where Telegram has
        asked to wait.
        """
        name = parse_channel_link(link)
        await self._turn(patient=patient)
        try:
            found = await self._asking.ask(functions.contacts.ResolveUsernameRequest(name))
        except RpcRefused as refusal:
            if refusal.name in ("USERNAME_NOT_OCCUPIED", "USERNAME_INVALID"):
                raise Mendable(
                    N_("Nobody in Telegram has the name @{name}. Check the spelling."), name=name
                ) from refusal
            raise
        channel = _channel(found, name)
        address = Address(channel.id, channel.access_hash)
        try:
            last = await self._history.last(address)
        except Refused as refusal:
            raise Mendable(N_("@{name} can't be read: {refusal}"), name=name, refusal=refusal) from refusal
        return Peer(
            telegram_id=channel.id,
            access_hash=channel.access_hash,
            username=username_of(channel) or name,
            title=channel.title,
            joined=not channel.left,
            newest=0 if last is None else last.id,
            members=await self._members(channel, address),
            posted_at=getattr(last, "date", None),
            opening=opening(getattr(last, "message", None) or "", _OPENING),
            account=self._account,
        )

    async def _turn(self, *, patient: bool) -> None:
        """Wait until a name may be looked up; Busy where Telegram has named a wait, which may take hours."""
        await self._asking.load()
        while True:
            left = self._asking.left(_RESOLVE)
            if left > 0:
                raise Busy(_RESOLVE, left)
            wait = await self._store.write(
                holds.turn,
                self._account,
                _RESOLVE,
                every=_SECONDS_EACH,
                at_once=_AT_ONCE,
                now=self._clock(),
            )
            if wait == 0:
                return
            if not patient:
                raise Busy(_RESOLVE, wait)
            await asyncio.sleep(wait)

    async def _members(self, channel: Any, address: Address) -> int | None:
        """How many read the channel; asked for where the first answer left it out, and no matter where that fails."""
        if channel.participants_count is not None:
            return int(channel.participants_count)
        try:
            full = await self._asking.ask(functions.channels.GetFullChannelRequest(address.channel))
        except (Busy, Unavailable, Refused):
            return None
        count = full.full_chat.participants_count
        return None if count is None else int(count)


def username_of(channel: Any) -> str | None:
    """The name by which anybody can open the channel."""
    active = [entry.username for entry in getattr(channel, "usernames", None) or () if entry.active]
    return getattr(channel, "username", None) or next(iter(active), None)


def _channel(found: Any, name: str) -> Any:
    if isinstance(found.peer, types.PeerUser):
        user = next((user for user in found.users if user.id == found.peer.user_id), None)
        if getattr(user, "bot", False):
            raise Mendable(
                N_("@{name} is a bot, not a channel. Give the name of a public channel."), name=name
            )
        raise Mendable(
            N_("@{name} is a person, not a channel. Give the name of a public channel."), name=name
        )
    wanted = getattr(found.peer, "channel_id", None)
    chat = next((chat for chat in found.chats if chat.id == wanted), None)
    if isinstance(chat, types.ChannelForbidden):
        raise Mendable(
            N_("@{name} can't be read: it is private, or the account was banned from it."), name=name
        )
    if not isinstance(chat, types.Channel):
        raise Mendable(N_("@{name} is not a channel. Give the name of a public channel."), name=name)
    if not chat.broadcast:
        raise Mendable(
            N_("@{name} is a group where many people write, not a channel. Only channels are followed."),
            name=name,
        )
    return chat
