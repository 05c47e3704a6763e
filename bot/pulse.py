"""Signs of life: ready once the accounts have been tried, then a beat that only a working service can give."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.supervision import Supervision
from bot.systemd import Systemd
from bot.telegram.connection import Connection
from storage import pulse
from storage.database import StorageError
from storage.store import Store

log = logging.getLogger(__name__)

_BEAT = 60.0  # seconds between two beats where nobody asks for them


class Pulse:
    """Beats while the event loop turns, the writer writes, and everything that supervises is alive."""

    def __init__(
        self,
        systemd: Systemd,
        store: Store,
        supervision: Supervision,
        connections: Sequence[Connection],
        now: Callable[[], datetime],
    ) -> None:
        self._systemd = systemd
        self._store = store
        self._supervision = supervision
        self._connections = connections
        self._now = now
        # Half of the time, as sd_watchdog_enabled(3) recommends.
        self._every = systemd.watchdog / 2 if systemd.watchdog else _BEAT

    async def run(self) -> None:
        """Say that we are ready, then beat, until cancelled."""
        await asyncio.gather(*(connection.tried.wait() for connection in self._connections))
        self._systemd.tell(READY="1", STATUS=self._status())
        while True:
            began = asyncio.get_running_loop().time()
            await self._beat()
            spent = asyncio.get_running_loop().time() - began
            await asyncio.sleep(max(0.0, self._every - spent))

    async def _beat(self) -> None:
        problem = None
        try:
            async with asyncio.timeout(self._every):
                await self._store.write(pulse.beat, self._now())
        except TimeoutError:
            log.critical("the writer does not answer seconds=%.0f", self._every)
            return
        except StorageError as trouble:
            # The writer lives, the disk does not: to be started again would not free it.
            problem = str(trouble)
        stuck = [connection.state.name for connection in self._connections if connection.is_stuck]
        if stuck or not self._supervision.alive:
            log.critical("no sign of life stuck=%s", ",".join(stuck) or "parts")
            return
        self._systemd.tell(WATCHDOG="1", STATUS=problem or self._status())

    def _status(self) -> str:
        return "; ".join(f"{c.state.name}: {c.state.problem or 'connected'}" for c in self._connections)
