"""Posts that have left a channel's newest page, looked at again: edited silently, or deleted?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from aiolimiter import AsyncLimiter

from bot.budget.ages import AGES, LATELY, Age, most_overdue, of_restored
from bot.budget.plan import RECHECKS
from bot.errors import Busy, Refused, Unavailable
from bot.monitor import Monitor
from bot.telegram.history import PAGE, Address, History
from bot.telegram.live import converted
from storage import rechecks
from storage.records import Pass
from storage.store import Store

log = logging.getLogger(__name__)

_IDLE = 60.0  # seconds until it is looked again whether something is due
_AGAIN = 30.0
_SEEN_ANYWAY = 50  # newest posts of a channel; each reading sees its newest page, of 100 messages of any sort


class Recheck:
    """Takes 100 ids at a time, of the channel and age that have waited longest, at a small share of the pace."""

    def __init__(
        self,
        history: History,
        store: Store,
        take: Monitor,
        *,
        clock: Callable[[], datetime],
        account: str,
        requests_per_second: float,
    ) -> None:
        self._history = history
        self._store = store
        self._take = take
        self._clock = clock
        self._account = account
        self._pace = AsyncLimiter(1, 1 / (requests_per_second * RECHECKS))

    async def soon(self, channel_ids: Iterable[int]) -> None:
        """Look at the posts of the last day before any others: what became of them may not have been told to us."""
        await self._store.write(rechecks.renew, list(channel_ids), [age.name for age in LATELY])

    async def run(self) -> None:
        """Look again until cancelled."""
        while True:
            try:
                wait = await self._turn()
            except Busy as busy:
                wait = busy.wait
            except Unavailable as error:
                log.info("looking again put off problem=%s", error)
                wait = _AGAIN
            except Exception:
                log.exception("looking again failed")
                wait = _AGAIN
            if wait > 0:
                await asyncio.sleep(wait)

    async def _turn(self) -> float:
        """Look at the posts that have waited longest; the seconds until there may be more to do."""
        now = self._clock()
        addresses = await self._store.read(rechecks.addresses, self._account)
        passes = await self._store.read(rechecks.passes)
        restored = await self._store.read(rechecks.restored)
        ages = [*AGES, *(of_restored(number, until, now) for number, until in restored.items())]
        due = most_overdue(addresses, passes, now, ages)
        if due is None:
            if addresses and restored:
                await self._store.write(rechecks.checked, restored, now)
            return _IDLE
        channel_id, age = due
        last = passes.get((channel_id, age.name))
        stand = last if last is not None and last.reached is not None else Pass(now, None)
        ids = await self._store.read(
            rechecks.ids,
            channel_id,
            now - age.oldest,
            now - age.youngest,
            below=stand.reached,
            skip=_SEEN_ANYWAY,
            limit=PAGE,
        )
        over = len(ids) < PAGE
        if ids:
            async with self._pace:
                over = not await self._look(channel_id, Address(*addresses[channel_id]), ids) or over
        await self._note(channel_id, age, Pass(stand.began_at, None if over else ids[-1]))
        return 0

    async def _note(self, channel_id: int, age: Age, stand: Pass) -> None:
        await self._store.write(rechecks.note, channel_id, age.name, stand)

    async def _look(self, channel_id: int, address: Address, ids: list[int]) -> bool:
        """Take these posts as they are now; False where the channel can't be read just now, which its reading tells."""
        try:
            gone, there = await self._history.empty(address, ids)
            posts, _ = converted(there, channel_id)  # what we hold stays, whatever became of it
            if posts:
                await self._take.take(posts, self._clock())
            if gone:
                await self._doubt(channel_id, address, gone)
        except Refused as refusal:
            log.info("not looked at again channel_id=%d problem=%s", channel_id, refusal)
            return False
        return True

    async def _doubt(self, channel_id: int, address: Address, gone: list[int]) -> None:
        """An empty answer is a deletion only if it comes again while the channel can be read."""
        if await self._history.last(address) is None:
            return
        still_gone, _ = await self._history.empty(address, gone)
        if still_gone:
            log.info("deletions found channel_id=%d messages=%d", channel_id, len(still_gone))
            await self._take.deleted(channel_id, still_gone, self._clock())
