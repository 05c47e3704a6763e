"""300 channels that say 200 posts a second together, for minutes: memory, time from take to durable, errors.

    python -m tests.benchmarks.soak --minutes 10

A Telegram server in Python costs as much as the service, so updates are handed to the reader as Telethon would hand
them: TL objects, in the same process. From there on everything is real: reader, monitor, matcher, stories, archive,
courier; messages go to a chat in memory. Exits 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from telethon.tl import types

from bot import clock
from bot.alerts.owed import Rules
from bot.copies import Copies
from bot.courier import Courier, Manners, Pace
from bot.coverage.keeper import Coverage
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from bot.telegram.reader import Reader
from config.sections import Telegram
from storage import channels, chats, places
from storage.records import Message, Post, PostKey
from storage.store import Store
from tests.making import CHAT, peer, place

_CHANNELS = 300
_RATE = 200  # posts a second
_WARM = 0.25  # of the time: caches fill, SQLite grows its page cache
_NAMES = (
    "Покровск Мирноград Бахмут Торецк Часов_Яр Угледар Волчанск Купянск Лиман Северск Авдеевка Марьинка Работино "
    "Орехов Гуляйполе Селидово Курахово Красногоровка Дзержинск Соледар"
).replace("_", " ")
_WORDS = """
сегодня вчера ночью утром противник подразделения артиллерия авиация обстрел колонна посёлок дорога мост склад
батальон бригада позиция высота лес река станция сутки атака отход резерв связь разведка сапёры медики эвакуация
жители школа завод сообщает штаб данные уточняются продолжается работа техника потери направление участок фронт
"""


class Memory:
    """A chat that shows everything at once."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, chat_id: int, message: Message, random_id: int) -> int:
        self.sent += 1
        return self.sent

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """Shown."""


class Timed(Monitor):
    """A monitor that notes how long after its arrival each post was durable."""

    waits: list[float]

    async def take(
        self, posts_: Sequence[Post], received_at: datetime, *, late: bool = False
    ) -> dict[PostKey, str]:
        refused = await super().take(posts_, received_at, late=late)
        self.waits += [(clock.now() - received_at).total_seconds()] * len(posts_)
        return refused


class Errors(logging.Handler):
    """What the log says that is not well."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@dataclass(frozen=True)
class Result:
    """What a run came to."""

    posts: int
    alerts: int
    seconds: float
    p50: float
    p99: float
    cpu: float  # of one core
    memory: list[int]  # bytes, after the warm-up
    errors: list[str]

    @property
    def growth(self) -> float:
        """By what share the memory has grown since the warm-up; medians, so that one sample stands for nothing."""
        third = max(1, len(self.memory) // 3)
        first, last = statistics.median(self.memory[:third]), statistics.median(self.memory[-third:])
        return last / first - 1

    def __str__(self) -> str:
        return (
            f"{self.posts:,} posts of {_CHANNELS} channels in {self.seconds:.0f} s ({self.posts / self.seconds:.0f}/s), "
            f"{self.alerts:,} alerts: take to durable p50 {self.p50 * 1000:.1f} ms, p99 {self.p99 * 1000:.1f} ms; memory "
            f"{self.memory[0] / 2**20:.0f} MB after the warm-up, growth {self.growth:+.1%}; {self.cpu:.0%} of a core; "
            f"{len(self.errors)} warnings or errors in the log"
        )


async def soak(minutes: float) -> Result:
    """Let the channels speak for so long."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Path(folder) / "placewatch.db", write=True)
        try:
            return await _soak(store, Path(folder), minutes * 60, errors)
        finally:
            await store.close()
            logging.getLogger().removeHandler(errors)


async def _soak(store: Store, folder: Path, seconds: float, errors: Errors) -> Result:
    now = clock.now()
    await store.write(chats.welcome, CHAT, now=now)
    for n in range(_CHANNELS):
        await store.write(channels.follow, peer(n), account="reader", cursor=0, label=None, now=now)
    for name in _NAMES.split():
        added = await store.write(places.add, place(name, name=name), everywhere=False, now=now)
        await store.write(places.watch, CHAT, added.id, since=now)
    lookout, copies = Lookout(store, clock.now), Copies()
    await lookout.refresh()
    memory = Memory()
    pace = Pace(per_chat_seconds=0, group_per_minute=100_000, per_second=1000)
    manners = Manners(ZoneInfo("Europe/Kyiv"), edit_every=timedelta(minutes=1), most_waiting=100_000)
    courier = Courier(store, memory, pace, manners, clock.now)
    rules = Rules(min_confidence=0.5, zone=ZoneInfo("Europe/Kyiv"))
    timed = Timed(store, lookout, rules, courier.wake, copies)
    timed.waits = []
    account = Telegram(api_id=1, api_hash=SecretStr("0" * 32))
    idle = Connection(account, folder / "reader.session", token=None, heartbeat=30)
    coverage = Coverage(store, clock=clock.now, zone=ZoneInfo("Europe/Kyiv"), team=list, on_owed=courier.wake)
    reader = Reader(idle, store, timed, coverage, clock=clock.now, sweep_seconds=300, poll_seconds=60)
    tasks = [asyncio.create_task(work) for work in (reader.run(), courier.run())]
    try:
        await reader.refresh()
        return await _speak(reader, timed, memory, seconds, errors)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _speak(reader: Reader, timed: Timed, told: Memory, seconds: float, errors: Errors) -> Result:
    chance, loop = random.Random(1), asyncio.get_running_loop()
    words, names = _WORDS.split(), _NAMES.split()
    began, cpu = loop.time(), time.process_time()
    said, samples, next_sample = 0, [], began + seconds * _WARM
    while (gone := loop.time() - began) < seconds:
        while said < gone * _RATE:
            said += 1
            reader.on_update(_update(chance, words, names, said))
        if loop.time() >= next_sample:
            samples.append(_resident())
            next_sample += max(seconds / 60, 0.5)
        await asyncio.sleep(1 / _RATE)
    while len(timed.waits) < said:  # noqa: ASYNC110 - the last ones
        await asyncio.sleep(0.01)
    spent = loop.time() - began
    waits = sorted(timed.waits)
    return Result(
        said,
        told.sent,
        spent,
        waits[len(waits) // 2],
        waits[int(len(waits) * 0.99)],
        (time.process_time() - cpu) / spent,
        samples,
        errors.lines,
    )


def _update(
    chance: random.Random, words: list[str], names: list[str], number: int
) -> types.UpdateNewChannelMessage:
    text = chance.choices(words, k=chance.randint(8, 60))
    text[0] = text[0].capitalize()  # the names keep their own letters
    if chance.random() < 0.02:
        text.insert(3, chance.choice(names))
    message = types.Message(
        id=number,
        peer_id=types.PeerChannel(500 + number % _CHANNELS),
        date=datetime.now(UTC),
        message=f"{' '.join(text)} {number}.",
        post=True,
    )
    return types.UpdateNewChannelMessage(message, pts=number, pts_count=1)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


def main() -> None:
    """Run, print, and say whether the aims were met."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--minutes", type=float, default=10)
    chosen = options.parse_args()
    result = asyncio.run(soak(chosen.minutes))
    print(result)
    for line in result.errors[:20]:
        print(line, file=sys.stderr)
    sys.exit(not (result.growth < 0.05 and result.p99 < 0.02 and not result.errors))


if __name__ == "__main__":
    main()
