"""Events and history -> posts. Events make it fast; history, read in order, makes it complete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path

from telethon.tl import types

from bot.budget import Plan, Share, make_plan
from bot.coverage.keeper import Coverage
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from bot.telegram.downloads import Downloads
from bot.telegram.files import Files
from bot.telegram.history import Address, History
from bot.telegram.holds import Holds
from bot.telegram.joins import Joins
from bot.telegram.live import Live
from bot.telegram.past import Past
from bot.telegram.recheck import Recheck
from bot.telegram.refusals import RpcRefused
from bot.telegram.resolver import Resolver
from bot.telegram.schedule import Schedule
from bot.telegram.sweep import Sweep
from storage import channels
from storage.records import READER, Channel, Peer, Priority
from storage.store import Store

log = logging.getLogger(__name__)

_SWEEPERS = 4  # channels read at once; the pace is shared
_SOON = 5.0  # seconds until a sweep that failed for a passing reason is tried again; twice as long each time,
_LATEST = 300.0  # and never longer than this
_RETRY_UNREADABLE = 900.0  # seconds between attempts at a channel that Telegram refuses
_READS = frozenset({"GetHistory", "ResolveUsername"})  # without these a channel is not read
_TOO_LONG = "so much happened that Telegram did not tell all of it"
_NOT_KEPT = "a post that was pushed could not be kept"
_NOT_OURS = frozenset({"CHANNEL_INVALID", "CHANNEL_PRIVATE"})  # perhaps the access hash of another account


async def _nobody_else(_: Channel, __: str) -> bool:
    """There is one account."""
    return False


class Reader:
    """Reads the followed channels of one account and hands their posts to the monitor.

    Only reading history in order moves a channel's cursor, and only after everything up to it was taken.
    """

    def __init__(
        self,
        connection: Connection,
        store: Store,
        take: Monitor,
        coverage: Coverage,
        *,
        clock: Callable[[], datetime],
        sweep_seconds: float,
        poll_seconds: float,
        account: str = READER,
        requests_per_second: float = 1.0,
        join_minutes: float = 10.0,
        most_joined: int = 500,
        elsewhere: Callable[[Channel, str], Awaitable[bool]] = _nobody_else,
    ) -> None:
        """`elsewhere` is told of a channel that this account can't read, and why: True where another one may."""
        self._elsewhere = elsewhere
        self._connection = connection
        self._store = store
        self._coverage = coverage
        self._clock = clock
        self._account = account
        self.asking = Holds(connection, store, account, clock)
        self.plan = Plan(share=Share(account, requests_per_second, poll_seconds, sweep_seconds))
        self._history = History(self.asking, requests_per_second)
        self._resolver = Resolver(self.asking, self._history, store, account=account, clock=clock)
        self._sweep = Sweep(
            self._history,
            self._resolver,
            store,
            take,
            coverage,
            clock=clock,
            account=account,
            on_change=self.refresh,
        )
        self._recheck = Recheck(
            self._history,
            store,
            take,
            clock=clock,
            account=account,
            requests_per_second=requests_per_second,
        )
        self._joins = Joins(
            self.asking,
            store,
            account=account,
            clock=clock,
            minutes=join_minutes,
            most=most_joined,
            on_change=self.refresh,
        )
        self.past = Past(self._history, self._sweep, store, take, clock)
        self._schedule = Schedule()
        self._channels: dict[int, Channel] = {}  # by our row
        self._rows: dict[int, int] = {}  # Telegram's id -> our row, of those whose posts may be pushed to us
        self._live = Live(take, on_failure=self._not_kept)
        connection.settled = self._live.settled
        self._failures: dict[int, int] = {}  # sweeps of a channel that failed one after another
        self._doubts: dict[int, str] = {}  # channels of which something may have been missed, and why
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
        elif isinstance(update, types.UpdateChannelTooLong):
            self._doubt(self._rows.get(update.channel_id), _TOO_LONG)
        elif isinstance(update, types.UpdateChannel):
            # We joined or left, or it goes by another name now.
            self._sweep_soon(self._rows.get(update.channel_id))
        elif isinstance(update, types.UpdatesTooLong):
            for row in self._channels:
                self._doubt(row, _TOO_LONG)

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
        await self.asking.load()
        await self.refresh()
        # Started again, it has dropped what was pushed last: posts, and what became of others.
        self.sweep_all()
        await self._recheck.soon(self._channels)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._after_welcome(self._recheck.run))
                group.create_task(self._after_welcome(self._joins.run))
                for _ in range(_SWEEPERS):
                    group.create_task(self._sweep_in_turn())
        finally:
            await self._live.stop()

    async def refresh(self) -> None:
        """Know the channels as the archive has them now; new ones are read at once."""
        followed = await self._store.read(channels.followed)
        known = {channel.id: channel for channel in followed if channel.account == self._account}
        before = self.plan.intervals
        self.plan = make_plan(known.values(), self.plan.share)
        for row in _hottest_first(known.values()):
            if row not in self._channels:
                self._schedule.ask(row)
            elif self.plan.intervals[row] < before.get(row, 0):
                self._schedule.ask(row, self.plan.intervals[row])
        for row in self._channels.keys() - known.keys():
            self._schedule.drop(row)
        self._channels = known
        self._joins.wake()
        # A member is pushed what another account only asks for now and then.
        self._rows = {
            c.telegram_id: c.id
            for c in followed
            if c.telegram_id is not None and (c.id in known or not c.joined)
        }

    def downloads(self, data: Path, most: int) -> Downloads:
        """What fetches the files of posts into a data folder; none larger than `most` bytes."""
        files = Files(self._connection)
        return Downloads(
            files,
            self._history,
            self._sweep,
            self._store,
            data,
            account=self._account,
            clock=self._clock,
            most=most,
        )

    def sweep_all(self) -> None:
        """Read every channel as soon as the pace allows."""
        for row in _hottest_first(self._channels.values()):
            self._sweep_soon(row)

    async def resolve(self, link: str) -> Peer:
        """The public channel behind a name or link; Mendable says why something else can't be followed."""
        return await self._resolver.resolve(link)

    async def since(self, peer: Peer, at: datetime) -> int:
        """The message id before the first post at or after a time; 0 where all posts are that new."""
        return await self._history.before(Address.of(peer), at)

    # History.

    def _sweep_soon(self, row: int | None) -> None:
        if row in self._channels:
            self._schedule.ask(row)

    async def _after_welcome(self, work: Callable[[], Awaitable[None]]) -> None:
        await self._welcome.wait()
        await work()

    def _doubt(self, row: int | None, why: str, delay: float = 0) -> None:
        if row in self._channels:
            self._doubts[row] = why
            self._schedule.ask(row, delay)

    def _not_kept(self, row: int) -> None:
        self._doubt(row, _NOT_KEPT, _SOON)

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
            if (why := self._doubts.get(row)) is not None:
                await self._coverage.doubt(channel, why)
                await self._recheck.soon([row])
                del self._doubts[row]
            await self._sweep.read(channel)
        except Unavailable as error:
            log.info("sweep put off channel_id=%d problem=%s", channel.id, error)
            return _RETRY_UNREADABLE if self._connection.is_stopped else self._soon(row)
        except Busy as busy:
            # With another method than that of reading, the channel itself was read, or will be without it.
            log.info("sweep held channel_id=%d method=%s seconds=%g", channel.id, busy.method, busy.wait)
            return busy.wait if busy.method in _READS else self._interval(row)
        except (Refused, Mendable) as error:
            if isinstance(error, RpcRefused) and error.name in _NOT_OURS and await self._may_renew(channel):
                return await self._try_to_renew(channel, error)
            await self._unreadable(channel, str(error))
            return _RETRY_UNREADABLE
        except Exception:
            log.exception("sweep failed channel_id=%d", channel.id)
            return self._soon(row)
        self._failures.pop(row, None)
        return self._interval(row)

    def _soon(self, row: int) -> float:
        """Soon after a first failure, later after each further one: a server in trouble is not pressed."""
        failures = self._failures[row] = self._failures.get(row, 0) + 1
        return float(min(_SOON * 2 ** min(failures - 1, 10), _LATEST))

    def _interval(self, row: int) -> float:
        return self.plan.intervals.get(row, _SOON)

    async def _may_renew(self, channel: Channel) -> bool:
        """Whether the channel's name may be looked up: once a day, not anew at each start (TELEGRAM.md, 19)."""
        us = self._connection.state.account_id or 0
        try:
            return not await self._store.read(
                channels.renewed_lately, channel.id, self._account, us, self._clock()
            )
        except Exception:
            log.exception("renewals not read channel_id=%d", channel.id)
            return False

    async def _try_to_renew(self, channel: Channel, error: Exception) -> float:
        """Ask for the access hash again: it may be that of an account that was signed in before."""
        try:
            await self._sweep.renew(channel)
        except Mendable as problem:
            await self._note_renewal(channel)
            await self._unreadable(channel, str(problem))
            return _RETRY_UNREADABLE
        except Exception as problem:  # noqa: BLE001 - what the team is told is the first reason
            log.warning("channel not resolved again channel_id=%d problem=%s", channel.id, problem)
            await self._unreadable(channel, str(error))
            return _RETRY_UNREADABLE
        await self._note_renewal(channel)
        return 0

    async def _note_renewal(self, channel: Channel) -> None:
        us = self._connection.state.account_id or 0
        try:
            await self._store.write(channels.note_renewal, channel.id, self._account, us, self._clock())
        except Exception:
            log.exception("renewal not kept channel_id=%d", channel.id)

    async def _unreadable(self, channel: Channel, problem: str) -> None:
        try:
            if await self._elsewhere(channel, problem):
                return
            if await self._coverage.unreadable(channel, problem):
                await self.refresh()
        except Exception:
            log.exception("problem of a channel not kept channel_id=%d", channel.id)


def _hottest_first(known: Iterable[Channel]) -> list[int]:
    order = list(Priority)
    return [channel.id for channel in sorted(known, key=lambda c: order.index(c.priority))]
