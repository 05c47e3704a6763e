"""A real Telethon client that talks to the local server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import MemorySession, SQLiteSession

from .accounts import Account
from .server import TelegramServer


def telethon_client(
    server: TelegramServer, session: MemorySession | Path | None = None, **options: Any
) -> TelegramClient:
    """A client pointed at the server, not connected yet. Options are TelegramClient's own.

    The same session again is the same device: give a path to keep pts and entities across clients.
    """
    rsa.add_key(server.key_path.read_text(), old=False)
    if session is None:
        session = MemorySession()
    elif isinstance(session, Path):
        session = SQLiteSession(str(session))
    session.set_dc(server.dc_id, server.host, server.port)
    defaults: dict[str, Any] = {"retry_delay": 0.05, "request_retries": 1, "flood_sleep_threshold": 0}
    return TelegramClient(session, server.api_id, server.api_hash, **{**defaults, **options})


async def sign_in(client: TelegramClient, account: Account) -> None:
    """Connect and sign in as a user or a bot, the way a person would; nothing when already signed in."""
    await client.connect()
    if await client.get_me():
        return
    if account.bot:
        await client.sign_in(bot_token=account.token)
        return
    await client.send_code_request(account.phone)
    if account.password is None:
        await client.sign_in(account.phone, account.code)
    else:
        await sign_in_with_password(client, account, account.password)


async def sign_in_with_password(client: TelegramClient, account: Account, password: str) -> None:
    """The two steps of an account with a cloud password, after the code was sent."""
    from telethon.errors import SessionPasswordNeededError

    try:
        await client.sign_in(account.phone, account.code)
    except SessionPasswordNeededError:
        await client.sign_in(password=password)


@asynccontextmanager
async def signed_in(
    server: TelegramServer,
    account: Account,
    session: MemorySession | Path | None = None,
    **options: Any,
) -> AsyncIterator[TelegramClient]:
    """A connected and signed-in client, disconnected at the end."""
    client = telethon_client(server, session, **options)
    try:
        await sign_in(client, account)
        yield client
    finally:
        await client.disconnect()


async def eventually(condition: Callable[[], object], timeout: float = 20) -> None:
    """Wait until the condition holds; AssertionError with its source line when it does not in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while not condition():
        assert loop.time() < deadline, "did not become true in time"
        await asyncio.sleep(0.005)
