"""What is pushed -> the monitor: at once, in order channel by channel. A hint: history has the same posts."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.monitor import Monitor
from bot.telegram.posts import to_post
from bot.telegram.settling import Settling
from storage.database import StorageError
from storage.records import Post

log = logging.getLogger(__name__)

_MOST_WAITING = 2000  # events of one channel that are kept while the archive can't be written
_LONGEST_PAUSE = 10.0  # seconds between attempts to have them kept


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that was pushed: a message, or ids that were deleted."""

    at: datetime
    message: Any = None
    deleted: tuple[int, ...] = ()


class Live:
    """Hands pushed posts on; what waits for one channel goes on together."""

    def __init__(self, take: Monitor, *, on_failure: Callable[[int], None]) -> None:
        """`on_failure` is told the row of a channel whose events could not be kept."""
        self._take = take
        self._on_failure = on_failure
        self._events: dict[int, deque[_Event]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._settling = Settling(self._workers.values())
        self.settled = self._settling.settled

    def say(self, row: int, message: Any, at: datetime) -> None:
        """A message is there, or reads differently now."""
        self._enqueue(row, _Event(at, message=message))

    def delete(self, row: int, message_ids: tuple[int, ...], at: datetime) -> None:
        """Messages are gone."""
        self._enqueue(row, _Event(at, deleted=message_ids))

    async def stop(self) -> None:
        """Drop what waits."""
        await self._settling.drop()

    def _enqueue(self, row: int, event: _Event) -> None:
        self._events.setdefault(row, deque()).append(event)
        if row not in self._workers:
            self._workers[row] = asyncio.create_task(self._work(row), name=f"channel-{row}")

    async def _work(self, row: int) -> None:
        waiting = self._events[row]
        failures = 0
        try:
            while waiting:
                batch = list(waiting)
                waiting.clear()
                try:
                    await self._hand_on(row, batch)
                    failures = 0
                except StorageError as trouble:
                    # They come again here, and history has the posts; what it has not are old edits and deletions.
                    failures += 1
                    waiting.extendleft(reversed(batch[-_MOST_WAITING:]))
                    pause = min(_LONGEST_PAUSE, 0.25 * 2 ** min(failures, 10))
                    log.warning("events wait channel_id=%d events=%d problem=%s", row, len(waiting), trouble)
                    self._on_failure(row)
                    await asyncio.sleep(pause)
                except Exception:
                    log.exception("events not kept channel_id=%d events=%d", row, len(batch))
                    self._on_failure(row)
        finally:
            del self._workers[row]

    async def _hand_on(self, row: int, batch: list[_Event]) -> None:
        posts: list[Post] = []
        at = batch[0].at
        whole = True
        for event in batch:
            if not event.deleted:
                found, lost = converted([event.message], row)
                posts += found
                whole &= not lost
                continue
            if posts:
                whole &= not await self._take.take(posts, at)
            posts, at = [], event.at
            await self._take.deleted(row, event.deleted, event.at)
        if posts:
            whole &= not await self._take.take(posts, at)
        if not whole:
            self._on_failure(row)


def converted(messages: Iterable[Any], channel_id: int) -> tuple[list[Post], dict[int, str]]:
    """The posts among these messages, and the ids of those that can't be read, with why; that stops nothing."""
    posts: list[Post] = []
    lost: dict[int, str] = {}
    for message in messages:
        try:
            post = to_post(message, channel_id)
        except Exception as error:
            log.exception("message not readable channel_id=%d message_id=%s", channel_id, message.id)
            lost[message.id] = f"the message can't be read ({type(error).__name__}: {error})"
            continue
        if post is not None:
            posts.append(post)
    return posts, lost
