"""A place outside Telegram: a webhook on this machine that remembers what it was told."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from types import TracebackType
from typing import Any

import pytest

needs_apprise = pytest.mark.skipif(
    importlib.util.find_spec("apprise") is None,
    reason="apprise is not installed: pip install 'placewatch[outputs]'",
)


class Webhook:
    """Takes POST requests of apprise's json:// form."""

    port: int

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.failing = False

    async def __aenter__(self) -> Webhook:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        if not self.failing:
            self.requests.append(body)
            self.texts.append(f"{body['title']}\n{body['message']}")
        status = "500 Broken" if self.failing else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
