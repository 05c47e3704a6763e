"""Pages of public channels, asked for politely: one pace for all, pauses that are asked for, trouble that is named."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from aiolimiter import AsyncLimiter

from bot import __version__, socks
from bot.errors import Busy, Mendable, Unavailable
from bot.languages import N_
from config.proxies import Proxy

log = logging.getLogger(__name__)

_LARGEST: Final = 8_000_000  # bytes
_MOST_REDIRECTS: Final = 3
_LONGEST_PAUSE: Final = 3600.0
_HEADERS: Final = {
    "User-Agent": f"placewatch/{__version__}",
    "Accept": "text/html",
    "Accept-Language": "en",
}


class NoPreview(Mendable):
    """Nothing is shown to the public under that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            N_(
                "@{name} shows no posts to the public: there is no such channel, or it has no web preview, or it is a "
                "person or a group. Look at https://t.me/{name} in a browser; without a preview only a reading account "
                "can read it."
            ),
            name=name,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A page's bytes, and by what the server would know it again."""

    url: str
    body: bytes
    validators: dict[str, str]


class Pages:
    """Asks for pages; nothing is asked twice at once, and nothing while the server wants a pause."""

    def __init__(
        self,
        address: str,
        *,
        page_seconds: float,
        pause_seconds: float,
        timeout_seconds: float,
        proxy: Proxy | None = None,
    ) -> None:
        """`address` is what stands before a channel's name: https://t.me/s/"""
        self._address = address
        self._proxy = proxy
        self._pause_seconds = pause_seconds
        self._timeout = timeout_seconds
        self._pace = AsyncLimiter(1, page_seconds)
        self._client: httpx.AsyncClient | None = None
        self._known: dict[str, dict[str, str]] = {}  # url -> validators of the page that was taken last
        self._asked: deque[float] = deque(maxlen=1000)  # when, by the monotonic clock
        self._paused_until = 0.0
        self._pauses = 0  # in a row
        self.validates = False  # the server has given a validator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections between requests; without it each request makes its own."""
        async with self._make_client() as self._client:
            try:
                yield
            finally:
                self._client = None

    def _make_client(self) -> httpx.AsyncClient:
        return socks.client(self._proxy, headers=_HEADERS, timeout=self._timeout, follow_redirects=False)

    @property
    def in_last_minute(self) -> int:
        """How many pages were asked for. May be read from any thread, as `pause` may."""
        now = time.monotonic()
        return sum(at > now - 60 for at in tuple(self._asked))

    @property
    def pause(self) -> float:
        """Seconds until anything is asked again, as the server has wanted; 0 where it wants no pause."""
        return max(0.0, self._paused_until - time.monotonic())

    async def get(self, name: str, **where: int) -> Answer:
        """The page of a channel, the newest one or that `before` or `after` an id.

        Busy where the server wants a pause, Unavailable where there was no whole answer, NoPreview where nothing is
        shown to the public.
        """
        answer = await self._get(name, str(httpx.URL(self._address + name, params=where or None)), {})
        if answer is None:
            raise Unavailable(
                "the server of public pages says that a page is known which it was not asked for"
            )
        return answer

    async def get_if_changed(self, name: str) -> Answer | None:
        """The newest page of a channel; None where it is as it was when last taken. Else as `get`."""
        url = str(httpx.URL(self._address + name))
        return await self._get(name, url, self._known.get(url, {}))

    async def _get(self, name: str, url: str, validators: dict[str, str]) -> Answer | None:
        client = self._client
        if client is not None:
            return await self._follow(client, name, url, validators)
        async with self._make_client() as client:
            return await self._follow(client, name, url, validators)

    def taken(self, answer: Answer) -> None:
        """What the page showed is kept: it need not come again while it is the same."""
        if answer.validators:
            self._known[answer.url] = answer.validators

    async def _follow(
        self, client: httpx.AsyncClient, name: str, url: str, validators: dict[str, str]
    ) -> Answer | None:
        asked = url
        for _ in range(1 + _MOST_REDIRECTS):
            status, headers, body = await self._ask(client, asked, validators)
            if status == 304:
                return None
            if status == 200:
                self._pauses = 0
                return Answer(url, body, self._validators(headers))
            if status in (301, 302, 303, 307, 308):
                asked = self._led_to(name, asked, headers.get("location", ""))
                continue
            if status == 429:
                raise self._paused(status, headers, body)
            if status == 404:
                raise NoPreview(name)
            log.warning("page refused channel=%s status=%d", name, status)
            raise Unavailable(f"the server of public pages answered {status}")
        raise Unavailable("the server of public pages leads in a circle")

    async def _ask(
        self, client: httpx.AsyncClient, url: str, validators: dict[str, str]
    ) -> tuple[int, httpx.Headers, bytes]:
        if (wait := self.pause) > 0:
            raise Busy("public pages", wait)
        async with self._pace:
            if (wait := self.pause) > 0:  # it was asked for while this one waited
                raise Busy("public pages", wait)
            self._asked.append(time.monotonic())
            try:
                async with (
                    asyncio.timeout(self._timeout),
                    client.stream("GET", url, headers=validators) as answer,
                ):
                    pieces, length = [], 0
                    async for piece in answer.aiter_bytes():
                        pieces.append(piece)
                        length += len(piece)
                        if length > _LARGEST:
                            raise Unavailable(f"the page is larger than {_LARGEST:,} bytes")
                    return answer.status_code, answer.headers, b"".join(pieces)
            except TimeoutError:
                raise Unavailable(
                    f"the server of public pages gave no answer in {self._timeout:.0f} s"
                ) from None
            except (httpx.HTTPError, httpx.InvalidURL) as trouble:
                raise Unavailable(f"the server of public pages: {type(trouble).__name__}") from trouble

    def _led_to(self, name: str, asked: str, location: str) -> str:
        """Where a redirect leads, if it is to the same host's page of a channel."""
        try:
            target = urljoin(asked, location)
            here, there = urlsplit(asked), urlsplit(target)
            host, other = here.hostname, there.hostname
        except ValueError:
            raise NoPreview(name) from None
        folder = here.path.rpartition("/")[0] + "/"
        if other != host or there.scheme not in ("https", here.scheme) or not there.path.startswith(folder):
            log.info("page leads elsewhere channel=%s location=%s", name, location[:200])
            raise NoPreview(name)
        return target

    def _validators(self, headers: httpx.Headers) -> dict[str, str]:
        found = {
            asks: headers[given]
            for given, asks in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
            if headers.get(given)
        }
        self.validates |= bool(found)
        return found

    def _paused(self, status: int, headers: httpx.Headers, body: bytes) -> Busy:
        """Nobody has written down what a rate limit looks like there: the answer is logged."""
        named = headers.get("retry-after", "")
        wait = self._pause_seconds * 2 ** min(self._pauses, 4) * random.uniform(1, 1.25)  # noqa: S311 - no secret
        wait = min(_LONGEST_PAUSE, max(wait, float(named) if named.isascii() and named.isdigit() else 0.0))
        self._pauses += 1
        self._paused_until = time.monotonic() + wait
        log.warning(
            "server of public pages wants a pause status=%d retry_after=%s wait=%.0f headers=%s answer=%s",
            status,
            named or None,
            wait,
            dict(headers.multi_items()),
            body[:300].decode("utf-8", "replace"),
        )
        return Busy("public pages", wait)
