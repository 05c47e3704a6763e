"""What Telegram asks us not to do for a while: one method of one account, and nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Busy
from bot.telegram.connection import Connection
from storage import holds
from storage.store import Store

log = logging.getLogger(__name__)


class Holds:
    """Asks, unless Telegram has named a wait for the method that is not over; kept over restarts.

    While we run, waits are measured by a clock that nobody sets (`time.monotonic`), so that setting the wall
    clock makes none longer or shorter. After a restart a wait is what the wall clock says is left of it, and at
    most what Telegram had named.
    """

    def __init__(
        self, connection: Connection, store: Store, account: str, clock: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._store = store
        self._account = account
        self._clock = clock
        self._ends: dict[str, float] = {}  # by method, as time.monotonic has it
        self._loaded = False

    async def load(self) -> None:
        """Remember the waits that were named before the restart."""
        if self._loaded:
            return
        kept = await self._store.read(holds.holds, self._account, self._clock())
        for method, seconds in kept.items():
            self._ends.setdefault(method, time.monotonic() + seconds)
        self._loaded = True

    def left(self, method: str) -> float:
        """The seconds for which the method is still not to be used; 0 where it may be."""
        return max(0.0, self._ends.get(method, 0.0) - time.monotonic())

    def until(self) -> dict[str, datetime]:
        """When each wait that is not over ends, by method."""
        now = self._clock()
        left = {method: self.left(method) for method in self._ends}
        return {method: now + timedelta(seconds=wait) for method, wait in left.items() if wait > 0}

    async def ask(self, request: Any) -> Any:
        """The answer; Busy where a wait was named before, and then nothing is asked, or is named now."""
        await self.load()
        method = method_of(request)
        left = self.left(method)
        if left > 0:
            raise Busy(method, left)
        try:
            return await self._connection.call(request, keeps_waits=True)
        except Busy as busy:
            await self._keep(method, busy.wait)
            raise

    async def _keep(self, method: str, seconds: float) -> None:
        if seconds <= self.left(method):
            return  # another answer named a longer one meanwhile
        self._ends[method] = time.monotonic() + seconds
        log.warning("asked to wait account=%s method=%s seconds=%g", self._account, method, seconds)
        try:
            await self._store.write(holds.hold, self._account, method, seconds=seconds, now=self._clock())
        except Exception:  # it is kept in memory, and asking goes on without the disk
            log.exception("wait not kept account=%s method=%s", self._account, method)


def method_of(request: Any) -> str:
    """Telegram's name of the method: "GetHistory"."""
    return type(request).__name__.removesuffix("Request")
