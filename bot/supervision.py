"""Parts of the service that fail alone: a bug is logged and the part starts again, an end that only a person can mend is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import Mendable
from bot.findings import Finding

log = logging.getLogger(__name__)

_STEADY = 60.0  # seconds; a part that ran this long starts again after the first delay
_REMEMBERED = timedelta(days=1)  # a failure is shown this long


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """How one part is."""

    name: str
    failures: int = 0
    failed_at: datetime | None = None
    problem: str | None = None  # the kind of the last failure: its words are in the log
    down: bool = False  # waits for its next start
    stopped: str | None = None  # why it will not start again by itself


class Supervision:
    """Keeps parts at work; none brings another one down."""

    def __init__(
        self,
        now: Callable[[], datetime],
        on_stop: Callable[[str, Mendable], Awaitable[None]],
        *,
        first_delay: float = 1.0,
        longest_delay: float = 60.0,
    ) -> None:
        """`on_stop` tells people that a part has ended until they act."""
        self._now = now
        self._on_stop = on_stop
        self._first_delay = first_delay
        self._longest_delay = longest_delay
        self._parts: dict[str, PartState] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def alive(self) -> bool:
        """Whether every part is at work, about to start again, or stopped for a reason that was told."""
        return all(not task.done() or self._parts[name].stopped for name, task in self._tasks.items())

    @property
    def parts(self) -> tuple[PartState, ...]:
        """How each part and job is."""
        return tuple(self._parts.values())

    def start(self, group: asyncio.TaskGroup, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Keep a part at work until the group ends."""
        self._parts[name] = PartState(name=name)
        self._tasks[name] = group.create_task(self._keep(name, work), name=name)

    def job(self, name: str, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The work of one round, for a scheduler: what fails is noted, and the next round comes in its time."""
        self._parts[name] = PartState(name=name)

        async def once() -> None:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - noted, with its traceback
                self._note(name, error, down=False)

        return once

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        delay = self._first_delay
        while True:
            began = loop.time()
            try:
                await work()
                raise RuntimeError("ended by itself")
            except Mendable as end:
                self._parts[name] = replace(self._parts[name], stopped=str(end), down=True)
                log.critical("%s has stopped problem=%s", name, end)
                await self._tell(name, end)
                return
            except Exception as error:  # noqa: BLE001 - noted, with its traceback
                self._note(name, error, down=True)
            if loop.time() - began > _STEADY:
                delay = self._first_delay
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._longest_delay)
            self._parts[name] = replace(self._parts[name], down=False)

    async def _tell(self, name: str, end: Mendable) -> None:
        delay = self._first_delay
        while True:
            try:
                await self._on_stop(name, end)
                return
            except Exception:  # to fail here would bring the others down
                log.exception("end of a part not told yet part=%s", name)
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._longest_delay)

    def _note(self, name: str, error: Exception, *, down: bool) -> None:
        log.error("a part failed part=%s", name, exc_info=error)
        old = self._parts[name]
        self._parts[name] = replace(
            old, failures=old.failures + 1, failed_at=self._now(), problem=_kind(error), down=down
        )

    def findings(self, clock: Callable[[datetime], str]) -> list[Finding]:
        """What failed within a day; a part that was stopped tells why itself, in its connection's state."""
        found = []
        for part in self._parts.values():
            if (
                part.failed_at is not None
                and part.stopped is None
                and self._now() - part.failed_at < _REMEMBERED
            ):
                times = "once" if part.failures == 1 else f"{part.failures} times since the start"
                words = f"failed {times}, last {clock(part.failed_at)} ({part.problem}); the log says why"
                found.append(
                    Finding(
                        part.name,
                        *(
                            ("bad", f"{words}. It starts again by itself")
                            if part.down
                            else ("warning", words)
                        ),
                    )
                )
        return found


def _kind(error: BaseException) -> str:
    """The first cause's kind: its words may hold what a channel said."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
