"""Every chat comes to the state that it is owed: once, in order, whatever Telegram does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.courier import Courier, Manners, Pace
from bot.errors import BadMarkup, Busy, NotEditable, Refused, Unavailable
from storage import chats, owed
from storage.records import Attachment, Message, OwedKind, Wanted
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, RULES

QUICK = Pace(0.001, 10**6, 10**6)
MANNERS = Manners(RULES.zone, edit_every=timedelta(0), most_waiting=10**6)


class Telegram:
    """A chat with a memory: remembers random ids as Telegram does, and fails as told."""

    def __init__(self) -> None:
        self.shown: dict[int, str] = {}
        self.silent: set[int] = set()
        self.replies: dict[int, int] = {}
        self.by_random_id: dict[int, int] = {}
        self.files: dict[int, Attachment] = {}
        self.failures: list[Exception] = []
        self.calls = 0

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        self.calls += 1
        lost = None
        if self.failures:
            failure = self.failures.pop(0)
            if not isinstance(failure, Unavailable):
                raise failure
            lost = failure
        message_id = self.by_random_id.setdefault(random_id, len(self.by_random_id) + 1)
        self.shown.setdefault(message_id, f"plain:{message.html}" if message.plain else message.html)
        if message.attachment:
            self.files[message_id] = message.attachment
        if message.reply_to:
            self.replies[message_id] = message.reply_to
        if lost:
            raise lost  # it arrived; only the answer did not
        return message_id

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        self.shown[message_id] = message.html


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await opened.write(chats.welcome, CHAT, now=datetime.now(UTC))
    yield opened
    await opened.close()


@asynccontextmanager
async def at_work(store: Store, telegram: Telegram) -> AsyncIterator[Courier]:
    courier = Courier(store, telegram, QUICK, MANNERS, lambda: datetime.now(UTC))
    task = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def owe(
    store: Store, subject: str, html: str, kind: OwedKind = OwedKind.ALERT, wait: float = 0
) -> None:
    wanted = Wanted(chat_id=CHAT, subject=subject, html=html, kind=kind, wait=wait)
    await store.write(owed.owe, wanted, now=datetime.now(UTC))


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the fake has no event to wait for
            await asyncio.sleep(0.005)


async def settled(store: Store) -> None:
    async with asyncio.timeout(5):
        while await store.read(owed.waiting):  # noqa: ASYNC110 - the archive has no event to wait for
            await asyncio.sleep(0.005)


async def test_messages_arrive_once_and_in_order(store: Store) -> None:
    telegram = Telegram()
    async with at_work(store, telegram) as courier:
        for n in range(20):
            await owe(store, f"post:{n}", f"text {n}")
            courier.wake()
        await settled(store)
    assert list(telegram.shown.values()) == [f"text {n}" for n in range(20)]


async def test_ten_edits_in_a_moment_are_one(store: Store) -> None:
    telegram = Telegram()
    await owe(store, "post:1", "first")
    async with at_work(store, telegram) as courier:
        await settled(store)
        for n in range(10):
            await owe(store, "post:1", f"edit {n}")
        calls = telegram.calls
        courier.wake()
        await settled(store)
    assert telegram.shown == {1: "edit 9"}
    assert telegram.calls == calls + 1


async def test_an_answer_that_was_lost_does_not_send_twice_even_if_the_text_changed_meanwhile(
    store: Store,
) -> None:
    telegram = Telegram()
    telegram.failures = [Unavailable("no answer")]
    await owe(store, "post:1", "first")
    async with at_work(store, telegram):
        await until(lambda: telegram.calls == 1)
        await owe(store, "post:1", "second")
        await settled(store)
    assert telegram.shown == {1: "second"}
    assert len(telegram.by_random_id) == 1


async def test_a_crash_between_sending_and_settling_does_not_send_twice(store: Store) -> None:
    telegram = Telegram()
    await owe(store, "post:1", "first")
    # The first courier dies after Telegram took the message and before that was written down.
    message = await store.read(owed.next_due, CHAT, now=datetime.now(UTC))
    assert message is not None
    fixed = await store.write(owed.begin, message.id)
    await telegram.send(CHAT, Message(html=fixed.wanted), fixed.random_id)
    await owe(store, "post:1", "second")
    async with at_work(store, telegram):
        await settled(store)
    assert telegram.shown == {1: "second"}


async def test_a_wait_that_telegram_names_holds_the_whole_chat_and_keeps_order(store: Store) -> None:
    telegram = Telegram()
    telegram.failures = [Busy("SendMessage", 0.3)]
    await owe(store, "post:1", "first")
    await owe(store, "post:2", "second")
    began = asyncio.get_running_loop().time()
    async with at_work(store, telegram):
        await settled(store)
    assert asyncio.get_running_loop().time() - began >= 0.3
    assert list(telegram.shown.values()) == ["first", "second"]


async def test_a_named_wait_survives_a_restart(store: Store) -> None:
    telegram = Telegram()
    await owe(store, "post:1", "first")
    await store.write(chats.hold, CHAT, datetime.now(UTC) + timedelta(hours=3))
    async with at_work(store, telegram):
        await asyncio.sleep(0.2)
    assert telegram.calls == 0


async def test_refused_markup_goes_as_plain_words(store: Store) -> None:
    telegram = Telegram()
    telegram.failures = [BadMarkup("bad entities")]
    await owe(store, "post:1", "<b>x</b>")
    async with at_work(store, telegram):
        await settled(store)
    assert telegram.shown == {1: "plain:<b>x</b>"}


async def test_a_chat_that_refuses_keeps_what_it_is_owed_until_it_changes(store: Store) -> None:
    telegram = Telegram()
    telegram.failures = [Refused("the bot is not in the chat")]
    await owe(store, "post:1", "first")
    async with at_work(store, telegram) as courier:
        await until(lambda: telegram.calls == 1)
        await asyncio.sleep(0.1)
        assert telegram.calls == 1
        assert [c.problem for c in await store.read(chats.every)] == ["the bot is not in the chat"]
        await store.write(chats.unblock, [CHAT])
        courier.wake()
        await settled(store)
    assert telegram.shown == {1: "first"}


async def test_a_message_that_can_not_be_edited_is_answered_instead(store: Store) -> None:
    telegram = Telegram()
    await owe(store, "post:1", "first")
    async with at_work(store, telegram) as courier:
        await settled(store)
        telegram.failures = [NotEditable("gone")]
        await owe(store, "post:1", "second")
        courier.wake()
        await settled(store)
    assert telegram.shown == {1: "first", 2: "second"}
    assert telegram.replies == {2: 1}


async def test_new_messages_go_before_edits_and_answers_before_news(store: Store) -> None:
    telegram = Telegram()
    await owe(store, "post:1", "first")
    async with at_work(store, telegram):
        await settled(store)
    await owe(store, "post:1", "first, edited")
    await owe(store, "post:2", "second")
    await owe(store, "command:9", "answer", OwedKind.ANSWER)
    async with at_work(store, telegram):
        await settled(store)
    assert list(telegram.shown.items()) == [(1, "first, edited"), (2, "answer"), (3, "second")]


async def test_an_album_waits_for_its_parts_and_holds_its_place(store: Store) -> None:
    telegram = Telegram()
    await owe(store, "album:1", "one part", wait=0.2)
    await owe(store, "post:2", "later post")
    async with at_work(store, telegram) as courier:
        await owe(store, "album:1", "two parts", wait=0.2)
        courier.wake()
        await settled(store)
    assert list(telegram.shown.values()) == ["two parts", "later post"]


async def test_an_unexpected_fault_in_one_delivery_does_not_end_the_service(store: Store) -> None:
    telegram = Telegram()
    telegram.failures = [RuntimeError("a bug")]
    await owe(store, "post:1", "first")
    async with at_work(store, telegram):
        await settled(store)
    assert telegram.shown == {1: "first"}


async def test_an_answer_s_file_goes_with_it_and_is_kept_only_until_it_has_arrived(store: Store) -> None:
    telegram = Telegram()
    telegram.failures = [Unavailable("lost")]
    file = Attachment(name="said.csv", mime="text/csv", data=b"a,b")
    wanted = Wanted(chat_id=CHAT, subject="x", html="All", kind=OwedKind.ANSWER, attachment=file)
    row = await store.write(owed.owe, wanted, now=datetime.now(UTC))
    assert row is not None
    async with at_work(store, telegram) as courier:
        courier.wake()
        await settled(store)
    assert telegram.files == {1: file}
    assert await store.read(owed.attachment, row) is None
