"""Web pages through a SOCKS5 proxy: httpx's own way needs a library more, ours the one that Telethon uses.

Names are looked up by the proxy, and where it is down nothing is fetched: there is no other way out of here.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpcore
import httpx
from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from python_socks.async_.asyncio import Proxy as Connector

from bot.errors import Mendable
from config.proxies import Proxy

TROUBLE = (OSError, ProxyError, ProxyConnectionError, ProxyTimeoutError)
"""What a proxy that is down or refuses raises: not all of it is an OSError."""


def client(proxy: Proxy | None, **options: Any) -> httpx.AsyncClient:
    """A client that goes through the proxy and no other way; without one, as httpx and the environment have it."""
    if proxy is None:
        return httpx.AsyncClient(**options)
    if proxy.kind != "socks5":
        raise Mendable(
            "An MTProto proxy carries nothing but Telegram; web pages need a SOCKS5 proxy: PLACEWATCH_PROXY"
        )
    transport = httpx.AsyncHTTPTransport(trust_env=False)
    # httpx has no setting for this; `tests/test_socks.py` holds it.
    transport._pool = httpcore.AsyncConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=_Backend(proxy)
    )
    return httpx.AsyncClient(transport=transport, trust_env=False, **options)


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects through the proxy."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A stream to the host, by its name, as the proxy finds it."""
        connector = Connector.from_url(self._proxy.url, rdns=True)
        try:
            connected = await connector.connect(dest_host=host, dest_port=port, timeout=timeout)
        except TROUBLE as trouble:
            raise httpcore.ConnectError(f"the proxy: {type(trouble).__name__}") from trouble
        return _Stream(*await asyncio.open_connection(sock=connected))

    async def sleep(self, seconds: float) -> None:
        """Between two attempts."""
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection as httpcore reads and writes it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes; none at the end."""
        with _told(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of it."""
        with _told(httpcore.WriteTimeout, httpcore.WriteError):
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()

    async def aclose(self) -> None:
        """At once: what is under way is of no use to anybody."""
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """The same stream, from now on encrypted."""
        with _told(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about a connection."""
        if info == "is_readable":  # an idle connection that has something to say is a closed one
            return self._reader.at_eof()
        return self._writer.get_extra_info(
            {"server_addr": "peername", "client_addr": "sockname"}.get(info, info)
        )


@contextmanager
def _told(late: type[Exception], broken: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as trouble:
        raise late(str(trouble)) from trouble
    except OSError as trouble:
        raise broken(str(trouble)) from trouble
