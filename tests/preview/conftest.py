"""A channel that is read by its pages, in process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.copies import Copies
from bot.coverage.keeper import Coverage
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.preview.source import PreviewReader
from config.sections import Preview
from storage import channels, known
from storage.records import Channel
from storage.store import Store
from tests.blank import blank
from tests.making import RULES
from tests.preview_server import PreviewServer


@dataclass
class Bench:
    """A store, a server, and a reader between them."""

    store: Store
    server: PreviewServer
    reader: PreviewReader
    monitor: Monitor
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def follow(self, name: str) -> Channel:
        """Follow a channel from its newest post on."""
        peer = await self.reader.resolve(name)
        now = datetime.now(UTC)
        channel, _ = await self.store.write(
            channels.follow, peer, account="reader", cursor=peer.newest, label=None, now=now
        )
        return channel

    async def start(self) -> None:
        """Read from now on."""
        self.tasks.append(asyncio.create_task(self.reader.run()))

    async def texts(self) -> list[str]:
        """What is kept, by id."""
        rows = await self.store.read(
            lambda db: db.execute("SELECT text FROM post ORDER BY message_id").fetchall()
        )
        return [row[0] for row in rows]

    async def channel(self, row: int) -> Channel:
        return await self.store.read(channels.by_id, row)

    async def known(self, row: int) -> list[tuple[int, int]]:
        return await self.store.read(known.ranges, row)

    async def reads(self, looks: int = 1) -> None:
        """Wait until so many further requests have been answered."""
        wanted = len(self.server.requests) + looks + 1
        async with asyncio.timeout(20):
            while len(self.server.requests) < wanted:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.01)


def reader_of(store: Store, server: PreviewServer, monitor: Monitor, **chosen: float) -> PreviewReader:
    given = {"page_seconds": 0.001, "pause_seconds": 1, "timeout_seconds": 1.0, **chosen}
    return PreviewReader(
        Preview.model_validate({"address": server.address, **given}),
        store,
        monitor,
        Coverage(
            store,
            clock=lambda: datetime.now(UTC),
            zone=ZoneInfo("Europe/Kyiv"),
            team=list,
            on_owed=lambda: None,
        ),
        clock=lambda: datetime.now(UTC),
        poll_seconds=0.05,
        soon_seconds=0.05,
        retry_seconds=0.1,
    )


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    lookout = Lookout(store, lambda: datetime.now(UTC))
    await lookout.refresh()
    monitor = Monitor(store, lookout, RULES, lambda: None, Copies())
    async with PreviewServer() as server:
        made = Bench(store, server, reader_of(store, server, monitor), monitor)
        yield made
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
    await store.close()
