"""Events and history -> posts. Events make it fast; history, read in order, makes it complete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from telethon.tl import types

from bot.errors import Mendable, Refused, Unavailable
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from bot.telegram.history import PAGE, Address, History, Page
from bot.telegram.live import Live, to_posts
from bot.telegram.refusals import RpcRefused
from bot.telegram.resolver import Resolver, username_of
from bot.telegram.schedule import Schedule
from storage import channels
from storage.records import Channel, ChannelState, Peer
from storage.store import Store

log = logging.getLogger(__name__)

_SWEEPERS = 4  # channels read at once; the pace is shared
_SOON = 5.0  # seconds until a sweep that failed for a passing reason is tried again
_RETRY_UNREADABLE = 900.0  # seconds between attempts at a channel that Telegram refuses
_NOT_OURS = frozenset({"CHANNEL_INVALID", "CHANNEL_PRIVATE"})  # perhaps the access hash of another account


class Reader:
    """Reads the followed channels and hands their posts to the monitor.

    Only reading history in order moves a channel's cursor, and only after everything up to it was taken.
    """

    def __init__(
        self,
        connection: Connection,
        store: Store,
        take: Monitor,
        *,
        clock: Callable[[], datetime],
        sweep_seconds: float,
        poll_seconds: float,
        account: str = "reader",
        requests_per_second: float = 1.0,
    ) -> None:
        self._connection = connection
        self._store = store
        self._take = take
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._poll_seconds = poll_seconds
        self._account = account
        self._history = History(connection, requests_per_second)
        self._resolver = Resolver(connection, self._history)
        self._schedule = Schedule()
        self._channels: dict[int, Channel] = {}  # by our row
        self._rows: dict[int, int] = {}  # Telegram's id -> our row
        self._live = Live(take, on_failure=lambda row: self._schedule.ask(row, _SOON))
        self._renewed: set[int] = set()  # channels whose access hash was asked for anew, once a run
        self._welcome = asyncio.Event()  # the first connection: before it, reading would only wait

    # What the connection calls.

    def on_update(self, update: object) -> None:
        """Take note of one update; quick, and never raises for an odd one."""
        if isinstance(update, types.UpdateNewChannelMessage | types.UpdateEditChannelMessage):
            row = self._rows.get(getattr(update.message.peer_id, "channel_id", 0))
            if row is not None:
                self._live.say(row, update.message, self._clock())
        elif isinstance(update, types.UpdateDeleteChannelMessages):
            row = self._rows.get(update.channel_id)
            if row is not None:
                self._live.delete(row, tuple(update.messages), self._clock())
        elif isinstance(update, types.UpdateChannelTooLong | types.UpdateChannel):
            # Too much for Telegram to tell; or we joined or left, or it goes by another name now.
            self._sweep_soon(self._rows.get(update.channel_id))
        elif isinstance(update, types.UpdatesTooLong):
            self.sweep_all()

    async def on_connect(self) -> None:
        """Whatever came before this connection may have been missed: read every channel."""
        await self.refresh()
        self.sweep_all()
        self._welcome.set()

    # What the house calls.

    async def run(self) -> None:
        """Read until cancelled."""
        await self.refresh()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_SWEEPERS):
                    group.create_task(self._sweep_in_turn())
        finally:
            await self._live.stop()

    async def refresh(self) -> None:
        """Know the channels as the archive has them now; new ones are read at once."""
        known = {channel.id: channel for channel in await self._store.read(channels.followed)}
        for row in known.keys() - self._channels.keys():
            self._schedule.ask(row)
        for row in self._channels.keys() - known.keys():
            self._schedule.drop(row)
        self._channels = known
        self._rows = {c.telegram_id: c.id for c in known.values() if c.telegram_id is not None}

    def sweep_all(self) -> None:
        """Read every channel as soon as the pace allows."""
        for row in self._channels:
            self._sweep_soon(row)

    async def resolve(self, link: str) -> Peer:
        """The public channel behind a name or link; Mendable says why something else can't be followed."""
        return await self._resolver.resolve(link)

    async def since(self, peer: Peer, at: datetime) -> int:
        """The message id before the first post at or after a time; 0 where all posts are that new."""
        return await self._history.before(Address(peer.telegram_id, peer.access_hash), at)

    # History.

    def _sweep_soon(self, row: int | None) -> None:
        if row is not None:
            self._schedule.ask(row)

    async def _sweep_in_turn(self) -> None:
        await self._welcome.wait()
        while True:
            row = await self._schedule.next()
            delay = _SOON
            try:
                if row in self._channels:
                    delay = await self._try_to_sweep(self._channels[row])
            finally:
                self._schedule.done(row)
                if row in self._channels:
                    self._schedule.ask(row, delay)

    async def _try_to_sweep(self, channel: Channel) -> float:
        """Read a channel; seconds until it should be read again."""
        try:
            await self.sweep(channel)
        except Unavailable as error:
            log.info("sweep put off channel_id=%d problem=%s", channel.id, error)
            return _SOON
        except (Refused, Mendable) as error:
            if isinstance(error, RpcRefused) and error.name in _NOT_OURS and channel.id not in self._renewed:
                self._renewed.add(channel.id)
                return await self._try_to_renew(channel, error)
            await self._unreadable(channel, str(error))
            return _RETRY_UNREADABLE
        except Exception:
            log.exception("sweep failed channel_id=%d", channel.id)
            return _SOON
        self._renewed.discard(channel.id)
        return self._sweep_seconds if channel.joined else self._poll_seconds

    async def _try_to_renew(self, channel: Channel, error: Exception) -> float:
        """Ask for the access hash again: it may be that of an account that was signed in before."""
        try:
            await self._renew(channel)
        except Mendable as problem:
            await self._unreadable(channel, str(problem))
            return _RETRY_UNREADABLE
        except Exception as problem:  # noqa: BLE001 - what the team is told is the first reason
            log.warning("channel not resolved again channel_id=%d problem=%s", channel.id, problem)
            await self._unreadable(channel, str(error))
            return _RETRY_UNREADABLE
        return 0

    async def _unreadable(self, channel: Channel, problem: str) -> None:
        try:
            if await self._store.write(channels.set_problem, channel.id, problem):
                log.warning("channel can't be read channel_id=%d problem=%s", channel.id, problem)
                await self.refresh()
        except Exception:
            log.exception("problem of a channel not kept channel_id=%d", channel.id)

    async def sweep(self, channel: Channel) -> None:
        """Read a channel's history from its cursor to its end, and look again at its newest posts.

        A post that is already kept and unchanged changes nothing when it is taken again.
        """
        address = await self._address(channel)
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
        known = self._channels.get(channel.id)
        if known is not None:
            self._channels[channel.id] = replace(
                known, cursor=max(known.cursor, cursor), state=ChannelState.ACTIVE, problem=None
            )

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
        await self.refresh()

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

    async def _address(self, channel: Channel) -> Address:
        access_hash = await self._store.read(channels.access_hash, channel.id, self._account)
        if channel.telegram_id is not None and access_hash is not None:
            return Address(channel.telegram_id, access_hash)
        return await self._renew(channel)

    async def _renew(self, channel: Channel) -> Address:
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
        await self.refresh()
        return Address(peer.telegram_id, peer.access_hash)
