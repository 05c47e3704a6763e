"""Reads the followed channels through their public pages, and hands their posts to the monitor."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot.alerts.excerpt import opening
from bot.coverage.keeper import Coverage
from bot.errors import Busy, Mendable, Unavailable
from bot.findings import Finding
from bot.monitor import Monitor
from bot.preview import pages
from bot.preview.fetch import NoPreview, Pages
from bot.preview.history import History
from bot.telegram.links import parse_channel_link
from bot.telegram.schedule import Schedule
from config.proxies import Proxy
from config.sections import Preview
from storage import channels
from storage.records import Channel, ChannelState, Peer
from storage.store import Store

log = logging.getLogger(__name__)

_READERS: Final = 3  # channels read at once, so that one slow answer holds up nobody; the pace is shared
_SPARE: Final = 1.25  # pages that catching up and looking back take, a channel and round
_SOON: Final = 5.0  # seconds until a channel is asked again after a passing trouble
_LATEST: Final = 300.0
_SURE: Final = 2  # times a channel shows nothing before it is said to show nothing
_RETRY_UNREADABLE: Final = 900.0
_OPENING: Final = 200  # characters of the last post, for a look before a channel is followed


class PreviewReader:
    """Reads each channel's newest page in turn, and what was missed page by page.

    Only reading in order moves a channel's cursor, and only after everything up to it was taken.
    """

    def __init__(
        self,
        chosen: Preview,
        store: Store,
        take: Monitor,
        coverage: Coverage,
        *,
        clock: Callable[[], datetime],
        poll_seconds: float,
        soon_seconds: float = _SOON,
        retry_seconds: float = _RETRY_UNREADABLE,
        proxy: Proxy | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._soon_seconds = soon_seconds
        self._retry_seconds = retry_seconds
        self._page_seconds = chosen.page_seconds
        self._pages = Pages(
            chosen.address,
            page_seconds=chosen.page_seconds,
            pause_seconds=chosen.pause_seconds,
            timeout_seconds=chosen.timeout_seconds,
            proxy=proxy,
        )
        self._coverage = coverage
        self._history = History(self._pages, store, take, coverage, clock=clock)
        self._schedule = Schedule()
        self._channels: dict[int, Channel] = {}
        self._failures: dict[int, int] = {}  # in a row, by channel
        self._trouble: str | None = None  # the last one, while it lasts
        self.connected_since: datetime | None = None  # since when pages come; None where the last one did not

    async def run(self) -> None:
        """Read until cancelled."""
        await self.refresh()
        async with self._pages.open(), asyncio.TaskGroup() as group:
            for _ in range(_READERS):
                group.create_task(self._read_in_turn())

    async def refresh(self) -> None:
        """Know the channels as the archive has them now; new ones are read at once."""
        known = {channel.id: channel for channel in await self._store.read(channels.followed)}
        for row in known.keys() - self._channels.keys():
            self._schedule.ask(row)
        for row in self._channels.keys() - known.keys():
            self._schedule.drop(row)
        self._channels = known

    def sweep_all(self) -> None:
        """Read every channel as soon as the pace allows."""
        for row in self._channels:
            self._schedule.ask(row)

    @property
    def interval(self) -> float:
        """Seconds between two looks at a channel, by the number of channels and the pace."""
        return max(self._poll_seconds, len(self._channels) * self._page_seconds * _SPARE)

    def describe(self) -> str:
        """How the reading goes, in a line."""
        number = f"{len(self._channels)} channels, each" if len(self._channels) != 1 else "1 channel,"
        line = f"{number} asked every {self.interval:.0f} s, {self._pages.in_last_minute} pages in the last minute"
        if self._channels and not self._pages.validates:
            line += ", whole each time: the server gives no ETag"
        if self._history.refused:
            line += f", {self._history.refused} posts were not readable"
        if self._pages.pause:
            line += f"; ⚠ the server wants a pause of {self._pages.pause:.0f} s more"
        elif self._trouble:
            line += f"; ⚠ {self._trouble}"
        return line

    async def check(self) -> Finding:
        """How the reading goes; where nobody reads just now, whether one page can be read."""
        area = "public pages"
        if self._channels:
            troubled = bool(self._trouble or self._pages.pause)
            return Finding(area, "warning" if troubled else "ok", self.describe())
        followed = [c for c in await self._store.read(channels.followed) if c.username]
        if not followed:
            return Finding(area, "ok", "none was tried: no channel is followed yet")
        try:
            await self.resolve(str(followed[0].username))
        except (Mendable, Busy, Unavailable) as trouble:
            return Finding(area, "bad", str(trouble))
        return Finding(area, "ok", f"that of {followed[0].name} can be read")

    async def resolve(self, link: str) -> Peer:
        """The public channel behind a name or link; Mendable says why something else can't be followed."""
        name = parse_channel_link(link)
        answer = await self._pages.get(name)
        page = pages.read(answer.body, name, 0, self._clock())
        newest = page.posts[-1] if page.posts else None
        return Peer(
            telegram_id=None,
            access_hash=None,
            username=name,
            title=page.title or name,
            joined=False,
            newest=page.span[1] if page.span else 0,
            posted_at=newest.posted_at if newest else None,
            opening=opening(newest.text, _OPENING) if newest else "",
        )

    async def since(self, peer: Peer, at: datetime) -> int:
        """The message id before the first post at or after a time; 0 where all posts are that new."""
        return await self._history.before(peer.username or "", peer.newest, at)

    async def _read_in_turn(self) -> None:
        while True:
            row = await self._schedule.next()
            delay = self._soon_seconds
            try:
                if row in self._channels:
                    delay = await self._try_to_read(row)
            finally:
                self._schedule.done(row)
                if row in self._channels:
                    self._schedule.ask(row, delay)

    async def _try_to_read(self, row: int) -> float:
        """Read a channel; seconds until it should be read again."""
        failures = self._failures.get(row, 0) + 1
        try:
            channel = await self._store.read(channels.by_id, row)  # its cursor may have moved
            renamed = await self._history.read(channel)
        except Busy as busy:
            return busy.wait
        except Unavailable as trouble:
            self._failures[row] = failures
            self._trouble, self.connected_since = str(trouble), None
            delay = self._later(failures)
            log.info("page put off channel_id=%d problem=%s again_in=%.1f", row, trouble, delay)
            return delay
        except Mendable as problem:
            self._failures[row] = failures
            if isinstance(problem, NoPreview) and failures < _SURE:
                return self._soon_seconds
            await self._unreadable(row, str(problem))
            return self._retry_seconds
        except Exception:
            self._failures[row] = failures
            log.exception("reading public pages failed channel_id=%d", row)
            return self._later(failures)
        self._failures.pop(row, None)
        self._trouble = None
        self.connected_since = self.connected_since or self._clock()
        if channel.state is ChannelState.UNREADABLE:
            log.info("channel can be read again channel_id=%d", channel.id)
        if renamed or channel.state is ChannelState.UNREADABLE:
            await self.refresh()
        return self.interval * random.uniform(1, 1.05)  # noqa: S311 - so that channels don't march in step

    async def _unreadable(self, row: int, problem: str) -> None:
        try:
            if await self._coverage.unreadable(self._channels[row], problem):
                await self.refresh()
        except Exception:
            log.exception("problem of a channel not kept channel_id=%d", row)

    def _later(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row; a little at random, so that channels don't march in step."""
        longest: float = min(_LATEST, self._soon_seconds * 2 ** min(failures - 1, 6))
        return longest * random.uniform(1, 1.25)  # noqa: S311 - no secret
