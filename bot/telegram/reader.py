"""Events and history -> posts. Events make it fast; history, read in order, makes it complete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from telethon.tl import types

from bot.errors import Mendable, Refused, Unavailable
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from bot.telegram.history import Address, History
from bot.telegram.live import Live
from bot.telegram.refusals import RpcRefused
from bot.telegram.resolver import Resolver
from bot.telegram.schedule import Schedule
from bot.telegram.sweep import Sweep
from storage import channels
from storage.records import Channel, Peer
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
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._poll_seconds = poll_seconds
        self._history = History(connection, requests_per_second)
        self._resolver = Resolver(connection, self._history)
        self._sweep = Sweep(
            self._history,
            self._resolver,
            store,
            take,
            clock=clock,
            account=account,
            on_change=self.refresh,
        )
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
        try:
            await self.refresh()
        finally:  # where the archive can't be read just now, what is known is enough to begin with
            self.sweep_all()
            self._welcome.set()

    # What the house calls.

    async def run(self) -> None:
        """Read until cancelled."""
        await self.refresh()
        self.sweep_all()  # started again, it has dropped what was pushed last
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
                    delay = await self._try_to_sweep(row)
            finally:
                self._schedule.done(row)
                if row in self._channels:
                    self._schedule.ask(row, delay)

    async def _try_to_sweep(self, row: int) -> float:
        """Read a channel; seconds until it should be read again."""
        channel = self._channels[row]
        try:
            channel = await self._store.read(channels.by_id, row)  # its cursor may have moved
            await self._sweep.read(channel)
        except Unavailable as error:
            log.info("sweep put off channel_id=%d problem=%s", channel.id, error)
            return _RETRY_UNREADABLE if self._connection.is_stopped else _SOON
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
            await self._sweep.renew(channel)
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
