"""Bring every chat to the state that it is owed: each message once, in order, then up to date.

State, not a queue of operations: ten edits in a minute are one. A message is settled only after it has
arrived; what may have arrived is sent again with the same `random_id` and the same words until Telegram
tells its id, so that a crash between the two neither repeats nor drops it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from aiolimiter import AsyncLimiter

from bot.errors import BadMarkup, Busy, NotEditable, Refused, Unavailable
from storage import owed
from storage.database import StorageError
from storage.records import Owed
from storage.store import Store

log = logging.getLogger(__name__)

_LONGEST_WAIT = 60.0  # seconds between looks at a chat that nothing wakes


class Messenger(Protocol):
    """What carries messages: Telegram for the service, the terminal for the demo."""

    async def send(
        self, chat_id: int, html: str, random_id: int, *, reply_to: int | None, silent: bool, plain: bool
    ) -> int | None:
        """The new message's id, or None where it arrived and its id can't be known."""
        ...

    async def edit(self, chat_id: int, message_id: int, html: str, *, plain: bool) -> None:
        """Make the message show this text."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits of sending, as Telegram documents them for bots (TELEGRAM.md, 16)."""

    per_chat_seconds: float
    group_per_minute: int
    per_second: int


class Courier:
    """One task a chat; chats do not wait for each other."""

    def __init__(self, store: Store, messenger: Messenger, pace: Pace, now: Callable[[], datetime]) -> None:
        self._store = store
        self._messenger = messenger
        self._pace = pace
        self._now = now
        self._news: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._look = asyncio.Event()
        self._overall = AsyncLimiter(pace.per_second, 1)

    def wake(self) -> None:
        """Something new may be owed."""
        self._look.set()
        for event in self._news.values():
            event.set()

    async def run(self) -> None:
        """Serve every chat that is owed something, for ever."""
        async with asyncio.TaskGroup() as group:
            serving: set[int] = set()
            while True:
                self._look.clear()
                for chat_id in await self._patiently(owed.chats_with_due):
                    if chat_id not in serving:
                        serving.add(chat_id)
                        group.create_task(self._serve(chat_id), name=f"courier {chat_id}")
                await self._look.wait()

    async def settle_all(self) -> None:
        """Deliver everything that is owed now, then return: for runs that end."""
        for chat_id in await self._store.read(owed.chats_with_due):
            while (message := await self._store.read(owed.next_due, chat_id)) is not None:
                await self._deliver(message)

    async def _patiently(self, read: Callable[..., list[int]]) -> list[int]:
        while True:
            try:
                return await self._store.read(read)
            except StorageError as trouble:
                log.error("archive can't be read problem=%s", trouble)
                await asyncio.sleep(1)

    async def _serve(self, chat_id: int) -> None:
        each = AsyncLimiter(1, max(self._pace.per_chat_seconds, 0.001))  # 0 would divide by it
        # Groups have a limit by the minute, private chats (positive ids) none.
        minute = AsyncLimiter(self._pace.group_per_minute, 60) if chat_id < 0 else each
        failures = 0
        while True:
            self._news[chat_id].clear()
            wait = _LONGEST_WAIT
            try:
                until, message = await self._next(chat_id)
                if message is not None and until <= self._now():
                    async with each, minute, self._overall:
                        await self._deliver(message)
                    failures = 0
                    continue
                if message is not None:
                    wait = min(wait, (until - self._now()).total_seconds())
            except (Unavailable, StorageError) as trouble:
                failures += 1
                wait = min(_LONGEST_WAIT, 0.5 * 2 ** min(failures, 7))
                log.warning("delivery delayed chat_id=%d problem=%s again_in=%.1f", chat_id, trouble, wait)
                await asyncio.sleep(wait)  # news must not shorten this
                continue
            except Exception:
                # A fault of ours in one message must not end the service of its chat.
                failures += 1
                wait = min(_LONGEST_WAIT, 2.0 ** min(failures, 6))
                log.exception("delivery failed chat_id=%d again_in=%.1f", chat_id, wait)
                await asyncio.sleep(wait)
                continue
            try:
                async with asyncio.timeout(max(wait, 0)):
                    await self._news[chat_id].wait()
            except TimeoutError:
                pass

    async def _next(self, chat_id: int) -> tuple[datetime, Owed | None]:
        """The chat's next message and when it may go; none while Telegram refuses the chat."""
        chat = next(c for c in await self._store.read(owed.chats) if c.id == chat_id)
        message = await self._store.read(owed.next_due, chat_id)
        if message is None or chat.problem is not None:
            return self._now(), None
        return max(message.not_before, chat.held_until or message.not_before), message

    async def _deliver(self, message: Owed) -> None:
        """One step towards what the chat is owed."""
        try:
            if message.message_id is None:
                await self._send(message)
            else:
                await self._edit(message)
        except Busy as busy:
            until = self._now() + timedelta(seconds=busy.wait)
            log.warning("chat held chat_id=%d method=%s wait=%.0f", message.chat_id, busy.method, busy.wait)
            await self._store.write(owed.hold, message.chat_id, until)
        except BadMarkup as refusal:
            if message.plain:
                await self._block(message, refusal)
            else:
                log.warning("markup refused owed_id=%d problem=%s", message.id, refusal)
                await self._store.write(owed.plainly, message.id)
        except NotEditable as refusal:
            log.warning("message not editable owed_id=%d problem=%s", message.id, refusal)
            await self._store.write(owed.say_instead, message, now=self._now())
        except Refused as refusal:
            await self._block(message, refusal)

    async def _block(self, message: Owed, refusal: Refused) -> None:
        log.error("chat refuses chat_id=%d problem=%s", message.chat_id, refusal)
        await self._store.write(owed.block, message.chat_id, str(refusal), now=self._now())

    async def _send(self, message: Owed) -> None:
        fixed = await self._store.write(owed.begin, message.id)
        text = fixed.first or fixed.wanted
        if fixed.attempts > 1:
            age = (self._now() - fixed.created_at).total_seconds()
            # Exactly-once rests on Telegram remembering the id; how long it does is not documented.
            log.info("sending again owed_id=%d attempt=%d age=%.0f", fixed.id, fixed.attempts, age)
        message_id = await self._messenger.send(
            fixed.chat_id,
            text,
            fixed.random_id,
            reply_to=fixed.reply_to,
            silent=fixed.silent,
            plain=fixed.plain,
        )
        await self._store.write(owed.arrived, fixed.id, message_id=message_id, text=text, now=self._now())

    async def _edit(self, message: Owed) -> None:
        if not message.message_id:
            raise NotEditable("the id of the first message never became known")
        await self._messenger.edit(message.chat_id, message.message_id, message.wanted, plain=message.plain)
        await self._store.write(
            owed.arrived, message.id, message_id=message.message_id, text=message.wanted, now=self._now()
        )
