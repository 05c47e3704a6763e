"""Public pages go through the proxy by the host's name, or not at all."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from bot.errors import Mendable, Unavailable
from bot.preview.fetch import Pages
from bot.socks import client
from config.loading import load
from config.problems import SettingsError
from config.proxies import Proxy
from tests.preview_server import PreviewServer
from tests.socks_server import SocksServer


def through(address: str) -> Proxy:
    return Proxy.of(SecretStr(address))


def pages(address: str, proxy: Proxy) -> Pages:
    return Pages(address, page_seconds=0.001, pause_seconds=1, timeout_seconds=5, proxy=proxy)


async def test_pages_come_through_the_proxy_which_looks_the_name_up() -> None:
    async with PreviewServer() as server, SocksServer("anna", "p@ss word") as socks:
        server.add_channel("dpr_head", title="Head of DPR").post("Бои")
        proxy = Proxy("socks5", "127.0.0.1", socks.port, "anna", SecretStr("p@ss word"))
        port = int(server.address.split(":")[2].split("/")[0])
        # A name that nobody but the proxy knows.
        asked = pages(f"http://pages.invalid:{port}/s/", proxy)
        async with asked.open():
            for _ in range(3):
                await asked.get("dpr_head")
        assert set(socks.asked) == {("pages.invalid", port)}
        assert len(server.requests) == 3


@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_proxy_that_refuses_or_is_down_is_no_way_around(password: str | None) -> None:
    async with PreviewServer() as server:
        server.add_channel("dpr_head", title="Head of DPR").post("Бои")
        async with SocksServer("anna", "right") as socks:
            address = f"socks5://anna:{password}@127.0.0.1:{socks.port}"
            if password is not None:
                with pytest.raises(Unavailable):
                    await pages(server.address, through(address)).get("dpr_head")
        with pytest.raises(Unavailable):
            await pages(server.address, through(address)).get("dpr_head")
        assert server.requests == []


async def test_the_environments_proxies_and_exceptions_mean_nothing_where_one_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with PreviewServer() as server:
        async with SocksServer() as socks, client(through(socks.address)) as web:
            await web.get(server.address + "dpr_head")
            assert len(socks.asked) == 1
        async with client(through(socks.address)) as web:
            with pytest.raises(httpx.ConnectError):
                await web.get(server.address + "dpr_head")


def test_what_an_mtproto_proxy_can_not_carry_is_refused() -> None:
    proxy = "mtproxy://00112233445566778899aabbccddeeff@127.0.0.1:443"
    with pytest.raises(Mendable, match="SOCKS5"):
        client(through(proxy))
    with pytest.raises(SettingsError, match="PLACEWATCH_SOURCE=preview needs SOCKS5"):
        load(None, {"PLACEWATCH_PROXY": proxy, "PLACEWATCH_SOURCE": "preview"})


def test_outputs_which_would_go_past_the_proxy_are_refused() -> None:
    both = {"PLACEWATCH_PROXY": "socks5://127.0.0.1:1", "PLACEWATCH_OUTPUTS": "ops=json://127.0.0.1:2"}
    with pytest.raises(SettingsError, match="would go past it"):
        load(None, both)
