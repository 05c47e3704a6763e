"""Work that blocks, beside the event loop, which ends soon after whoever waits for it has gone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def beside(work: Callable[[Callable[[], bool]], T]) -> T:
    """Run `work` on a thread; it is handed a question that says whether to stop, asked as often as it can."""
    gone = threading.Event()
    try:
        return await asyncio.to_thread(work, gone.is_set)
    finally:
        gone.set()
