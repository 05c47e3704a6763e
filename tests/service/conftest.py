"""A world for each test."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.world import World
from tests.telegram_server import TelegramServer

# A suite that was started in the background (`.ci/run &`) was told to ignore Ctrl-C, and so would all its children be.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with TelegramServer() as server:
        made = World(server, tmp_path)
        yield made
    assert server.complaints == []
