"""A world for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.world import World
from tests.telegram_server import TelegramServer


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with TelegramServer() as server:
        made = World(server, tmp_path)
        yield made
    assert server.complaints == []
