"""The demo's archive as a page shows it best: sides, edits, copies, decisions, a note, a gap; and a server for it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from rich.console import Console

from bot import claims, demo, process
from bot.web.server import listen, serve
from bot.web.site import Site
from config.settings import Settings
from storage import channels, gaps, known, reading
from storage.times import posted_at
from tests.web.signing_in import owner

_SIDES = {"sample_staff": "Ukraine", "sample_former_official": "Ukraine", "sample_city_news": "Observers"}


@asynccontextmanager
async def demonstrated(folder: Path) -> AsyncIterator[str]:
    """The address of a page that shows the demo's archive, a few minutes after its last post."""
    await demo.play(folder, Console(file=StringIO(), width=100), slow=False)
    settings = Settings.model_validate({"data": folder})
    async with process.holding(settings) as service:
        now = await service.store.write(_told_by_all)
        await service.store.write(owner, now)
        operations = service.operations()
        posts = await service.store.read(_newest)
        about = {"post": posts[0], "actor": "Olena"}
        done = await operations["review.decide"](**about, version=0, verdict="relevant")
        await operations["review.assign"](**about, version=done["version"], assignee="Taras")
        await operations["review.tag"](**about, add="to check")
        await operations["review.note"](**about, text="Asked the press office; they answer tomorrow.")
        site = Site(
            store=service.store,
            ask=lambda name, given: operations[name](**given),
            settings=settings,
            claims=claims.load_or_embedded(folder / claims.FILE),
            now=lambda: now,
        )
        heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def ready(address: str) -> None:
            heard.set_result(address)

        serving = asyncio.create_task(serve(site, listen("127.0.0.1", 0), ready))
        try:
            yield await heard
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


def _newest(db: sqlite3.Connection) -> list[int]:
    return [
        row[0] for row in db.execute("SELECT post_id FROM post_place GROUP BY post_id ORDER BY post_id DESC")
    ]


def _told_by_all(db: sqlite3.Connection) -> datetime:
    now = posted_at(_newest(db)[0]) + timedelta(minutes=12)
    for channel in channels.known(db):
        channels.describe(
            db,
            channel.id,
            label=channel.label,
            side=_SIDES.get(channel.username or "", "Russia"),
            standing="official",
            owner=None,
        )
        channels.read_through(db, channel.id, 10_000, now)
        known.add(db, channel.id, 1, 10_000)
    gaps.live(db, now=now)
    first = channels.known(db)[0]
    (some,) = reading.kept_by_ids(db, [_newest(db)[2]])
    gaps.begin(db, first, "Telegram asked to wait", now=some.post.posted_at, until=some.post.posted_at)
    return now
