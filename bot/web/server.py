"""The review page at an address: inside the service, or beside it."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Final

import uvicorn

from bot import claims, clock
from bot.errors import Mendable
from bot.languages import N_, Said
from bot.serving import Server, listening
from bot.web.app import create
from bot.web.site import Ask, Site
from config.settings import Settings
from storage import lock
from storage.store import Store

log = logging.getLogger(__name__)

_READERS: Final = 2
_GRACE: Final = 3  # seconds that answers under way may take at the end


async def _quiet(address: str) -> None:
    """The log says it."""


async def run(settings: Settings, ask: Ask, ready: Callable[[str], Awaitable[None]] = _quiet) -> None:
    """Serve the page until cancelled; Mendable where the address can't be had. `ready` is told where it is."""
    ours = listen(settings.web.host, settings.web.port)
    try:
        store = await Store.open(settings.data / lock.DATABASE, write=False, readers=_READERS)
        try:
            site = Site(
                store=store,
                ask=ask,
                settings=settings,
                claims=claims.load_or_embedded(settings.data / claims.FILE),
                now=clock.now,
            )
            await serve(site, ours, ready)
        finally:
            await store.close()
    finally:
        ours.close()


def listen(host: str, port: int) -> socket.socket:
    """The socket of an address; Mendable where it can't be had."""
    try:
        return listening(host, port)
    except OSError as error:
        raise Mendable(_words(error, host, port)) from error


def _words(error: OSError, host: str, port: int) -> Said:
    if error.errno == errno.EADDRINUSE:
        return Said(
            N_(
                "The review page can't listen on {host}:{port}: another program does, perhaps another placewatch. "
                "Stop it, or set PLACEWATCH_WEB__PORT (placewatch web --port) to another port."
            ),
            host=host,
            port=port,
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Said(
            N_(
                "The review page may not listen on port {port}: those below 1024 are the system's. "
                "Set PLACEWATCH_WEB__PORT to a higher one."
            ),
            port=port,
        )
    return Said(
        N_(
            "The review page can't listen on {host}:{port} ({error}). "
            "Set PLACEWATCH_WEB__HOST to an address of this machine, such as 127.0.0.1."
        ),
        host=host,
        port=port,
        error=error.strerror or error,
    )


async def serve(site: Site, ours: socket.socket, ready: Callable[[str], Awaitable[None]]) -> None:
    """Answer on a socket until cancelled."""
    server = Server(
        uvicorn.Config(
            create(site),
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            server_header=False,
            lifespan="off",
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[ours]))
    host, port = ours.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    log.info("review page address=%s", address)
    try:
        await ready(address)
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
