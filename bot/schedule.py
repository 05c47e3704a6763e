"""What is done every so many minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.supervision import Supervision

Job = tuple[Callable[[], Awaitable[None]], float]
"""The work of a round, and the minutes from one to the next."""


@contextmanager
def scheduled(supervision: Supervision, jobs: Mapping[str, Job]) -> Iterator[None]:
    """Do the jobs, by the names under which the supervision knows them, until the end of the block."""
    # Local times of one zone compare by their digits: in autumn an hour's jobs would wait for the second one.
    scheduler = AsyncIOScheduler(timezone=UTC)
    for name, (job, minutes) in jobs.items():
        scheduler.add_job(
            supervision.job(name, job),
            "interval",
            minutes=minutes,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
