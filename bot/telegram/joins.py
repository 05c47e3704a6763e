"""Joining and leaving channels: only those that the operator names, slowly, one after the other."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

from telethon.tl import functions

from bot.errors import Busy, Refused, Unavailable
from bot.telegram.history import Address
from bot.telegram.holds import Holds
from bot.telegram.refusals import RpcRefused
from storage import channels, holds, joining
from storage.records import Joining, Wish
from storage.store import Store

log = logging.getLogger(__name__)

_AGAIN = 60.0  # seconds until something that failed for a passing reason is tried again
_LEAVE = 30.0  # seconds between two channels that are left: leaving in bursts is noticed too
_IDLE = 600.0
_PACE = "JoinChannel"
_FULL = (
    "the account is in as many channels as Telegram allows (500, or 1,000 with Premium). Leave some, or read "
    "these unjoined [CHANNELS_TOO_MUCH]"
)


class Joins:
    """Works through the wishes in the archive. Joining in bursts gets accounts banned (TELEGRAM.md, 18)."""

    def __init__(
        self,
        asking: Holds,
        store: Store,
        *,
        account: str,
        clock: Callable[[], datetime],
        minutes: float,
        most: int,
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        """One channel is joined every so many minutes, more or less, while fewer than `most` are joined."""
        self._asking = asking
        self._store = store
        self._account = account
        self._clock = clock
        self._seconds = minutes * 60
        self._most = most
        self._on_change = on_change
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be a new wish."""
        self._woken.set()

    async def run(self) -> None:
        """Join and leave until cancelled."""
        while True:
            self._woken.clear()
            try:
                wait = await self._turn()
            except Busy as busy:
                wait = busy.wait
            except Unavailable as error:
                log.info("joining put off problem=%s", error)
                wait = _AGAIN
            except Exception:
                log.exception("joining failed")
                wait = _AGAIN
            if wait > 0:
                await self._rest(wait)

    async def _rest(self, seconds: float) -> None:
        """Wait, or until there is a new wish: one to leave may come before one that waits to join."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _turn(self) -> float:
        """Do what is next, if it is time; the seconds until there may be more to do."""
        wishes = await self._store.read(joining.waiting, self._account)
        if not wishes:
            return _IDLE
        wish = wishes[0]
        leaving = wish.state is Joining.TO_LEAVE
        await self._asking.load()
        method = "LeaveChannel" if leaving else _PACE
        wait = self._asking.left(method) or await self._store.write(
            holds.turn,
            self._account,
            method,
            every=_LEAVE if leaving else self._seconds * random.uniform(0.75, 1.5),  # noqa: S311 - not a secret
            at_once=1,
            now=self._clock(),
        )
        if wait > 0:
            return wait
        try:
            await (self._leave(wish) if leaving else self._join(wish))
        except RpcRefused as refusal:
            await self._refused(wish, refusal)
        except Refused as refusal:
            await self._say(wish, Joining.REFUSED, str(refusal))
        await self._on_change()
        return 0

    async def _address(self, wish: Wish) -> Address:
        channel = await self._store.read(channels.by_id, wish.channel_id)
        access_hash = await self._store.read(channels.access_hash, wish.channel_id, self._account)
        if channel.telegram_id is None or access_hash is None:
            raise Refused("the account does not know the channel yet")
        return Address(channel.telegram_id, access_hash)

    async def _join(self, wish: Wish) -> None:
        if await self._store.read(joining.memberships, self._account) >= self._most:
            raise Refused(
                f"{self._most} channels are joined, and no more are allowed (PLACEWATCH_READING__MOST_JOINED)"
            )
        address = await self._address(wish)
        await self._asking.ask(functions.channels.JoinChannelRequest(address.channel))
        await self._done(wish, joined=True)

    async def _leave(self, wish: Wish) -> None:
        address = await self._address(wish)
        await self._asking.ask(functions.channels.LeaveChannelRequest(address.channel))
        await self._done(wish, joined=False)

    async def _refused(self, wish: Wish, refusal: RpcRefused) -> None:
        if refusal.name == "USER_ALREADY_PARTICIPANT":
            await self._done(wish, joined=True)
        elif refusal.name == "USER_NOT_PARTICIPANT" and wish.state is Joining.TO_LEAVE:
            await self._done(wish, joined=False)
        elif refusal.name == "INVITE_REQUEST_SENT":
            await self._say(wish, Joining.ASKED)
        elif refusal.name == "CHANNELS_TOO_MUCH":
            log.warning("no more channels can be joined account=%s", self._account)
            await self._store.write(joining.refuse_all, self._account, _FULL)
        else:
            await self._say(wish, Joining.REFUSED, str(refusal))

    async def _done(self, wish: Wish, *, joined: bool) -> None:
        await self._store.write(channels.set_joined, wish.channel_id, self._account, joined)
        await self._store.write(joining.forget, self._account, wish.channel_id)
        log.info(
            "%s channel_id=%d account=%s", "joined" if joined else "left", wish.channel_id, self._account
        )

    async def _say(self, wish: Wish, state: Joining, problem: str | None = None) -> None:
        log.warning("not joined channel_id=%d problem=%s", wish.channel_id, problem or state)
        await self._store.write(joining.say, self._account, wish.channel_id, state, problem)
