"""How a client of Telethon is told to go through a proxy, and through nothing else."""

from __future__ import annotations

from typing import Any

from telethon.network.connection import ConnectionTcpMTProxyRandomizedIntermediate

from config.proxies import Proxy


class _ThroughMTProto(ConnectionTcpMTProxyRandomizedIntermediate):  # type: ignore[misc]
    """Telethon's, which leaves its socket open where the proxy hangs up before the first answer, at every attempt."""

    async def _connect(self, timeout: float | None = None, ssl: Any = None) -> None:
        try:
            await super()._connect(timeout=timeout, ssl=ssl)
        except BaseException:
            if self._writer is not None:
                self._writer.transport.abort()
            raise


def options(proxy: Proxy | None) -> dict[str, Any]:
    """What the client's constructor is given.

    Every connection of a client takes it, those to other data centres too. Without python-socks Telethon would only
    warn and connect directly: it is a dependency of ours, and `bot.socks` can't be imported without it.
    """
    if proxy is None:
        return {}
    secret = proxy.secret.get_secret_value() if proxy.secret is not None else None
    if proxy.kind == "mtproxy":
        return {
            "connection": _ThroughMTProto,
            "proxy": (proxy.host, proxy.port, secret),
        }
    return {
        "proxy": {
            "proxy_type": "socks5",
            "addr": proxy.host,
            "port": proxy.port,
            "rdns": True,
            "username": proxy.user,
            "password": secret,
        }
    }
