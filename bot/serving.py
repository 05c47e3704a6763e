"""Uvicorn as a part of a program that minds its own signals, and the sockets that it answers on."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import uvicorn


class Server(uvicorn.Server):
    """Ends when it is told to; signals are its host's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave every signal as it is."""
        yield


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on an address of this machine; OSError where it can't be had."""
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.create_server(address[:2], family=family)
    # Connections inherit it. asyncio sets it only where the socket names TCP as its protocol, which this one does
    # not; without it the second part of each answer waits 40 ms for the reader's delayed acknowledgement.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
