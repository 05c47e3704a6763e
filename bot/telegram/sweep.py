"""Reading one channel's history from its cursor to its end, and looking again at its newest posts."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from telethon.tl import types

from bot.errors import Mendable
from bot.monitor import Monitor
from bot.telegram.history import PAGE, Address, History, Page
from bot.telegram.live import to_posts
from bot.telegram.resolver import Resolver, username_of
from storage import channels
from storage.records import Channel, ChannelState
from storage.store import Store

log = logging.getLogger(__name__)


class Sweep:
    """Reads history in order, which alone moves a channel's cursor, and only after everything up to it was taken."""

    def __init__(
        self,
        history: History,
        resolver: Resolver,
        store: Store,
        take: Monitor,
        *,
        clock: Callable[[], datetime],
        account: str,
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        """`on_change` is called where a channel's name, membership or Telegram id is another one now."""
        self._history = history
        self._resolver = resolver
        self._store = store
        self._take = take
        self._clock = clock
        self._account = account
        self._on_change = on_change

    async def read(self, channel: Channel) -> None:
        """Read a channel's history from its cursor to its end, and look again at its newest posts.

        A post that is already kept and unchanged changes nothing when it is taken again.
        """
        address = await self.address(channel)
        newest = await self._history.newest(address)
        cursor = channel.cursor
        if not newest.entire and newest.ids and min(newest.ids) > cursor + 1:
            cursor = await self._read_from(channel, address, cursor, max(newest.ids))
        await self._take_messages(channel, (await self._without_earlier(channel, newest)).messages)
        await self._read_through(channel, max([cursor, *newest.ids]))
        await self._find_deletions(channel, address, newest)
        await self._note_changes(channel, newest.channel)
        if channel.state is ChannelState.UNREADABLE:
            log.info("channel can be read again channel_id=%d", channel.id)

    async def _without_earlier(self, channel: Channel, page: Page) -> Page:
        """The page without posts from before the channel was followed; those that we hold are looked at again."""
        earlier = [i for i in page.ids if i <= channel.cursor]
        if not earlier:
            return page
        held = await self._store.read(channels.held_ids, channel.id, min(earlier), max(earlier))
        return replace(
            page, messages=tuple(m for m in page.messages if m.id > channel.cursor or m.id in held)
        )

    async def _read_from(self, channel: Channel, address: Address, cursor: int, last: int) -> int:
        """Read page by page from the cursor on, moving it with each page; where it stands then."""
        while cursor < last:
            page = await self._history.after(address, cursor)
            if not page.messages:
                break
            await self._take_messages(channel, page.messages)
            cursor = max(page.ids)
            await self._read_through(channel, cursor)
            log.info("catching up channel_id=%d cursor=%d newest=%d", channel.id, cursor, last)
        return cursor

    async def _take_messages(self, channel: Channel, messages: Iterable[Any]) -> None:
        posts = to_posts(messages, channel.id)
        if posts:
            await self._take.take(posts, self._clock())

    async def _read_through(self, channel: Channel, cursor: int) -> None:
        await self._store.write(channels.read_through, channel.id, cursor, self._clock())

    async def _note_changes(self, channel: Channel, now: Any) -> None:
        """Whether we are a member, and what the channel is called, as the last answer said."""
        if not isinstance(now, types.Channel) or now.min:
            return
        if channel.joined is bool(now.left):
            await self._store.write(channels.set_joined, channel.id, not now.left)
        name = username_of(now) or channel.username
        if (name, now.title) != (channel.username, channel.title):
            await self._store.write(channels.rename, channel.id, name, now.title)
        elif channel.joined is not bool(now.left):
            return
        await self._on_change()

    async def _find_deletions(self, channel: Channel, address: Address, page: Page) -> None:
        """What we hold and the page lacks is asked for by id; a second empty answer is a deletion."""
        if not page.messages and not page.entire:
            return
        low = 1 if page.entire else min(page.ids)
        held = await self._store.read(channels.known_ids, channel.id, low, 2**31 - 1)
        missing = sorted(held - set(page.ids))[-PAGE:]
        if not missing:
            return
        gone, there = await self._history.empty(address, missing)
        await self._take_messages(channel, there)
        if gone:
            log.info("deletions found channel_id=%d messages=%d", channel.id, len(gone))
            await self._take.deleted(channel.id, gone, self._clock())

    async def address(self, channel: Channel) -> Address:
        """The channel as this account may address it; asked for by name where that is not known yet."""
        access_hash = await self._store.read(channels.access_hash, channel.id, self._account)
        if channel.telegram_id is not None and access_hash is not None:
            return Address(channel.telegram_id, access_hash)
        return await self.renew(channel)

    async def renew(self, channel: Channel) -> Address:
        """Ask who has the channel's name, and keep how this account addresses it; Mendable where that is another one now."""
        if channel.username is None:
            raise Mendable("The channel has no public name any more: follow it again by its new link.")
        peer = await self._resolver.resolve(channel.username)
        if channel.telegram_id not in (None, peer.telegram_id):
            raise Mendable(
                f"@{channel.username} is another channel now. Unfollow it, and follow its new link."
            )
        await self._store.write(
            channels.follow,
            peer,
            account=self._account,
            cursor=channel.cursor,
            label=None,
            now=self._clock(),
        )
        await self._on_change()
        return Address(peer.telegram_id, peer.access_hash)
