"""A browser's view of an archive, without a browser: the real page over a real archive, in this process."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from bot import claims, feeds
from bot.claims import Table
from bot.reviewing import Reviewing
from bot.web.access import secret
from bot.web.access.operations import Access
from bot.web.app import create
from bot.web.site import Site
from config.settings import Settings
from storage import lock
from storage.store import Store
from tests.blank import blank
from tests.desk.asked import Asked
from tests.making import NOW
from tests.web.signing_in import let_in

ADDRESS = "http://127.0.0.1:8420"


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
    store = await Store.open(blank(folder / lock.DATABASE), write=True)
    try:
        await store.write(fill)
        room = replace(Asked(store).room, claims=_claims())
        operations = {
            **Reviewing(room).by_name(),
            **feeds.operations(room),
            **Access(store, settings.web, now).by_name(),
        }
        site = Site(
            store=store,
            ask=lambda name, given: operations[name](**given),
            settings=settings,
            claims=_claims(),
            now=now,
        )
        transport = httpx2.ASGITransport(app=create(site))
        async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            await sign_in(client, store, now(), user_id=None)
            yield Visit(client, store, site)
    finally:
        await store.close()


@asynccontextmanager
async def once_more(visit: Visit, now: Callable[[], datetime] | None = None) -> AsyncIterator[Visit]:
    """The same archive by a page and a browser of their own, signed in as the owner; by another clock."""
    site = visit.site if now is None else replace(visit.site, now=now)
    transport = httpx2.ASGITransport(app=create(site))
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        await sign_in(client, visit.store, site.now(), user_id=None)
        yield Visit(client, visit.store, site)


async def sign_in(client: httpx2.AsyncClient, store: Store, now: datetime, *, user_id: int | None) -> str:
    """Have a browser be signed in as somebody who is known, or as the owner of the machine; its cookie."""
    session = secret.new()
    await store.write(let_in, session, now, user_id=user_id)
    client.cookies.clear()
    client.cookies.set("placewatch", session, domain="127.0.0.1")
    return session


@cache
def _claims() -> Table:
    """Read once: that takes half a second."""
    return claims.load(None)
