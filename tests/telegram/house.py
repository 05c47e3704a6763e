"""An archive with a reader, its backfills and downloads, as the service wires them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.alerts.owed import Rules
from bot.backfills import Backfills
from bot.copies import Copies
from bot.coverage.keeper import Coverage
from bot.lookout import Lookout
from bot.monitor import FILES, Monitor
from bot.telegram.connection import Connection
from bot.telegram.reader import Reader
from storage import channels, chats, places
from storage.records import Channel, NameKind, Place, PlaceName
from storage.store import Store
from tests.telegram.conftest import now, running
from tests.telegram.reading import peer_of
from tests.telegram_server import Account
from tests.telegram_server import Channel as Source

KYIV = ZoneInfo("Europe/Kyiv")
CHAT = -1001


class House:
    """One house; files are kept under the folder of the archive."""

    def __init__(self, store: Store, connection: Connection, files: str = "none", most: int = 10**6) -> None:
        self.store = store
        self.lookout = Lookout(store, now)
        rules = Rules(min_confidence=0.5, zone=KYIV)
        self.monitor = Monitor(store, self.lookout, rules, lambda: None, Copies(), FILES[files])
        self.reader = Reader(
            connection,
            store,
            self.monitor,
            Coverage(store, clock=now, zone=KYIV, team=list, on_owed=lambda: None),
            clock=now,
            sweep_seconds=60,
            poll_seconds=60,
            requests_per_second=500,
        )
        connection.on_update, connection.on_connect = self.reader.on_update, self.reader.on_connect
        self.folder: Path = store.path.parent
        self.downloads = self.reader.downloads(self.folder, most)
        self.backfills = Backfills(store, self.reader.past, KYIV, now)
        self.connection = connection

    async def follow(self, source: Source, account: Account) -> Channel:
        """From the newest post on, as `channels add` does."""
        newest = source.messages[-1].id if source.messages else 0
        peer = peer_of(source, account, newest=newest)
        channel, _ = await self.store.write(
            channels.follow, peer, account="reader", cursor=peer.newest, label=None, now=now()
        )
        return channel

    async def watch(self, name: str, since: datetime) -> None:
        names = (PlaceName(place_id=0, text=name, language="", kind=NameKind.OFFICIAL),)
        await self.store.write(chats.welcome, CHAT, now=since)
        added = await self.store.write(
            places.add,
            Place(id=0, name=name, region=None, names=names),
            everywhere=False,
            now=since,
        )
        await self.store.write(places.watch, CHAT, added.id, since=since)
        await self.lookout.refresh()

    async def posts(self) -> dict[int, str]:
        rows = await self.store.read(
            lambda db: db.execute(
                "SELECT message_id, CASE WHEN deleted_at IS NULL THEN text ELSE '(deleted)' END FROM post "
                "ORDER BY channel_id, message_id"
            ).fetchall()
        )
        return dict(rows)

    async def until(self, message_id: int, text: str, seconds: float = 5) -> None:
        """The post is kept and says so."""
        async with asyncio.timeout(seconds):
            while (await self.posts()).get(message_id) != text:  # noqa: ASYNC110 - other tasks keep it
                await asyncio.sleep(0.02)

    async def owed(self) -> int:
        return await self.store.read(lambda db: db.execute("SELECT count(*) FROM owed").fetchone()[0])

    async def done(self, *names: str, since: str | None = None, until: str | None = None) -> dict[str, Any]:
        """Backfill these channels to the end."""
        await self.backfills.start(list(names), False, since, until)
        return await self.ended()

    async def ended(self, seconds: float = 20) -> dict[str, Any]:
        """Once all backfills are done: the first of them."""
        async with asyncio.timeout(seconds):
            while True:
                jobs = await self.progress()
                if all(job["done"] for job in jobs):
                    return jobs[0]
                await asyncio.sleep(0.01)

    async def until_held(self) -> None:
        """Telegram has asked us to wait."""
        async with asyncio.timeout(5):
            while not (await self.progress())[0]["wait"]:  # noqa: ASYNC110 - another task sees it
                await asyncio.sleep(0.01)

    async def until_owed(self) -> None:
        async with asyncio.timeout(5):
            while not await self.owed():  # noqa: ASYNC110 - another task writes it
                await asyncio.sleep(0.01)

    async def progress(self) -> list[dict[str, Any]]:
        every = await self.store.read(channels.followed)
        return await self.backfills.progress([channel.id for channel in every])

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with running(self.connection, self.reader.run(), self.backfills.run(), self.downloads.run()):
            yield
