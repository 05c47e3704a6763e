"""A browser's view of an archive, without a browser: the real page over a real archive, in this process."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from bot import claims
from bot.claims import Table
from bot.reviewing import Reviewing
from bot.web.app import create
from bot.web.site import Site
from config.settings import Settings
from storage import lock
from storage.store import Store
from tests.desk.asked import Asked
from tests.making import NOW

ADDRESS = "http://archive.test"


@dataclass(frozen=True)
class Visit:
    """A client of the page, and the archive behind it."""

    client: httpx2.AsyncClient
    store: Store
    site: Site

    async def get(self, path: str, status: int = 200) -> str:
        """The page at a path."""
        response = await self.client.get(path)
        assert response.status_code == status, response.text
        return response.text

    async def post(self, path: str, status: int = 303, **fields: object) -> httpx2.Response:
        """Send a form, as the page itself would."""
        response = await self.client.post(path, data=fields, headers={"Origin": ADDRESS})
        assert response.status_code == status, response.text
        return response


@asynccontextmanager
async def visiting(
    folder: Path,
    fill: Callable[[sqlite3.Connection], Any],
    now: Callable[[], datetime] = lambda: NOW,
    **web: Any,
) -> AsyncIterator[Visit]:
    """Visit an archive that `fill` has written; `web` are settings of the page."""
    settings = Settings.model_validate({"data": folder, "web": web})
    store = await Store.open(folder / lock.DATABASE, write=True)
    try:
        await store.write(fill)
        operations = Reviewing(Asked(store).room).by_name()
        site = Site(
            store=store,
            ask=lambda name, given: operations[name](**given),
            settings=settings,
            claims=_claims(),
            now=now,
        )
        transport = httpx2.ASGITransport(app=create(site))
        async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            yield Visit(client, store, site)
    finally:
        await store.close()


@cache
def _claims() -> Table:
    """Read once: that takes half a second."""
    return claims.load(None)
