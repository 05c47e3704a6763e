"""One file, taken in step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from bot.copies import Copies
from bot.errors import Mendable
from bot.exports import Broken, Chat, Damaged, Entry, Reader, Refused, Service, Taken, find, read
from bot.importing.channel import Listed
from bot.importing.tally import Tally
from bot.lookout import Lookout
from bot.monitor import Monitor
from storage import imports
from storage.store import Store

_BATCH = 100  # posts a transaction: one beside live posts delays them by some milliseconds
_AHEAD = timedelta(days=1)  # what is posted later than that from now is no date


class Import:
    """One file; `step` until the tally says that it is done."""

    def __init__(
        self,
        path: Path,
        store: Store,
        monitor: Monitor,
        lookout: Lookout,
        *,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        username: str | None,
        dry_run: bool,
    ) -> None:
        """Mendable where there is no such file, or it can't be read. `monitor` takes what reading has yet to reach."""
        file = find(path)
        self._store = store
        self._live = monitor
        self._lookout = lookout
        self._zone = zone
        self._clock = clock
        self._username = username
        try:
            self._file = file.open("rb")
            self._reader = Reader(self._file)
        except OSError as error:
            raise Mendable(f"{file} can't be read: {error.strerror}.") from error
        self._items = iter(self._reader)
        self.tally = Tally(str(file), dry_run, bytes_total=file.stat().st_size)
        self._chat: Listed | None = None

    async def step(self, seconds: float) -> Tally:
        """Take some of it; StorageError where nothing can be written just now."""
        until = monotonic() + seconds
        while not self.tally.done and monotonic() < until:
            try:
                # Reading may wait for a slow disk: beside the event loop.
                items = await asyncio.to_thread(lambda: list(islice(self._items, _BATCH)))
            except OSError as error:
                raise Mendable(f"{self.tally.file} can't be read on: {error.strerror}.") from error
            self.tally.bytes_read = self._reader.bytes_read
            await self._take(items)
            if not items:
                self.tally.done = True
                self.close()
        return self.tally

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    async def _take(self, items: list[Chat | Entry | Damaged | Broken]) -> None:
        for item in items:
            match item:
                case Chat():
                    await self._finish()
                    self._chat = await self._begin(item)
                case Broken():
                    self.tally.broken = f"from character {item.position + 1:,} on: {item.reason}"
                case _ if self._chat is not None:
                    self._sort(item, self._chat)
        await self._finish()

    async def _finish(self) -> None:
        if self._chat is not None:
            await self._chat.flush(self.tally, self._clock())

    async def _begin(self, chat: Chat) -> Listed | None:
        name = chat.name or "a chat without a name"
        if chat.kind != "public_channel":
            if chat.alone:
                raise Mendable(
                    f"{self.tally.file} is of {name}, which is no public channel ({chat.kind or 'of no type'}). "
                    "Only what public channels say is taken in."
                )
            self.tally.leave(f"{name} ({chat.kind or 'of no type'})")
            return None
        if not chat.alone and self._username is not None:
            raise Mendable(
                "The export is of a whole account: leave out --channel, its channels have numbers."
            )
        telegram_id = chat.telegram_id if chat.telegram_id and 0 < chat.telegram_id < 2**52 else None
        if telegram_id is None and not chat.alone:
            self.tally.leave(f"{name} (without a number)")
            return None
        if telegram_id is None and self._username is None:
            raise Mendable(
                f"{self.tally.file} does not say which channel {name} is. Give its name: --channel @NAME."
            )
        if self.tally.dry_run:
            channel = await self._store.read(imports.channel_of, telegram_id, self._username)
        else:
            title = chat.name or self._username or str(telegram_id)
            channel = await self._store.write(
                imports.settle_channel, telegram_id, self._username, title, now=self._clock()
            )
        self.tally.channels.append(channel.name if channel else chat.name or f"channel {telegram_id}")
        # Copies of its own, which go through the years with the file; of what others said they know the last days.
        copies = Copies()
        await self._store.write(copies.load, now=self._clock())
        history = Monitor(self._store, self._lookout, None, _nothing, copies)
        return Listed(channel, chat.alone, self._store, self._live, history)

    def _sort(self, item: Entry | Damaged, chat: Listed) -> None:
        tally = self.tally
        if isinstance(item, Damaged):
            tally.refuse(_where(item.message_id, item.position), item.reason)
            chat.interrupted()
            return
        found = read(item.raw, chat.channel_id, zone=self._zone, until=self._clock() + _AHEAD)
        match found:
            case Refused():
                tally.refuse(_where(found.message_id, item.position), found.reason)
                chat.interrupted()
            case Service():
                tally.service += 1
                chat.saw(found.message_id)
            case Taken():
                tally.without_zone += found.local
                tally.with_media += found.post.media is not None
                chat.saw(found.post.key.message_id)
                chat.waiting.append(found.post)


def _where(message_id: int | None, position: int) -> str:
    return f"message {message_id}" if message_id else f"at character {position + 1:,}"


def _nothing() -> None:
    """Nobody has to be woken: history owes nothing."""
