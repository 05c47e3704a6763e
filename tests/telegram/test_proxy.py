"""Every connection to Telegram goes through the proxy; where it is down there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from telethon import functions

from bot.errors import Mendable
from bot.telegram.connection import Connection
from bot.telegram.login import login, logout
from config.guard import Guard
from config.proxies import Proxy
from tests.socks_server import SocksServer
from tests.telegram.conftest import running, sign_in, telegram_settings
from tests.telegram_server import Account, TelegramServer, eventually

SECRET = "00112233445566778899aabbccddeeff"
DOWN = 9  # nobody listens on the discard port here


def guard(address: str) -> Guard:
    return Guard(proxy=Proxy.of(SecretStr(address)))


@pytest.fixture
async def socks() -> AsyncIterator[SocksServer]:
    async with SocksServer("anna", "right") as running_:
        yield running_


async def test_sign_in_reading_and_sign_out_go_through_the_proxy(
    server: TelegramServer, account: Account, socks: SocksServer, tmp_path: Path
) -> None:
    session, way = tmp_path / "reader.session", guard(socks.address)
    answers = iter([account.phone or "", account.code])
    await login(telegram_settings(server), session, lambda *_: next(answers), lambda _: None, guard=way)
    connection = Connection(telegram_settings(server), session, token=None, heartbeat=5, guard=way)
    async with running(connection):
        await connection.call(functions.updates.GetStateRequest())
    assert await logout(telegram_settings(server), session, way)
    assert socks.asked == [(server.host, server.port)] * 3


async def test_the_bot_goes_through_the_proxy(
    server: TelegramServer, bot: Account, socks: SocksServer, tmp_path: Path
) -> None:
    way = guard(socks.address)
    connection = Connection(
        telegram_settings(server), tmp_path / "bot.session", token="1:TEST", heartbeat=5, guard=way
    )
    async with running(connection):
        assert socks.asked == [(server.host, server.port)]


@pytest.mark.parametrize(
    "address",
    [
        f"socks5://127.0.0.1:{DOWN}",
        f"mtproxy://{SECRET}@127.0.0.1:{DOWN}",
        "socks5://anna:wrong@127.0.0.1:SOCKS",
    ],
)
async def test_where_the_proxy_is_down_or_refuses_nothing_reaches_the_server(
    server: TelegramServer, account: Account, bot: Account, socks: SocksServer, tmp_path: Path, address: str
) -> None:
    session, way = tmp_path / "reader.session", guard(address.replace("SOCKS", str(socks.port)))
    await sign_in(server, account, session)
    connected = len(server.requests)
    with pytest.raises(Mendable, match="can't be reached"):
        await login(
            telegram_settings(server), tmp_path / "new.session", lambda *_: "1", lambda _: None, guard=way
        )
    assert not (tmp_path / "new.session").exists()
    both = [
        Connection(telegram_settings(server), path, token=token, heartbeat=5, first_delay=0.01, guard=way)
        for path, token in ((session, None), (tmp_path / "bot.session", "1:TEST"))
    ]
    tasks = [asyncio.create_task(connection.run()) for connection in both]
    await eventually(lambda: all(connection.state.problem for connection in both), timeout=10)
    await asyncio.sleep(0.2)  # and tried again
    for task in tasks:
        assert not task.done()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all("can't be reached" in str(connection.state.problem) for connection in both)
    assert not await logout(telegram_settings(server), session, way)
    assert len(server.requests) == connected
    assert not server.connections
    assert socks.asked == []


async def test_an_mtproto_proxy_is_spoken_with_and_nobody_else(
    server: TelegramServer, account: Account, tmp_path: Path
) -> None:
    heard = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (
            len(await reader.read(64)) == 64
        ):  # the obfuscated header, core.telegram.org/mtproto/mtproto-transports
            heard.set()
        await reader.read()  # until the other side goes
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        way = guard(f"mtproxy://dd{SECRET}@127.0.0.1:{port}")
        await sign_in(server, account, tmp_path / "reader.session")
        before = len(server.requests)
        connection = Connection(
            telegram_settings(server), tmp_path / "reader.session", token=None, heartbeat=5, guard=way
        )
        task = asyncio.create_task(connection.run())
        await asyncio.wait_for(heard.wait(), 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(server.requests) == before
