"""Backfills at work: whoever holds the archive reads, one channel after the other, what people asked for of the past.

What is asked for stands in a table and what was read is known, so a kill at any moment costs one page. One that
nobody has stopped goes on when the service starts again.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import clock
from bot.control import Operation
from bot.desk.channels import find
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.telegram.history import PAGE
from bot.telegram.past import Past, SharedPast
from storage import backfills, channels
from storage.database import StorageError
from storage.records import Backfill, BackfillState, Channel, ChannelState
from storage.store import Store

log = logging.getLogger(__name__)

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds between two attempts after a passing fault
_TROUBLE_WAIT = 5.0  # seconds after the archive refused


class Backfills:
    """Works through the backfills that wait; carries out what the command line asks of them."""

    def __init__(
        self,
        store: Store,
        past: Past | SharedPast,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        *,
        requests_per_second: float = 1.0,
    ) -> None:
        self._store = store
        self._past = past
        self._zone = zone
        self._now = now
        self._requests_per_second = requests_per_second
        self._asked = asyncio.Event()
        self._current: tuple[int, asyncio.Task[None]] | None = None
        self._trouble: str | None = None  # why the current one does not get on just now

    def by_name(self) -> dict[str, Operation]:
        """The operations by the names under which `bot.control` carries them."""
        return {
            "backfill.start": self.start,
            "backfill.resume": self.resume,
            "backfill.progress": self.progress,
            "backfill.stop": self.stop,
            "backfill.plan": self.plan,
            "backfill.named": self.named,
        }

    # At work.

    async def run(self) -> None:
        """Read whatever waits, for ever."""
        while True:
            self._asked.clear()
            try:
                job = await self._store.read(backfills.next_waiting)
                if job is None:
                    await self._asked.wait()
                    continue
                await self._work_on(job)
            except StorageError as trouble:
                log.error("backfill delayed problem=%s", trouble)
                await asyncio.sleep(_TROUBLE_WAIT)
            except Exception:
                log.exception("backfills delayed")
                await asyncio.sleep(_TROUBLE_WAIT)

    async def _work_on(self, job: Backfill) -> None:
        """One channel's, until it is done, can't be done, or was stopped."""
        task = asyncio.create_task(self._finish(job), name=f"backfill-{job.channel.id}")
        self._current = job.channel.id, task
        try:
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()
        finally:
            self._current = self._trouble = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _finish(self, job: Backfill) -> None:
        wait = _FIRST_WAIT
        channel = job.channel
        log.info("backfill goes on channel_id=%d posts=%d", channel.id, job.posts)
        while True:
            try:
                low, high = await self._read(channel)
                if await self._store.write(backfills.finish, channel.id, low, high, now=self._now()):
                    log.info("backfill finished channel_id=%d", channel.id)
                    return
            except (Unavailable, Busy) as trouble:
                self._trouble = str(trouble)
                log.info("backfill put off channel_id=%d problem=%s", channel.id, trouble)
                await asyncio.sleep(max(wait, trouble.wait) if isinstance(trouble, Busy) else wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            except (Mendable, Refused) as problem:
                log.warning("backfill ended channel_id=%d problem=%s", channel.id, problem)
                await self._store.write(backfills.fail, channel.id, str(problem))
                return
            except StorageError:
                raise
            except Exception:
                log.exception("backfill failed channel_id=%d", channel.id)
                await self._store.write(
                    backfills.fail, channel.id, "placewatch failed at this; its log says why."
                )
                return

    async def _read(self, channel: Channel) -> tuple[int, int]:
        """Read what is left, with the bounds as they were asked for last; the message ids that these are."""
        (job,) = await self._store.read(backfills.of, [channel.id])
        channel = job.channel
        if channel.state is ChannelState.REMOVED:
            raise Mendable(f"{channel.name} is not followed any more.")
        low, high = job.low, job.high
        if low is None or high is None:
            low, high = await self._past.bounds(channel, job.since, job.until, patient=True)
            await self._store.write(backfills.set_bounds, job, low, high)
        self._trouble = None
        if low <= high:
            await self._past.read(channel, low, high)
        return low, high

    # What the command line asks for; JSON in and out.

    async def start(
        self, names: list[str], every: bool, since: str | None, until: str | None
    ) -> list[dict[str, Any]]:
        """Have the past of these channels read; one that is being read goes on, with what is asked for now as well."""
        wanted = await self._named(names, every)
        first, last = self._times(since, until)
        for channel in wanted:
            await self._store.write(backfills.ask, channel.id, since=first, until=last, now=self._now())
            await self._interrupt(channel.id)
        self._asked.set()
        return await self.progress([channel.id for channel in wanted])

    async def resume(self) -> list[dict[str, Any]]:
        """Go on with all that is not finished."""
        left = await self._store.write(backfills.resume)
        self._asked.set()
        return await self.progress([job.channel.id for job in left])

    async def progress(self, channel_ids: list[int]) -> list[dict[str, Any]]:
        """How far the backfills of these channels have come."""
        return [
            as_json(job, wait=self._wait(job), trouble=self._trouble if self._is_current(job) else None)
            for job in await self._store.read(backfills.of, channel_ids)
        ]

    async def stop(self, channel_ids: list[int]) -> list[dict[str, Any]]:
        """Stop at the next page; what was read stays."""
        await self._store.write(backfills.stop, channel_ids)
        for channel_id in channel_ids:
            await self._interrupt(channel_id)
        return await self.progress(channel_ids)

    async def named(self, names: list[str], every: bool) -> list[str]:
        """The followed channels that are meant; Mendable where one is not followed."""
        return [channel.name for channel in await self._named(names, every)]

    async def plan(self, name: str, since: str | None, until: str | None) -> dict[str, Any]:
        """How much a backfill would read, at most, and how long that takes at our pace; nothing is kept."""
        first, last = self._times(since, until)
        (channel,) = await self._named([name], every=False)
        low, high = await self._past.bounds(channel, first, last, patient=False)
        left = await self._store.read(backfills.left, channel.id, low, high) if low <= high else 0
        seconds = math.ceil(left / PAGE) / self._requests_per_second
        return {"channel": channel.name, "messages": left, "minutes": round(seconds / 60, 1)}

    def _is_current(self, job: Backfill) -> bool:
        return self._current is not None and self._current[0] == job.channel.id

    def _wait(self, job: Backfill) -> float:
        return self._past.held_for() if self._is_current(job) else 0.0

    async def _interrupt(self, channel_id: int) -> None:
        """Let go of a channel that is being read; the table says whether it is taken up again."""
        if self._current is not None and self._current[0] == channel_id:
            task = self._current[1]
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _named(self, names: list[str], every: bool) -> list[Channel]:
        followed = await self._store.read(channels.followed)
        if not followed:
            raise Mendable("No channels are followed yet: placewatch channels add https://t.me/NAME")
        if every:
            return followed
        found = {name: await self._store.read(find, name) for name in names}
        unknown = [name for name, channel in found.items() if channel is None]
        if unknown:
            raise Mendable(
                f"Not followed: {', '.join(unknown)}. Follow it first: placewatch channels add {unknown[0]}. "
                f"Followed are: {', '.join(channel.name for channel in followed)}"
            )
        return list({channel.id: channel for channel in found.values() if channel is not None}.values())

    def _times(self, since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
        return times(since, until, self._zone, self._now())


def times(
    since: str | None, until: str | None, zone: ZoneInfo, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The two times that a person typed; Mendable where they can't be read or nothing lies between them."""
    first = None if since is None else clock.since(since, zone, now)
    last = None if until is None else clock.since(until, zone, now)
    if first is not None and last is not None and first >= last:
        raise Mendable(
            f"There is no time between --since {since} and --until {until}; give the earlier one first."
        )
    return first, last


def as_json(job: Backfill, *, wait: float = 0.0, trouble: str | None = None) -> dict[str, Any]:
    """A backfill as the command line shows it; `wait` are the seconds that Telegram has asked for."""
    return {
        "id": job.channel.id,
        "channel": job.channel.name,
        "since": job.since.isoformat() if job.since else None,
        "until": job.until.isoformat() if job.until else None,
        "state": job.state.value,
        "ids": job.span,
        "left": job.left,
        "posts": job.posts,
        "problem": job.problem or trouble,
        "wait": math.ceil(wait),
        "done": job.state is not BackfillState.WAITING,
    }
