"""The doctor looks at the proxy, the passphrase, the port and the running service."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import control
from bot.guarding import look
from bot.telegram.client import make_client
from config.guard import Guard
from config.sections import Health, Telegram
from config.settings import Settings

PASSPHRASE = SecretStr("correct horse battery")


async def said(data: Path, **settings: Any) -> dict[str, tuple[str, str]]:
    return {f.area: (f.state, f.words) async for f in look(Settings(data=data, **settings))}


async def test_where_nothing_is_asked_for_only_the_service_is_looked_at(tmp_path: Path) -> None:
    assert await said(tmp_path) == {"service": ("ok", "none runs just now; placewatch run starts it")}


@pytest.mark.parametrize(
    ("chosen", "state", "words"),
    [
        (Health(enabled=True), "ok", "for this machine only"),
        (Health(enabled=True, host="0.0.0.0"), "warning", "which channels and chats there are"),  # noqa: S104
        (Health(metrics=True), "warning", "has no effect without PLACEWATCH_HEALTH__ENABLED=true"),
    ],
)
async def test_the_port(tmp_path: Path, chosen: Health, state: str, words: str) -> None:
    found = await said(tmp_path, health=chosen)
    assert found["health port"][0] == state
    assert words in found["health port"][1]


async def test_sessions_and_what_opens_them(tmp_path: Path) -> None:
    account = Telegram(api_id=1, api_hash=SecretStr("0" * 32))
    make_client(account, tmp_path / "reader.session", Guard(passphrase=PASSPHRASE)).session.close()
    assert (await said(tmp_path, passphrase=PASSPHRASE))["session reader"][
        1
    ] == "sealed, and the passphrase opens it"
    wrong = await said(tmp_path, passphrase=SecretStr("another one altogether"))
    assert wrong["session reader"][0] == "bad"
    assert (await said(tmp_path))["session reader"] == ("bad", "sealed, and PLACEWATCH_PASSPHRASE is not set")


async def test_a_proxy_that_answers_and_one_that_does_not(tmp_path: Path) -> None:
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as server:
        address = SecretStr(f"socks5://anna:hunter2x@127.0.0.1:{server.sockets[0].getsockname()[1]}")
        up = await said(tmp_path, proxy=address)
        assert up["proxy"][0] == "ok"
        assert "hunter2x" not in str(up)
    down = await said(tmp_path, proxy=address)
    assert down["proxy"][0] == "bad"
    assert "nothing leaves this machine" in down["proxy"][1]
    assert "hunter2x" not in str(down)


async def test_the_running_service_is_asked_how_it_is(tmp_path: Path) -> None:
    async def health() -> dict[str, Any]:
        return {"problems": ["archive: full"]}

    async with control.serving(tmp_path, {"health": health}):
        assert (await said(tmp_path))["service"] == ("bad", "unwell: archive: full")
