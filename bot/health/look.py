"""Looks at a running service: at its connections and parts, and into the archive."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.health.counted import Counted
from bot.health.judge import AccountSeen, Report, Seen, judge
from bot.health.observed import Figures, look_into
from bot.supervision import Supervision
from bot.telegram.connection import Connection
from storage import vitals
from storage.database import StorageError
from storage.store import Store
from storage.vitals import Counts, Vitals

_PATIENCE = 3.0  # seconds: whoever asks waits no longer than that for the archive
_COUNT_EVERY = 60.0  # seconds; counting what the archive holds reads an index of it


class Health:
    """Answers how the service is, from memory and the archive."""

    def __init__(
        self,
        store: Store,
        supervision: Supervision,
        connections: Sequence[Connection],
        carrier: Counted,
        *,
        data: Path,
        poll_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        """`poll_seconds` is the longest time between two readings of a channel that is meant."""
        self._store = store
        self._supervision = supervision
        self._connections = connections
        self._carrier = carrier
        self._data = data
        self._unread_after = timedelta(seconds=max(1800.0, 3 * poll_seconds))
        self._now = now
        self._started_at = now()
        self._delivered_at: datetime | None = None
        self._asked = False
        self._counts: tuple[float, Counts] | None = None

    async def report(self) -> Report:
        """How the service is; it answers also where the archive does not."""
        found, trouble = None, self._store.trouble
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._vitals()
        except TimeoutError:
            trouble = trouble or f"it did not answer within {_PATIENCE:.0f} s"
        except StorageError as problem:
            trouble = trouble or str(problem)
        return judge(self._seen(found, trouble))

    async def as_json(self) -> dict[str, Any]:
        """The report, for `bot.control`."""
        return (await self.report()).as_json()

    async def figures(self) -> Figures:
        """Everything that is measured; StorageError or TimeoutError where the archive does not answer."""
        async with asyncio.timeout(_PATIENCE):
            report = await self.report()
            inside = await self._store.read(look_into, self._now())
            counts = await self._counted()
        return Figures(
            report=report,
            inside=inside,
            counts=counts,
            accounts={c.state.name: c.state.connected_since is not None for c in self._connections},
            heartbeats={
                c.state.name: (self._now() - c.state.last_heartbeat).total_seconds()
                for c in self._connections
                if c.state.last_heartbeat is not None
            },
            floods={
                (c.state.name, method): times for c in self._connections for method, times in c.floods.items()
            },
            deliveries=dict(self._carrier.outcomes),
            failures={part.name: part.failures for part in self._supervision.parts},
            disk_free=shutil.disk_usage(self._data).free,
            archive_bytes=self._store.path.stat().st_size,
        )

    async def _vitals(self) -> Vitals:
        if not self._asked:
            self._delivered_at = await self._store.read(vitals.last_delivery)
            self._asked = True
        return await self._store.read(vitals.vitals, self._now())

    async def _counted(self) -> Counts:
        if self._counts is None or time.monotonic() - self._counts[0] > _COUNT_EVERY:
            self._counts = time.monotonic(), await self._store.read(vitals.counts)
        return self._counts[1]

    def _seen(self, found: Vitals | None, trouble: str | None) -> Seen:
        parts = self._supervision.parts
        return Seen(
            now=self._now(),
            started_at=self._started_at,
            accounts=tuple(
                AccountSeen(
                    name=c.state.name,
                    connected=c.state.connected_since is not None,
                    heartbeat_at=c.state.last_heartbeat,
                    updated_at=c.updated_at,
                    problem=c.state.problem,
                    stopped=c.is_stopped,
                )
                for c in self._connections
            ),
            vitals=found,
            archive=trouble,
            delivered_at=self._carrier.delivered_at or self._delivered_at,
            down=tuple(part.name for part in parts if part.down and part.stopped is None),
            stopped=tuple((part.name, part.stopped) for part in parts if part.stopped is not None),
            unread_after=self._unread_after,
        )
