"""A local server with the pages of public channels, and with every way in which such a server can fail.

    async with PreviewServer() as server:
        channel = server.add_channel("dpr_head", title="Head of DPR")
        channel.post("Бои в Покровске")
        server.fail("429", "reset")     # the next answers, one each
        server.address                  # http://127.0.0.1:PORT/s/

What was asked is in `server.requests`. Without `validators` no answer has an ETag, as with Telegram's own server
as far as anybody has written down.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.preview_server.html import Shown, page

_PAGE = 20  # messages, each photo of an album counted

__all__ = ["Channel", "PreviewServer", "Request", "Shown"]


@dataclass
class Channel:
    """A channel and what its pages show."""

    name: str
    title: str
    posts: list[Shown] = field(default_factory=list)
    next_id: int = 1
    public: bool = True
    skips: bool = False  # the page after an id shows the newest posts instead of the next ones

    def post(
        self, words: str = "", *, html: str | None = None, at: datetime | None = None, **more: Any
    ) -> int:
        """Post, and answer with the id."""
        number = self.next_id
        shown = escape(words, quote=False).replace("\n", "<br/>") if html is None else html
        self.posts.append(Shown(number, at or datetime.now(UTC), shown, **more))
        self.next_id += 1
        return number

    def album(self, words: str, parts: int) -> int:
        """Several photos under one caption."""
        number = self.next_id
        self.post(words, album=tuple(range(number + 1, number + parts)))
        self.next_id = number + parts
        return number

    def skip(self, ids: int = 1) -> None:
        """Ids at which nothing is shown."""
        self.next_id += ids

    def edit(self, number: int, words: str) -> None:
        """Change a post's words."""
        post = next(p for p in self.posts if p.id == number)
        post.html, post.edited = escape(words, quote=False), True

    def delete(self, number: int) -> None:
        """Take a post away."""
        self.posts = [p for p in self.posts if p.id != number]

    def page(self, before: int | None, after: int | None) -> str:
        """The page that an address asks for."""
        if after is not None and not self.skips:
            chosen = _fill(p for p in self.posts if p.id > after)
        else:
            fitting = [p for p in self.posts if before is None or p.id < before]
            chosen = _fill(reversed(fitting))[::-1]
        older = bool(chosen) and any(p.id < chosen[0].id for p in self.posts)
        return page(self.name, self.title, chosen, older=older)


def _fill(posts: Iterable[Shown]) -> list[Shown]:
    chosen: list[Shown] = []
    for post in posts:
        if chosen and sum(p.weight for p in chosen) + post.weight > _PAGE:
            break
        chosen.append(post)
    return chosen


@dataclass(frozen=True)
class Request:
    """What was asked for, and when by the loop's clock."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float


class PreviewServer:
    """Serves `/s/NAME`, with `before` and `after`."""

    def __init__(self, *, validators: bool = False) -> None:
        self.channels: dict[str, Channel] = {}
        self.requests: list[Request] = []
        self.validators = validators
        self.slow = 0.0  # seconds before every answer
        self._faults: list[str] = []
        self._server: asyncio.Server | None = None
        self._handling: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._handling:
            task.cancel()
        await asyncio.gather(*self._handling, return_exceptions=True)

    @property
    def address(self) -> str:
        """What PLACEWATCH_PREVIEW__ADDRESS is to be."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/s/"

    def add_channel(self, name: str, *, title: str = "A channel") -> Channel:
        """A channel without posts."""
        self.channels[name.casefold()] = Channel(name, title)
        return self.channels[name.casefold()]

    def fail(self, *faults: str) -> None:
        """How the next answers go wrong, one each: "429", "500", "reset", "cut", "stall", "redirect", "form"."""
        self._faults += faults

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) and await self._answer(head, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        first, *lines = head.decode().split("\r\n")
        target = urlsplit(first.split(" ")[1])
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        query = {key: values[0] for key, values in parse_qs(target.query).items()}
        self.requests.append(Request(target.path, query, headers, asyncio.get_running_loop().time()))
        await asyncio.sleep(self.slow)
        fault = self._faults.pop(0) if self._faults else ""
        if fault == "reset":
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if fault == "stall":
            await asyncio.sleep(3600)
        if fault in ("429", "500", "503"):
            _write(writer, f"{fault} Trouble", b"Too Many Requests", {"Retry-After": "0"})
        elif fault == "redirect":
            _write(writer, "302 Found", b"", {"Location": "http://elsewhere.invalid/s/x"})
        else:
            self._write_page(writer, target.path, query, headers, fault)
        await writer.drain()
        return True

    def _write_page(
        self,
        writer: asyncio.StreamWriter,
        path: str,
        query: dict[str, str],
        headers: dict[str, str],
        fault: str,
    ) -> None:
        name = path.removeprefix("/s/")
        channel = self.channels.get(name.casefold())
        if channel is None or not channel.public:
            _write(writer, "302 Found", b"", {"Location": f"/{name}"})
            return
        numbers = {key: int(query[key]) if key in query else None for key in ("before", "after")}
        body = channel.page(numbers["before"], numbers["after"]).encode()
        if fault == "cut":
            body = body[: len(body) // 2]
        if fault == "form":
            body = body.replace(b"tgme_", b"tgme2_")
        tag = f'"{sha256(body).hexdigest()[:16]}"'
        more = {"ETag": tag} if self.validators else {}
        if self.validators and headers.get("if-none-match") == tag:
            _write(writer, "304 Not Modified", b"", more)
        else:
            _write(writer, "200 OK", body, {"Content-Type": "text/html; charset=utf-8", **more})


def _write(writer: asyncio.StreamWriter, status: str, body: bytes, headers: dict[str, str]) -> None:
    every = {"Content-Length": str(len(body)), **headers}
    lines = "".join(f"{key}: {value}\r\n" for key, value in every.items())
    writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)
