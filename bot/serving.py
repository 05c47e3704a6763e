"""Uvicorn as a part of a program that minds its own signals."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import uvicorn


class Server(uvicorn.Server):
    """Ends when it is told to; signals are its host's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave every signal as it is."""
        yield
