"""Bring every chat to the state that it is owed: each message once, in order, then up to date.

State, not a queue of operations: ten edits in a minute are one. A message is settled only after it has
arrived; what may have arrived is sent again with the same `random_id` and the same words until Telegram
tells its id, so that a crash between the two neither repeats nor drops it.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from aiolimiter import AsyncLimiter

from bot.alerts.elsewhere import changes
from bot.alerts.hours import is_quiet, last_end
from bot.alerts.summary import summaries, together
from bot.errors import BadMarkup, Busy, NeverEditable, NotEditable, Refused, Unavailable
from bot.languages import Languages
from storage import chats, owed
from storage.database import StorageError
from storage.records import Chat, Message, Owed, OwedKind, Quiet, Waiting, Wanted
from storage.store import Store

log = logging.getLogger(__name__)

_LONGEST_WAIT = 60.0  # seconds between looks at a chat that nothing wakes
_GATHER_EVERY = timedelta(
    seconds=1
)  # without news: reading all that waits for each that goes takes its square
_NEVER = datetime.min.replace(tzinfo=UTC)


class Messenger(Protocol):
    """What carries messages: Telegram for the service, the terminal for the demo."""

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        """The new message's id, or None where it arrived and its id can't be known."""
        ...

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """Make the message show this text and these buttons."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits of sending, as Telegram documents them for bots (TELEGRAM.md, 16)."""

    per_chat_seconds: float
    group_per_minute: int
    per_second: int
    output_seconds: float = 1.0  # outside Telegram, each place by itself


@dataclass(frozen=True, slots=True)
class Manners:
    """How much a chat is asked to read at once."""

    zone: ZoneInfo
    edit_every: timedelta = timedelta(minutes=1)  # an alert grows once in this time at most
    repeat_every: timedelta = timedelta(
        minutes=30
    )  # so it does where nothing can be edited, by a new message
    most_waiting: int = 10  # more alerts than this that wait come as one summary
    old: timedelta = timedelta(hours=6)  # so do alerts about what was said longer ago
    languages: Languages = field(default_factory=Languages)


class Courier:
    """One task a chat; chats do not wait for each other."""

    def __init__(
        self, store: Store, messenger: Messenger, pace: Pace, manners: Manners, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._manners = manners
        self._messenger = messenger
        self._pace = pace
        self._now = now
        self._news: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._look = asyncio.Event()
        self._gathered: dict[int, datetime] = {}  # when each chat's waiting messages were looked over
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
        self._gathered.clear()
        for chat_id in await self._store.read(owed.chats_with_due):
            while (message := (await self._next(chat_id))[1]) is not None:
                await self._deliver(message)

    async def _patiently(self, read: Callable[..., list[int]]) -> list[int]:
        while True:
            try:
                return await self._store.read(read)
            except StorageError as trouble:
                log.error("archive can't be read problem=%s", trouble)
                await asyncio.sleep(1)

    async def _serve(self, chat_id: int) -> None:
        paces = await self._paces(chat_id)
        failures = 0
        while True:
            if self._news[chat_id].is_set():
                self._gathered.pop(chat_id, None)
            self._news[chat_id].clear()
            wait = _LONGEST_WAIT
            try:
                until, message = await self._next(chat_id)
                if message is not None and until <= self._now():
                    for pace in paces:
                        await pace.acquire()
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

    async def _paces(self, chat_id: int) -> list[AsyncLimiter]:
        """The limits that a message to the chat must pass. A time of 0 would divide by it."""
        if chat_id in await self._patiently(chats.outputs):
            return [AsyncLimiter(1, max(self._pace.output_seconds, 0.001))]
        each = AsyncLimiter(1, max(self._pace.per_chat_seconds, 0.001))
        if chat_id > 0:  # private chats have no limit by the minute
            return [each, self._overall]
        return [each, AsyncLimiter(self._pace.group_per_minute, 60), self._overall]

    async def _next(self, chat_id: int) -> tuple[datetime, Owed | None]:
        """The chat's next message and when it may go; none while Telegram refuses the chat."""
        now = self._now()
        chat = await self._store.read(chats.by_id, chat_id)
        if chat.problem is not None:
            return now, None
        only = _held(chat, now, self._manners.zone)
        if only is None and abs(now - self._gathered.get(chat_id, _NEVER)) >= _GATHER_EVERY:
            await self._fold(chat, now)
            self._gathered[chat_id] = now
        manners = self._manners
        edit_every = manners.edit_every if chat.output is None else manners.repeat_every
        message = await self._store.read(owed.next_due, chat_id, now=now, edit_every=edit_every, only=only)
        if message is None:
            return now, None
        # At night even an answer to the one who is up makes no sound for the others.
        quiet = is_quiet(chat, now, self._manners.zone)
        if quiet and not (message.urgent and chat.quiet_how is Quiet.URGENT):
            message = replace(message, silent=True)
        return max(message.not_before, chat.held_until or message.not_before), message

    async def _fold(self, chat: Chat, now: datetime) -> None:
        """Many alerts that wait, old ones, and what waited for the end of a pause come as one summary."""
        released = last_end(chat, now, self._manners.zone)
        if await self._store.read(self._together, chat.id, released, now):
            await self._store.write(self._gather, chat.id, released, now)

    def _together(
        self, db: sqlite3.Connection, chat_id: int, released: datetime | None, now: datetime
    ) -> list[list[Waiting]]:
        manners = self._manners
        return together(
            owed.unsent(db, chat_id),
            released=released,
            most=manners.most_waiting,
            old_before=now - manners.old,
        )

    def _gather(self, db: sqlite3.Connection, chat_id: int, released: datetime | None, now: datetime) -> None:
        for group in self._together(db, chat_id, released, now):
            rows = iter(group)
            t = self._manners.languages.of(chats.language(db, chat_id))
            for number, page in enumerate(summaries(group, now, self._manners.zone, t=t)):
                told = list(islice(rows, page.lines))
                summary = Wanted(
                    chat_id=chat_id,
                    subject=f"summary:{group[0].row_id}:{number}",
                    html=page.html,
                    kind=OwedKind.SUMMARY,
                    topic=group[0].topic,
                    silent=all(one.silent for one in group),
                    urgent=any(one.urgent for one in group),
                )
                row_id = owed.owe(db, summary, now=now)
                assert row_id is not None  # noqa: S101 - a message is summed up once, so the subject is new
                owed.fold(db, [one.row_id for one in told], row_id)

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
            await self._store.write(chats.hold, message.chat_id, until)
        except BadMarkup as refusal:
            if message.plain:
                await self._block(message, refusal)
            else:
                log.warning("markup refused owed_id=%d problem=%s", message.id, refusal)
                await self._store.write(owed.plainly, message.id)
        except NeverEditable:
            await self._store.write(_say_what_changed, message, now=self._now())
        except NotEditable as refusal:
            log.warning("message not editable owed_id=%d problem=%s", message.id, refusal)
            await self._store.write(owed.say_instead, message, now=self._now())
        except Refused as refusal:
            await self._block(message, refusal)

    async def _block(self, message: Owed, refusal: Refused) -> None:
        log.error("chat refuses chat_id=%d problem=%s", message.chat_id, refusal)
        await self._store.write(chats.block, message.chat_id, str(refusal), now=self._now())

    async def _send(self, message: Owed) -> None:
        fixed = await self._store.write(owed.begin, message.id)
        text = fixed.first or fixed.wanted
        if fixed.attempts > 1:
            age = (self._now() - fixed.created_at).total_seconds()
            # Exactly-once rests on Telegram remembering the id; how long it does is not documented.
            log.info("sending again owed_id=%d attempt=%d age=%.0f", fixed.id, fixed.attempts, age)
        # Only answers carry files: news must not wait for one more look into the archive.
        personal = fixed.kind is OwedKind.ANSWER
        outgoing = Message(
            html=text,
            buttons=fixed.buttons,
            plain=fixed.plain,
            silent=fixed.silent or message.silent,
            reply_to=fixed.reply_to,
            topic=fixed.topic,
            ask=fixed.ask,
            attachment=await self._store.read(owed.attachment, fixed.id) if personal else None,
            number=fixed.id,
        )
        message_id = await self._messenger.send(fixed.chat_id, outgoing, fixed.random_id)
        # A first attempt that arrived unnoticed may have had other buttons.
        sure = fixed.buttons if fixed.attempts == 1 else None
        await self._store.write(
            owed.arrived, fixed.id, message_id=message_id, text=text, buttons=sure, now=self._now()
        )

    async def _edit(self, message: Owed) -> None:
        if not message.message_id:
            raise NotEditable("the id of the first message never became known")
        outgoing = Message(html=message.wanted, buttons=message.buttons, plain=message.plain)
        await self._messenger.edit(message.chat_id, message.message_id, outgoing)
        await self._store.write(
            owed.arrived,
            message.id,
            message_id=message.message_id,
            text=message.wanted,
            buttons=message.buttons,
            now=self._now(),
        )


def _say_what_changed(db: sqlite3.Connection, message: Owed, *, now: datetime) -> None:
    """Where nothing can be edited, only what is new is told, and nothing where other messages have told it."""
    html = changes(message.shown or "", message.wanted, updates=owed.has_updates(db, message.id))
    owed.say_besides(db, message, html, now=now)


def _held(chat: Chat, now: datetime, zone: ZoneInfo) -> str | None:
    """What alone may go to the chat just now: "personal", "urgent", or None for everything."""
    if chat.paused_at is not None or (chat.muted_until is not None and now < chat.muted_until):
        return "personal"
    if is_quiet(chat, now, zone):
        return {Quiet.HOLD: "personal", Quiet.URGENT: "urgent"}.get(chat.quiet_how or Quiet.HOLD)
    return None
