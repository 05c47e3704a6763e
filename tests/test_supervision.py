"""Parts fail alone, start again, and are told of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.errors import Mendable, SignedOut
from bot.supervision import Supervision
from storage.database import StorageError
from tests.making import NOW
from tests.telegram_server import eventually

Work = Callable[[], Awaitable[None]]


class Told:
    """Whoever is told of an end; `deaf` times in vain."""

    def __init__(self, deaf: int = 0) -> None:
        self.ends: list[tuple[str, str]] = []
        self.deaf = deaf
        self.now = NOW

    async def __call__(self, name: str, end: Mendable) -> None:
        if self.deaf:
            self.deaf -= 1
            raise StorageError("the disk is full")
        self.ends.append((name, str(end)))


def supervision(told: Told) -> Supervision:
    return Supervision(lambda: told.now, told, first_delay=0.01, longest_delay=0.02)


@asynccontextmanager
async def at_work(kept: Supervision, **parts: Work) -> AsyncIterator[None]:
    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            for name, work in parts.items():
                kept.start(group, name, work)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


def words(kept: Supervision) -> list[str]:
    return [finding.line() for finding in kept.findings(lambda at: f"at {at:%H:%M}")]


async def test_a_part_that_crashes_starts_again_and_the_others_notice_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told, starts, calm = Told(), [], []

    async def clumsy() -> None:
        starts.append(1)
        if len(starts) < 4:
            raise KeyError("what a channel said")
        await asyncio.Event().wait()

    async def steady() -> None:
        calm.append(1)
        await asyncio.Event().wait()

    kept = supervision(told)
    async with at_work(kept, clumsy=clumsy, steady=steady):
        await eventually(lambda: len(starts) >= 4)
        assert kept.alive
        assert words(kept) == [
            "! clumsy: failed 3 times since the start, last at 12:00 (KeyError); the log says why"
        ]
    assert (calm, told.ends) == ([1], [])
    assert [r.exc_info is not None for r in caplog.records if r.levelno == logging.ERROR] == [True] * 3


async def test_a_failure_is_shown_for_a_day_by_its_first_cause() -> None:
    told = Told()

    async def clumsy() -> None:
        raise ExceptionGroup("several", [ValueError("one")])

    kept = supervision(told)
    await kept.job("rounds", clumsy)()
    assert "(ValueError)" in words(kept)[0]
    told.now += timedelta(days=2)
    assert words(kept) == []


async def test_a_part_that_only_a_person_can_mend_stops_alone_and_is_told_of_also_after_a_full_disk() -> None:
    told = Told(deaf=2)

    async def signed_out() -> None:
        raise SignedOut("sign in again")

    async def steady() -> None:
        await asyncio.Event().wait()

    kept = supervision(told)
    async with at_work(kept, reader=signed_out, steady=steady):
        await eventually(lambda: told.ends)
        await asyncio.sleep(0.05)
        assert kept.alive
        assert words(kept) == []
    assert told.ends == [("reader", "sign in again")]


async def test_a_part_that_returns_starts_again() -> None:
    told, starts = Told(), []

    async def short() -> None:
        starts.append(1)

    kept = supervision(told)
    async with at_work(kept, short=short):
        await eventually(lambda: len(starts) >= 3)


async def test_a_round_that_fails_is_noted_and_the_next_one_is_made() -> None:
    told, rounds = Told(), []

    async def make() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise ZeroDivisionError

    kept = supervision(told)
    once = kept.job("rounds", make)
    await once()
    await once()
    assert len(rounds) == 2
    assert words(kept) == ["! rounds: failed once, last at 12:00 (ZeroDivisionError); the log says why"]
