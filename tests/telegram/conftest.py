import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.copies import Copies
from bot.coverage.keeper import Coverage
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from bot.telegram.login import login
from bot.telegram.reader import Reader
from config.sections import Telegram
from storage import chats
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT
from tests.telegram.reading import RULES, Kept, Reading, now
from tests.telegram_server import Account, TelegramServer, eventually
from tests.telegram_server import Channel as Source

Running = Callable[..., AbstractAsyncContextManager[Connection]]


def telegram_settings(world: TelegramServer, **changes: Any) -> Telegram:
    values: dict[str, Any] = {
        "api_id": world.api_id,
        "api_hash": SecretStr(world.api_hash),
        "server": f"{world.host}:{world.port}",
        "dc_id": world.dc_id,
        "server_key": world.key_path,
    }
    return Telegram(**{**values, **changes})


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running
    assert running.complaints == []


@pytest.fixture
def account(server: TelegramServer) -> Account:
    return server.add_user("Reader", phone="+380500000001")


@pytest.fixture
def bot(server: TelegramServer) -> Account:
    return server.add_bot("placewatch_bot", token="1:TEST")


@pytest.fixture
def olena(server: TelegramServer) -> Account:
    return server.add_user("Olena", phone="+380500000002")


async def sign_in(server: TelegramServer, account: Account, session: Path) -> None:
    """As `placewatch login` does."""
    answers = iter([account.phone or "", account.code, account.password or ""])
    await login(telegram_settings(server), session, lambda prompt, secret: next(answers), lambda text: None)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield store
    await store.close()


@asynccontextmanager
async def running(connection: Connection, *others: Any) -> AsyncIterator[Connection]:
    """A connection at work, and up; `others` are coroutines that run beside it."""
    tasks = [asyncio.create_task(work) for work in (connection.run(), *others)]
    try:
        await eventually(lambda: connection.state.connected_since or tasks[0].done(), timeout=10)
        if tasks[0].done():
            tasks[0].result()
        yield connection
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def beat(connection: Connection) -> None:
    """Write down how far updates have come, as every heartbeat does."""
    client = connection._client
    assert client is not None
    await client.save()


@pytest.fixture
async def reading(server: TelegramServer, account: Account, tmp_path: Path) -> Connection:
    """The reading account, signed in, not connected yet."""
    session = tmp_path / "reader.session"
    await sign_in(server, account, session)
    return Connection(telegram_settings(server), session, token=None, heartbeat=5, first_delay=0.05)


@pytest.fixture
async def speaking(server: TelegramServer, bot: Account, tmp_path: Path) -> AsyncIterator[Connection]:
    """The bot, connected."""
    connection = Connection(
        telegram_settings(server), tmp_path / "bot.session", token="1:TEST", heartbeat=5, first_delay=0.05
    )
    async with running(connection):
        yield connection


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await store.write(chats.welcome, CHAT, now=now())
    yield Kept(store)
    await store.close()


@pytest.fixture
def work(reading: Connection, kept: Kept) -> Reading:
    """A reader at work, until the block ends."""

    @asynccontextmanager
    async def at_work(take: Any = None, **options: Any) -> AsyncIterator[Reader]:
        reader = Reader(
            reading,
            kept.store,
            take or Monitor(kept.store, Lookout(kept.store, now), RULES, lambda: None, Copies()),
            Coverage(kept.store, clock=now, zone=RULES.zone, team=lambda: [CHAT], on_owed=lambda: None),
            clock=now,
            **{"sweep_seconds": 60, "poll_seconds": 60, "requests_per_second": 200, **options},
        )
        reading.on_update, reading.on_connect = reader.on_update, reader.on_connect
        async with running(reading, reader.run()):
            yield reader

    return at_work


@pytest.fixture
def source(server: TelegramServer, account: Account) -> Source:
    return server.add_channel("dpr_head", title="Head of DPR", members=[account])
