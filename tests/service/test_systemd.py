"""systemd and the real program: ready after the accounts were tried, alive while it works, stopping at its end."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.world import Service, World, eventually


class Listener:
    """What a service manager's socket has heard so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._heard: list[str] = []

    @property
    def heard(self) -> list[str]:
        while True:
            try:
                self._heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return self._heard

    def times(self, words: str) -> int:
        return sum(words in message.splitlines() for message in self.heard)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path / "notify")
    yield made
    made.close()


async def test_ready_comes_after_the_accounts_then_signs_of_life_then_the_end(
    world: World, listener: Listener
) -> None:
    await world.login()
    world.settings |= {"NOTIFY_SOCKET": str(listener.path), "WATCHDOG_USEC": "600000"}
    world.server.freeze()
    service = Service(world)
    await service.start()
    await eventually(lambda: world.server.connections, 60)
    assert listener.heard == []  # nobody has answered yet
    world.server.thaw()
    await eventually(lambda: listener.times("READY=1"), 60)
    assert "STATUS=reader: connected; bot: connected" in "\n".join(listener.heard)
    await eventually(lambda: listener.times("WATCHDOG=1") >= 3, 60)

    service.send(signal.SIGSTOP)
    await asyncio.sleep(0.1)
    before = listener.times("WATCHDOG=1")
    await asyncio.sleep(1.5)
    assert listener.times("WATCHDOG=1") == before  # a process that hangs gives no sign of life
    service.send(signal.SIGCONT)
    await eventually(lambda: listener.times("WATCHDOG=1") > before, 60)

    assert await service.stop(seconds=60) == 0
    assert listener.times("STOPPING=1") == 1
    assert listener.times("READY=1") == 1


async def test_ready_also_where_telegram_is_away_and_the_status_says_so(
    world: World, listener: Listener
) -> None:
    await world.login()
    await world.server.stop()
    world.settings["NOTIFY_SOCKET"] = str(listener.path)
    service = Service(world)
    await service.start()
    await eventually(lambda: listener.times("READY=1"), 60)
    assert "can't be reached" in "\n".join(listener.heard)
    assert await service.stop(seconds=60) == 0
    await world.server.start()
