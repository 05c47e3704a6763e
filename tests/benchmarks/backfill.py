"""How fast a channel's past is read from the local server, and what that costs live posts. In one process with it.

    python -m tests.benchmarks.backfill

Prints posts a second of a backfill without a pace, against a bare reading of the same pages that keeps nothing, and
the time from a push to the post's being kept, with such a backfill beside it and without, in turns. Telegram's own pace
is a page of 100 posts a second: what that costs a push is less.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.telegram.connection import Connection
from bot.telegram.history import Address, History
from storage import known
from storage.store import Store
from tests.telegram.conftest import sign_in, telegram_settings
from tests.telegram.house import House
from tests.telegram_server import Channel, TelegramServer

_POSTS = 2_000
_LIVE = 60
_EVERY = 20  # one post in so many mentions the place that is watched
_WORDS = [
    "сводка",
    "колонна",
    "позиция",
    "обстрел",
    "квартал",
    "посёлок",
    "дорога",
    "мост",
    "склад",
    "техника",
    "батарея",
    "наступление",
    "отход",
    "рубеж",
    "утро",
    "вечер",
    "жители",
    "эвакуация",
    "помощь",
    "район",
    "трасса",
    "высота",
    "лесополоса",
    "группа",
    "доклад",
    "потери",
    "ремонт",
    "связь",
]


async def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramServer() as server:
            account = server.add_user("Reader", phone="+380500000001")
            source = server.add_channel("past", members=[account])
            live = server.add_channel("live", members=[account])
            start = datetime(2025, 1, 1, tzinfo=UTC)
            for number in range(_POSTS):
                source.post(_text(number), at=start + timedelta(minutes=number), push=False)
            session = Path(folder) / "reader.session"
            await sign_in(server, account, session)
            connection = Connection(telegram_settings(server), session, token=None, heartbeat=30)
            store = await Store.open(Path(folder) / "placewatch.db", write=True)
            house = House(store, connection)
            await house.watch("Покровск", since=start)
            channel = await house.follow(source, account)
            followed = await house.follow(live, account)
            async with house.at_work():
                address = Address(source.id, account.hash_of(source.id))
                bare = await _read(History(connection, 500), address)
                began = time.perf_counter()
                await house.backfills.start(["past"], False, None, None)
                job = await house.ended(300)
                seconds = time.perf_counter() - began
                print(
                    f"backfill: {job['posts'] / seconds:,.0f} posts/s; only read: {_POSTS / bare:,.0f} posts/s"
                )
                alone, beside = [], []
                for _ in range(3):
                    alone += await _pushes(house, live, followed.id)
                    await store.write(lambda db: db.execute("DELETE FROM known"))
                    await house.backfills.start(["past"], False, None, None)
                    beside += await _pushes(house, live, followed.id)
                    await house.backfills.stop([channel.id])
                await house.backfills.start(["past"], False, None, None)
                await house.ended(300)
                print(f"a push is kept after: {_told(alone)} alone, {_told(beside)} beside a backfill")
                print(f"known: {await store.read(known.ranges, channel.id)}")
            await store.close()


def _text(number: int) -> str:
    """Some 40 words, the same for a number every time."""
    words = random.Random(number).choices(_WORDS, k=40)
    return " ".join([*words, "в Покровске"] if number % _EVERY == 0 else words)


async def _read(history: History, address: Address) -> float:
    began, at = time.perf_counter(), 0
    while (page := await history.after(address, at)).ids:
        at = max(page.ids)
    return time.perf_counter() - began


async def _pushes(house: House, live: Channel, channel_id: int) -> list[float]:
    took = []
    for number in range(_LIVE):
        began = time.perf_counter()
        post = live.post(_text(number))
        while not await house.store.read(_is_kept, channel_id, post):  # noqa: ASYNC110 - others keep it
            await asyncio.sleep(0.001)
        took.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(0.02)
    return took


def _is_kept(db: object, channel_id: int, message_id: int) -> bool:
    sql = "SELECT 1 FROM post WHERE channel_id = ? AND message_id = ?"
    return db.execute(sql, (channel_id, message_id)).fetchone() is not None  # type: ignore[attr-defined, no-any-return]


def _told(took: list[float]) -> str:
    tenths = statistics.quantiles(took, n=20)
    return f"p50 {statistics.median(took):.0f} ms, p95 {tenths[-1]:.0f} ms"


if __name__ == "__main__":
    asyncio.run(main())
