"""Signs of life come from a house that works, and from no other."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import now
from bot.pulse import Pulse
from bot.supervision import Supervision
from bot.systemd import Systemd
from bot.telegram.connection import Connection
from config.sections import Telegram
from storage import pulse
from storage.store import Store
from tests.blank import blank
from tests.telegram_server import eventually

_WATCHDOG = 0.2  # seconds


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        yield listener


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield opened
    await opened.close()


def messages(heard: socket.socket) -> list[str]:
    """What has been said since the last look."""
    found = []
    while True:
        try:
            found.append(heard.recv(4096).decode())
        except BlockingIOError:
            return found


@asynccontextmanager
async def beating(store: Store, folder: Path) -> AsyncIterator[None]:
    account = Connection(Telegram(), folder / "reader.session", token=None, heartbeat=30)
    account.tried.set()

    async def nobody(_: str, __: Exception) -> None:
        """Nobody is told."""

    systemd = Systemd(str(folder / "notify"), _WATCHDOG)
    task = asyncio.create_task(Pulse(systemd, store, Supervision(now, nobody), [account], now).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_each_beat_is_a_write_that_is_kept(store: Store, tmp_path: Path, heard: socket.socket) -> None:
    assert await store.read(pulse.last) is None
    async with beating(store, tmp_path):
        await eventually(lambda: any("WATCHDOG=1" in m for m in messages(heard)))
    first = await store.read(pulse.last)
    assert first is not None
    assert abs((now() - first).total_seconds()) < 60


async def test_a_writer_that_hangs_gives_no_sign_of_life_until_it_goes_on(
    store: Store, tmp_path: Path, heard: socket.socket
) -> None:
    async with beating(store, tmp_path):
        await eventually(lambda: any("WATCHDOG=1" in m for m in messages(heard)))
        hanging = asyncio.create_task(store.write(lambda _: time.sleep(1)))
        await asyncio.sleep(_WATCHDOG)
        messages(heard)
        await asyncio.sleep(0.3)
        assert messages(heard) == []
        await hanging
        await eventually(lambda: any("WATCHDOG=1" in m for m in messages(heard)))


async def test_a_disk_that_refuses_is_said_and_is_no_reason_to_be_killed(
    store: Store, tmp_path: Path, heard: socket.socket
) -> None:
    await store.write(lambda db: db.execute("PRAGMA query_only = ON"))
    async with beating(store, tmp_path):
        await eventually(
            lambda: any("WATCHDOG=1\nSTATUS=" in m and "can't be written" in m for m in messages(heard))
        )
