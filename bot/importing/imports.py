"""What the command line asks of the holder of the data folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from bot.control import Operation
from bot.errors import Mendable
from bot.importing.file import Import
from bot.lookout import Lookout
from bot.monitor import Monitor
from storage.database import StorageError
from storage.store import Store

_STEP = 0.4  # seconds of one step
_IDLE = 10.0  # seconds after which an import that nobody asks for has ended


class Imports:
    """What the command line asks of the holder of the data folder: one import at a time."""

    def __init__(
        self,
        store: Store,
        monitor: Monitor,
        lookout: Lookout,
        *,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._monitor = monitor
        self._lookout = lookout
        self._zone = zone
        self._clock = clock
        self._running: Import | None = None
        self._number = 0
        self._asked_at = 0.0
        self._stepping = asyncio.Lock()  # whoever asks for the end may ask in the middle of a step

    def by_name(self) -> dict[str, Operation]:
        """The operations by the names under which `bot.control` carries them."""
        return {"import.start": self.start, "import.step": self.step, "import.end": self.end}

    async def start(self, path: str, channel: str | None, dry_run: bool) -> dict[str, Any]:
        """Open an export; the number under which its steps are asked for."""
        if self._running is not None and monotonic() - self._asked_at < _IDLE:
            raise Mendable("Another import is under way; start this one when it has ended.")
        self._drop()
        self._running = Import(
            Path(path),
            self._store,
            self._monitor,
            self._lookout,
            zone=self._zone,
            clock=self._clock,
            username=channel,
            dry_run=dry_run,
        )
        self._number += 1
        self._asked_at = monotonic()
        return {"number": self._number}

    async def step(self, number: int) -> dict[str, Any]:
        """Take some more of it; how it stands."""
        async with self._stepping:
            running = self._running
            if running is None or number != self._number:
                raise Mendable("This import has ended. Start it again: it goes on from where it was.")
            try:
                tally = await running.step(_STEP)
            except (Mendable, StorageError):
                self._drop()
                raise
            self._asked_at = monotonic()
            if tally.done:
                self._drop()
            return tally.as_json()

    async def end(self, number: int) -> dict[str, Any]:
        """Go no further; what was taken stays."""
        async with self._stepping:
            if number == self._number:
                self._drop()
        return {}

    def _drop(self) -> None:
        if self._running is not None:
            self._running.close()
        self._running = None
