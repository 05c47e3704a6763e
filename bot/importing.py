"""An export of Telegram Desktop on its way into the archive, step by step.

Whoever wants it asks for the next step: nothing runs unasked, so a stop at any moment leaves what was taken, and
the same file again goes on from there, since what is held already changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from bot.control import Operation
from bot.copies import Copies
from bot.errors import Mendable
from bot.exports import Broken, Chat, Damaged, Entry, Reader, Refused, Service, Taken, find, read
from bot.lookout import Lookout
from bot.monitor import Monitor
from storage import imports
from storage.database import StorageError
from storage.records import Channel, ChannelState, Post
from storage.store import Store

_BATCH = 100  # posts a transaction: one beside live posts delays them by some milliseconds
_STEP = 0.4  # seconds of one step
_TOLD = 20  # refusals and chats that are told in words; the rest are counted
_IDLE = 10.0  # seconds after which an import that nobody asks for has ended
_AHEAD = timedelta(days=1)  # what is posted later than that from now is no date


@dataclass(slots=True)
class Tally:
    """What has come of a file so far; the fields are what `--json` prints."""

    file: str
    dry_run: bool
    bytes_read: int = 0
    bytes_total: int = 0
    posts: int = 0  # taken: new to the archive
    known: int = 0  # held already
    revised: int = 0  # held with other words; the export's are newer
    older: int = 0  # held with other words that are newer than the export's
    service: int = 0
    refused: int = 0
    refusals: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    not_taken: int = 0  # chats that are no public channels
    not_taken_named: list[str] = field(default_factory=list)
    without_zone: int = 0  # posts whose time was read in our own zone
    with_media: int = 0
    broken: str | None = None
    done: bool = False

    def refuse(self, what: str, why: str) -> None:
        self.refused += 1
        if len(self.refusals) < _TOLD:
            self.refusals.append(f"{what}: {why}")

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Tally.__slots__}


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
            size = file.stat().st_size
            self._reader = Reader(self._file)
        except OSError as error:
            raise Mendable(f"{file} can't be read: {error.strerror}.") from error
        self._items = iter(self._reader)
        self.tally = Tally(str(file), dry_run, bytes_total=size)
        self._chat: _Chat | None = None

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

    async def _begin(self, chat: Chat) -> _Chat | None:
        name = chat.name or "a chat without a name"
        if chat.kind != "public_channel":
            if chat.alone:
                raise Mendable(
                    f"{self.tally.file} is of {name}, which is no public channel ({chat.kind or 'of no type'}). "
                    "Only what public channels say is taken in."
                )
            self.tally.not_taken += 1
            if len(self.tally.not_taken_named) < _TOLD:
                self.tally.not_taken_named.append(f"{name} ({chat.kind or 'of no type'})")
            return None
        if not chat.alone and self._username is not None:
            raise Mendable(
                "The export is of a whole account: leave out --channel, its channels have numbers."
            )
        telegram_id = chat.telegram_id if chat.telegram_id and 0 < chat.telegram_id < 2**52 else None
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
        return _Chat(channel, chat.alone, self._store, self._live, history)

    def _sort(self, item: Entry | Damaged, chat: _Chat) -> None:
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


class _Chat:
    """The channel whose messages are being read, and those of them that wait to be kept."""

    def __init__(
        self, channel: Channel | None, alone: bool, store: Store, live: Monitor, history: Monitor
    ) -> None:
        self.channel = channel  # None: a dry run, and the channel is new
        self.channel_id = channel.id if channel else 0
        self.waiting: list[Post] = []
        self._store = store
        self._live = live
        self._history = history
        # An account's export may leave out what others wrote; only one of a single chat lists every message.
        self._lists_all = alone
        self._span: tuple[int, int] | None = None
        self._spans: list[tuple[int, int]] = []

    def saw(self, message_id: int) -> None:
        """A message was listed: with the one before it, all between them are known to have been nothing."""
        if self._span is None or message_id < self._span[1]:
            self.interrupted()
            self._span = (message_id, message_id)
        else:
            self._span = (self._span[0], message_id)

    def interrupted(self) -> None:
        """Something stands here that we could not read."""
        if self._span is not None:
            self._spans.append(self._span)
        self._span = None

    async def flush(self, tally: Tally, now: datetime) -> None:
        """Keep what waits, then what is known by it."""
        posts, self.waiting = self.waiting, []
        spans, self._spans = [*self._spans, *([self._span] if self._span else [])], []
        if self._span:
            self._span = (self._span[1], self._span[1])
        kept = await self._keep(posts, tally, now)
        if kept and self._lists_all and self.channel is not None and not tally.dry_run:
            for low, high in spans:
                await self._store.write(imports.listed, self.channel.id, low, high)

    async def _keep(self, posts: list[Post], tally: Tally, now: datetime) -> bool:
        """Take the posts, and count what came of each; whether all of them are held now."""
        if not posts:
            return True
        numbers = list(dict.fromkeys(post.key.message_id for post in posts))
        before = await self._store.read(imports.held, self.channel_id, numbers)
        news = [p for p in posts if p.key.message_id not in before or not before[p.key.message_id].says(p)]
        tally.known += len(posts) - len(news)
        if tally.dry_run:
            self._expect(news, before, tally)
            return True
        # What a followed channel said and reading has yet to reach is news, and owes what it would have owed.
        cursor = None
        if self.channel is not None and self.channel.state is not ChannelState.REMOVED:
            cursor = self.channel.cursor
        ahead = [p for p in news if cursor is not None and p.key.message_id > cursor]
        behind = [p for p in news if cursor is None or p.key.message_id <= cursor]
        for monitor, some in ((self._history, behind), (self._live, ahead)):
            if some:
                await monitor.take(some, now)
        after = await self._store.read(imports.held, self.channel_id, numbers)
        self._count(news, before, after, tally)
        return all(number in after for number in numbers)

    def _expect(self, news: list[Post], before: dict[int, imports.Held], tally: Tally) -> None:
        for post in news:
            held = before.get(post.key.message_id)
            if held is None:
                tally.posts += 1
            elif held.text == post.text:
                tally.known += 1
            elif held.is_newer(post):
                tally.older += 1
            else:
                tally.revised += 1

    def _count(
        self,
        news: list[Post],
        before: dict[int, imports.Held],
        after: dict[int, imports.Held],
        tally: Tally,
    ) -> None:
        counted: set[int] = set()
        for post in news:
            number = post.key.message_id
            was, is_ = before.get(number), after.get(number)
            if is_ is None:
                tally.refuse(f"message {number}", "it could not be kept; the log says why")
            elif number in counted:
                tally.known += 1  # twice in the file
            elif was is None:
                tally.posts += 1
            elif is_.rev > was.rev:
                tally.revised += 1
            elif is_.text != post.text:
                tally.older += 1
            else:
                tally.known += 1
            counted.add(number)


class Imports:
    """What the command line asks of the holder of the data folder: one import at a time."""

    def __init__(
        self,
        store: Store,
        monitor: Monitor,
        lookout: Lookout,
        *,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._monitor = monitor
        self._lookout = lookout
        self._zone = zone
        self._clock = clock
        self._running: Import | None = None
        self._number = 0
        self._asked_at = 0.0
        self._stepping = asyncio.Lock()  # whoever asks for the end may ask in the middle of a step

    def by_name(self) -> dict[str, Operation]:
        """The operations by the names under which `bot.control` carries them."""
        return {"import.start": self.start, "import.step": self.step, "import.end": self.end}

    async def start(self, path: str, channel: str | None, dry_run: bool) -> dict[str, Any]:
        """Open an export; the number under which its steps are asked for."""
        if self._running is not None and monotonic() - self._asked_at < _IDLE:
            raise Mendable("Another import is under way; start this one when it has ended.")
        self._drop()
        self._running = Import(
            Path(path),
            self._store,
            self._monitor,
            self._lookout,
            zone=self._zone,
            clock=self._clock,
            username=channel,
            dry_run=dry_run,
        )
        self._number += 1
        self._asked_at = monotonic()
        return {"number": self._number}

    async def step(self, number: int) -> dict[str, Any]:
        """Take some more of it; how it stands."""
        async with self._stepping:
            running = self._running
            if running is None or number != self._number:
                raise Mendable("This import has ended. Start it again: it goes on from where it was.")
            try:
                tally = await running.step(_STEP)
            except (Mendable, StorageError):
                self._drop()
                raise
            self._asked_at = monotonic()
            if tally.done:
                self._drop()
            return tally.as_json()

    async def end(self, number: int) -> dict[str, Any]:
        """Go no further; what was taken stays."""
        async with self._stepping:
            if number == self._number:
                self._drop()
        return {}

    def _drop(self) -> None:
        if self._running is not None:
            self._running.close()
        self._running = None


def _nothing() -> None:
    """Nobody has to be woken: history owes nothing."""
