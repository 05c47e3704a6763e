"""Watches over the reading itself: stops, sleep, clocks put forward or back, an archive older than the last run."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.coverage.instants import Between, Instant, between
from bot.coverage.keeper import Coverage
from storage import gaps, restoring
from storage.database import StorageError
from storage.store import Store

log = logging.getLogger(__name__)

EVERY = 15.0  # seconds
MARK = "alive"  # the file beside the archive that tells how long placewatch has run, whatever became of the archive

_NOTICED = timedelta(minutes=1)  # a shorter stop is made up for by what follows every connection
_TOLD = timedelta(minutes=15)  # a shorter one is no news for a chat
_APART = timedelta(minutes=3)  # the mark and the archive are written seconds apart

_NOT_RUNNING = "placewatch was not running"
_NO_CONNECTION = "there was no connection to Telegram"
_SLEPT = "the machine slept"
_HELD = "the machine did not let placewatch run"
_OLDER = "the archive was put back to an older state"


class _Stop(NamedTuple):
    """Nothing was read for a while."""

    since: datetime
    until: datetime
    why: str


class Vigil:
    """Looks at the clocks and the connection every few seconds, and has everything read again after a stop."""

    def __init__(
        self,
        store: Store,
        coverage: Coverage,
        *,
        look: Callable[[], Instant],
        connected_since: Callable[[], datetime | None],
        read_all: Callable[[], None],
        mark: Path,
    ) -> None:
        self._store = store
        self._coverage = coverage
        self._look = look
        self._connected_since = connected_since
        self._read_all = read_all
        self._mark = mark
        self._before: Instant | None = None
        self._alive: Instant | None = None  # the last look at which all was well
        self._why = _NOT_RUNNING
        self._told: list[_Stop] = []  # of which the chats are to hear the end

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                await self.look()
            except StorageError as trouble:
                log.error("vigil delayed problem=%s", trouble)
            except Exception:
                log.exception("vigil failed")
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Look once, and do what that asks for."""
        now = self._look()
        if self._before is not None:
            await self._compare(between(self._before, now, meant=EVERY))
        self._before = now
        connected = self._connected_since()
        if connected is None:
            return
        if self._alive is None:
            await self._begin(now, connected)
        elif now.boot - self._alive.boot > _NOTICED.total_seconds():
            until = now.wall if self._why in (_SLEPT, _HELD) else connected
            await self._stopped(self._alive.wall, until, self._why, tell=True)
        self._alive, self._why = now, _NO_CONNECTION
        await self._store.write(gaps.live, now=now.wall)
        _write(self._mark, now.wall)
        self._told = [stop for stop in self._told if not await self._coverage.caught_up(*stop)]

    async def _compare(self, happened: Between) -> None:
        if happened.slept or happened.held:
            self._why = _SLEPT if happened.slept else _HELD
            log.warning("%s seconds=%.0f", self._why, (happened.slept or happened.held).total_seconds())
            self._read_all()
        if happened.jumped:
            if self._alive is not None:
                self._alive = Instant(
                    self._alive.wall + happened.jumped, self._alive.boot, self._alive.running
                )
            await self._coverage.clock_jumped(happened.jumped)
            self._read_all()

    async def _begin(self, now: Instant, connected: datetime) -> None:
        """The first look of this run: how long was nobody here, and is the archive that of the last run?"""
        kept = await self._store.read(gaps.alive_at)
        if kept is None:
            return  # its first run
        lived = _read(self._mark)
        older = lived is not None and lived - kept > _APART
        if older and lived is not None and not await self._store.read(restoring.told_since, kept):
            await self._coverage.restored(kept, lived)
        if older or now.wall - kept > _NOTICED:
            await self._stopped(kept, connected, _OLDER if older else _NOT_RUNNING, tell=not older)

    async def _stopped(self, since: datetime, until: datetime, why: str, *, tell: bool) -> None:
        until = max(since, until)
        tell = tell and until - since >= _TOLD
        await self._coverage.interrupted(since, until, why, tell=tell)
        if tell:
            self._told.append(_Stop(since, until, why))
        self._read_all()


def look(now: Callable[[], datetime]) -> Instant:
    """The clocks as they are; where none runs on in sleep, a sleep looks like a clock that was put forward."""
    running = time.monotonic()
    boot = time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else running
    return Instant(now(), boot, running)


def _write(mark: Path, at: datetime) -> None:
    """Not made durable: a mark that is lost only means that an older archive is not noticed."""
    new = mark.with_name(f"{mark.name}.new")
    try:
        handle = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(at.isoformat())
        new.replace(mark)
    except OSError as problem:
        log.warning("mark not written file=%s problem=%s", mark.name, problem)


def _read(mark: Path) -> datetime | None:
    try:
        at = datetime.fromisoformat(mark.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return at if at.tzinfo else None
