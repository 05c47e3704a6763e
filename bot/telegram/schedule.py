"""Which channel is read next: each at its own time, none twice at once."""

from __future__ import annotations

import asyncio


class Schedule:
    """Keys with the times at which they are due, by the loop's clock. Asking earlier never makes it later."""

    def __init__(self) -> None:
        self._due: dict[int, float] = {}
        self._under_way: set[int] = set()
        self._changed = asyncio.Event()

    def ask(self, key: int, delay: float = 0) -> None:
        """Have the key come up after `delay` seconds, or sooner where it is due sooner."""
        at = asyncio.get_running_loop().time() + delay
        self._due[key] = min(at, self._due.get(key, at))
        self._changed.set()

    def drop(self, key: int) -> None:
        """The key comes up no more."""
        self._due.pop(key, None)

    async def next(self) -> int:
        """Wait for the key that is due first; it does not come up again until `done`."""
        loop = asyncio.get_running_loop()
        while True:
            self._changed.clear()
            waiting = [(at, key) for key, at in self._due.items() if key not in self._under_way]
            at, key = min(waiting, default=(None, 0))
            if at is not None and at <= loop.time():
                del self._due[key]
                self._under_way.add(key)
                return key
            try:
                async with asyncio.timeout_at(at):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def done(self, key: int) -> None:
        """The key may come up again."""
        self._under_way.discard(key)
        self._changed.set()
