from collections.abc import AsyncIterator

import pytest

from tests.telegram_server import Account, TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running
    assert running.complaints == []


@pytest.fixture
def reader(server: TelegramServer) -> Account:
    return server.add_user("Reader", phone="+380500000001")


@pytest.fixture
def bot(server: TelegramServer) -> Account:
    return server.add_bot("placewatch_bot", token="1:TEST")


@pytest.fixture
def olena(server: TelegramServer) -> Account:
    return server.add_user("Olena", phone="+380500000002")
