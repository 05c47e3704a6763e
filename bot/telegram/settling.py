"""Whether what Telegram told us is done with: until then, what it has told must not be written down as heard."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

_PATIENCE = 1.0  # seconds; what never falls silent is settled another time


class Settling:
    """Waits for the tasks that carry out what was heard."""

    def __init__(self, under_way: Collection[asyncio.Task[Any]]) -> None:
        """`under_way` is looked at anew each time, such as the values of a dict."""
        self._under_way = under_way
        self._dropped = False

    async def settled(self) -> bool:
        """Wait until what was heard by now is carried out; False where it may not be."""
        tasks = list(self._under_way)
        unfinished = (await asyncio.wait(tasks, timeout=_PATIENCE))[1] if tasks else None
        return not unfinished and not self._dropped

    async def drop(self) -> None:
        """Cancel what is under way, and wait for its end."""
        tasks = list(self._under_way)
        self._dropped |= bool(tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
