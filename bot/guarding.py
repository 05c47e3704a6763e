"""What `placewatch doctor` says of the proxy, the passphrase, the health port and the running service."""

from __future__ import annotations

import asyncio
import importlib.util
import ipaddress
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from bot import control
from bot.errors import Mendable
from bot.findings import Finding
from bot.health.judge import line
from bot.socks import TROUBLE
from bot.telegram.former import copies
from bot.telegram.sealed import Vault, is_sealed
from config.settings import Settings

_PATIENCE = 5.0  # seconds


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Each of them, where it is asked for."""
    for finding in (*_port(settings), *_sessions(settings)):
        yield finding
    if settings.guard.proxy is not None:
        yield await _proxy(settings)
    async for finding in _service(settings.data):
        yield finding


def _port(settings: Settings) -> Iterator[Finding]:
    chosen = settings.health
    if not chosen.enabled:
        if chosen.metrics:
            words = "PLACEWATCH_HEALTH__METRICS has no effect without PLACEWATCH_HEALTH__ENABLED=true"
            yield Finding("health port", "warning", words)
        return
    if chosen.metrics and importlib.util.find_spec("prometheus_client") is None:
        words = "PLACEWATCH_HEALTH__METRICS needs prometheus-client: pip install 'placewatch[metrics]'"
        yield Finding("health port", "bad", words)
    elif not _is_loopback(chosen.host):
        words = (
            f"whoever reaches {chosen.host}:{chosen.port} may read which channels and chats there are. Meant in a "
            "container; else: PLACEWATCH_HEALTH__HOST=127.0.0.1"
        )
        yield Finding("health port", "warning", words)
    else:
        yield Finding(
            "health port", "ok", f"http://{chosen.host}:{chosen.port}/healthz, for this machine only"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sessions(settings: Settings) -> Iterator[Finding]:
    for path in sorted(settings.data.glob("*.session")):
        area, sealed = f"session {path.stem}", is_sealed(path)
        if settings.passphrase is not None:
            try:
                Vault(path, settings.passphrase).read() if sealed else Vault(path, settings.passphrase)
            except Mendable as problem:
                yield Finding(area, "bad", str(problem))
                continue
            words = (
                "sealed, and the passphrase opens it" if sealed else "plain; it is sealed at the next start"
            )
            yield Finding(area, "ok", words)
        elif sealed:
            yield Finding(area, "bad", "sealed, and PLACEWATCH_PASSPHRASE is not set")
        else:
            yield Finding(area, "ok", "a plain file, for its owner only; PLACEWATCH_PASSPHRASE seals it")
        if found := copies(path):
            words = f"{found[-1].name} is a copy from before another Telethon opened it; delete it when all is well"
            yield Finding(area, "ok", words)


async def _proxy(settings: Settings) -> Finding:
    proxy = settings.guard.proxy
    assert proxy is not None  # noqa: S101 - asked only then
    try:
        async with asyncio.timeout(_PATIENCE):
            _, writer = await asyncio.open_connection(proxy.host, proxy.port)
        writer.close()
    except TROUBLE as trouble:
        words = f"{proxy.place} can't be reached ({trouble or 'no answer'}): nothing leaves this machine until it can"
        return Finding("proxy", "bad", words)
    return Finding("proxy", "ok", f"{proxy.place} answers; everything goes through it")


async def _service(data: Path) -> AsyncIterator[Finding]:
    if not (data / "control.sock").exists():
        yield Finding("service", "ok", "none runs just now; placewatch run starts it")
        return
    try:
        report = await control.ask(data, "health", {}, patience=_PATIENCE)
    except Mendable as problem:
        yield Finding("service", "warning", str(problem))
        return
    yield Finding("service", "bad" if report["problems"] else "ok", line(report))
