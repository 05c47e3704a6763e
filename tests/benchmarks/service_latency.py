"""How fast an alert leaves, and how much memory waits for it: the real service beside a bare Telethon script.

    python -m tests.benchmarks.service_latency [--seconds N] [--rates 1,20,200] [--alerts N]

`placewatch run` is a process; the local Telegram server lives in this one and keeps the time: from just before
a post is pushed to the arrival of the bot's sendMessage at the server. That contains both network legs and the
server's own encryption and decryption, so it is an upper bound of "arrival at the client to departure of the
request". Posts come at even intervals. At most `--alerts` of them a second mention the tracked place, evenly
spread; the pace of sending is set out of the way with PLACEWATCH_PACE__*, for Telegram's own limit of a message
a second to a chat would be all that is measured. One post before each measurement warms up and doesn't count.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telethon.tl import functions
from telethon.utils import get_peer_id

from bot import clock
from bot.places.resolve import own_place
from storage import channels, places
from storage.records import READER, Peer
from storage.store import Store
from tests.service.world import REPO, World, eventually
from tests.telegram_server import Account, Channel, TelegramServer

AIM_MS, AIM_RATE, AIM_MB = 50.0, 20.0, 200.0
PLACES, CHANNELS, IDLE_SECONDS = 300, 50, 10.0
PACE = {
    "PLACEWATCH_PACE__PER_CHAT_SECONDS": "0",
    "PLACEWATCH_PACE__GROUP_PER_MINUTE": "1000000",
    "PLACEWATCH_PACE__PER_SECOND": "100000",
}
NUMBER = re.compile(r"№(\d+)")

_BEGINNINGS = (
    ("Ново", "Ново", "Novo"),
    ("Старо", "Старо", "Staro"),
    ("Велико", "Велико", "Velyko"),
    ("Мало", "Мало", "Malo"),
    ("Верхне", "Верхньо", "Verkhnio"),
    ("Нижне", "Нижньо", "Nyzhnio"),
    ("Красно", "Красно", "Krasno"),
    ("Бело", "Біло", "Bilo"),
    ("Черно", "Чорно", "Chorno"),
    ("Свято", "Свято", "Sviato"),
)
_ENDINGS = (
    ("павловка", "павлівка", "pavlivka"),
    ("михайловка", "михайлівка", "mykhailivka"),
    ("николаевка", "миколаївка", "mykolaivka"),
    ("александровка", "олександрівка", "oleksandrivka"),
    ("андреевка", "андріївка", "andriivka"),
    ("григоровка", "григорівка", "hryhorivka"),
    ("дмитровка", "дмитрівка", "dmytrivka"),
    ("ивановка", "іванівка", "ivanivka"),
    ("петровка", "петрівка", "petrivka"),
    ("степановка", "степанівка", "stepanivka"),
    ("селовка", "селівка", "selivka"),
    ("горовка", "горівка", "horivka"),
    ("польск", "польськ", "polsk"),
    ("горск", "горськ", "horsk"),
    ("донецк", "донецьк", "donetsk"),
    ("озёрск", "озерськ", "ozersk"),
    ("лиманск", "лиманськ", "lymansk"),
    ("каменск", "кам'янськ", "kamiansk"),
    ("град", "град", "hrad"),
    ("поль", "піль", "pil"),
    ("речье", "річчя", "richchia"),
    ("лесье", "лісся", "lissia"),
    ("дарьино", "дарино", "daryno"),
    ("марьино", "мар'їно", "marino"),
    ("троицкое", "троїцьке", "troitske"),
    ("покровское", "покровське", "pokrovske"),
    ("вольное", "вільне", "vilne"),
    ("луганское", "луганське", "luhanske"),
    ("селидово", "селидове", "selydove"),
    ("водяное", "водяне", "vodiane"),
)


class TimedServer(TelegramServer):
    """Notes when each numbered post is pushed to the reader, before it is encrypted and written."""

    def __init__(self) -> None:
        super().__init__()
        self.reader: Account | None = None
        self.pushed: dict[int, float] = {}

    def push(self, account: Account, updates: list[Any], *arguments: Any, **named: Any) -> None:
        if account is self.reader:
            message = getattr(updates[0], "message", None)
            found = NUMBER.search(getattr(message, "message", "") or "")
            if found:
                self.pushed[int(found[1])] = self.now()
        super().push(account, updates, *arguments, **named)

    def arrivals(self, bot: Account, first: int = 0) -> dict[int, float]:
        """When the bot's sendMessage about each post arrived first."""
        arrived: dict[int, float] = {}
        for seen in self.requests[first:]:
            if isinstance(seen.request, functions.messages.SendMessageRequest) and seen.account is bot:
                found = NUMBER.search(seen.request.message)
                if found:
                    arrived.setdefault(int(found[1]), seen.time)
        return arrived


class Contender:
    """A process under test, and what it logged."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self.log = ""
        self._process = process
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.log += line.decode(errors="replace")

    @property
    def rss_mb(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            await self._process.wait()
        await self._reading


@dataclass(frozen=True)
class Result:
    """What one contender did at one rate."""

    rate: float
    alerts: int
    missing: int
    p50: float
    p99: float
    worst: float


def percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest rank: with fewer than 100 values, the 99th percentile is the worst."""
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def place_names() -> list[tuple[str, str, str]]:
    """Names in Russian, Ukrainian and English; the first is the one that the posts mention."""
    made = [
        (ru + end_ru, uk + end_uk, en + end_en)
        for (ru, uk, en), (end_ru, end_uk, end_en) in itertools.product(_BEGINNINGS, _ENDINGS)
    ]
    return [("Покровск", "Покровськ", "Pokrovsk"), *made][:PLACES]


async def furnish(world: World, followed: Sequence[Channel]) -> None:
    """Write places and channels straight into the archive: 350 commands would take minutes."""
    store = await Store.open(Path(world.settings["PLACEWATCH_DATA"]) / "placewatch.db", write=True)
    try:
        for first, *others in place_names():
            place = own_place(first, others)
            await store.write(places.add, place, everywhere=True, now=clock.now())
        for channel in followed:
            peer = Peer(
                telegram_id=channel.id,
                access_hash=world.reader.hash_of(channel.id),
                username=channel.username,
                title=channel.title,
                joined=True,
                newest=0,
            )
            await store.write(channels.follow, peer, account=READER, cursor=0, label=None, now=clock.now())
    finally:
        await store.close()


@asynccontextmanager
async def world_of(folder: Path, more_channels: int = 0) -> AsyncIterator[tuple[TimedServer, World]]:
    """A fresh server, signed in to, with its places and channels."""
    async with TimedServer() as server:
        world = World(server, folder)
        server.reader = world.reader
        world.settings |= PACE
        others = [
            server.add_channel(f"channel_{n}", title=f"Channel {n}", members=[world.reader])
            for n in range(more_channels)
        ]
        await world.login()
        await furnish(world, [world.channel, *others])
        yield server, world


@asynccontextmanager
async def service(world: World) -> AsyncIterator[Contender]:
    """`placewatch run`, connected."""
    contender = Contender(await world.spawn("run"))
    try:
        server = world.server
        await eventually(lambda: server.online(world.reader) and server.online(world.bot), 30)
        yield contender
    except BaseException:
        print(contender.log[-4000:], file=sys.stderr)
        raise
    finally:
        await contender.stop()


@asynccontextmanager
async def bare(world: World) -> AsyncIterator[Contender]:
    """The bare Telethon script, connected."""
    server = world.server
    told = {
        "host": server.host,
        "port": server.port,
        "dc_id": server.dc_id,
        "key": str(server.key_path),
        "api_id": server.api_id,
        "api_hash": server.api_hash,
        "phone": world.reader.phone,
        "code": world.reader.code,
        "token": world.bot.token,
        "chat": get_peer_id(world.team.peer_for(world.bot)),
        "word": "Покровск",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.service_bare",
        json.dumps(told),
        cwd=REPO,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    contender = Contender(process)
    try:
        await eventually(lambda: "ready" in contender.log, 30)
        yield contender
    except BaseException:
        print(contender.log[-4000:], file=sys.stderr)
        raise
    finally:
        await contender.stop()


def say(world: World, number: int, *, mention: bool) -> None:
    where = "под Покровском" if mention else "на всём участке"
    world.channel.post(
        f"Утренняя сводка. За ночь идут бои {where}, сообщение №{number:07}. Подробности позже."
    )


async def measure(
    server: TimedServer, world: World, numbers: itertools.count[int], rate: float, seconds: float, most: float
) -> Result:
    """Post at a rate; the delay of each alert in milliseconds."""
    warm = next(numbers)
    say(world, warm, mention=True)
    await eventually(lambda: warm in server.arrivals(world.bot), 15)
    await asyncio.sleep(0.2)

    seen_before = len(server.requests)
    every = max(1, round(rate / most))
    expected = []
    start = time.perf_counter()
    for index in range(max(1, round(rate * seconds))):
        await asyncio.sleep(max(0.0, start + index / rate - time.perf_counter()))
        number = next(numbers)
        mention = index % every == 0
        say(world, number, mention=mention)
        if mention:
            expected.append(number)

    deadline = time.perf_counter() + 15
    while len(arrived := server.arrivals(world.bot, seen_before)) < len(expected):
        if time.perf_counter() > deadline:
            break
        await asyncio.sleep(0.2)
    delays = sorted((arrived[n] - server.pushed[n]) * 1000 for n in expected if n in arrived)
    if not delays:
        raise RuntimeError("no alert arrived")
    return Result(
        rate=rate,
        alerts=len(expected),
        missing=len(expected) - len(delays),
        p50=percentile(delays, 0.5),
        p99=percentile(delays, 0.99),
        worst=delays[-1],
    )


def show(name: str, result: Result) -> None:
    missing = f"  MISSING {result.missing}" if result.missing else ""
    print(
        f"{name:<14} {result.rate:>5g}/s  {result.alerts:>4} alerts  p50 {result.p50:7.1f} ms  "
        f"p99 {result.p99:7.1f} ms  worst {result.worst:7.1f} ms{missing}",
        flush=True,
    )


def machine(folder: Path) -> str:
    """What the figures hang on: the archive waits for the disk before anything is sent."""
    times = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(100):
            file.write(bytes(4096))
            start = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return (
        f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, "
        f"fsync p50 {percentile(times, 0.5):.2f} ms, p99 {percentile(times, 0.99):.2f} ms"
    )


async def main(rates: list[float], seconds: float, most: float) -> None:
    print(
        f"Push of a post to arrival of its sendMessage; {seconds:g} s a rate, at most {most:g} alerts a second, "
        f"{PLACES} places, 1 channel.\nPace of sending set out of the way: "
        + " ".join(f"{name.removeprefix('PLACEWATCH_')}={value}" for name, value in PACE.items()),
        flush=True,
    )
    results: dict[str, list[Result]] = {}
    memory: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        print(machine(folder), flush=True)
        for part in ("placewatch", "bare-Telethon", "idle"):
            (folder / part).mkdir()
        for name, run in (("placewatch", service), ("bare Telethon", bare)):
            async with world_of(folder / name.replace(" ", "-")) as (server, world), run(world) as contender:
                await asyncio.sleep(1.5)  # history is read once after the start
                numbers = itertools.count(1)
                results[name] = []
                for rate in rates:
                    results[name].append(await measure(server, world, numbers, rate, seconds, most))
                    show(name, results[name][-1])
                memory[f"{name} after the load"] = contender.rss_mb
        for ours, theirs in zip(results["placewatch"], results["bare Telethon"], strict=True):
            print(
                f"placewatch / bare at {ours.rate:g}/s: p50 {ours.p50 / theirs.p50:.1f} times, "
                f"p99 {ours.p99 / theirs.p99:.1f} times"
            )
        for ours in results["placewatch"]:
            if ours.rate == AIM_RATE:
                reached = "reached" if ours.p99 < AIM_MS and not ours.missing else "NOT REACHED"
                print(f"Aim, p99 under {AIM_MS:g} ms at {AIM_RATE:g}/s: {ours.p99:.1f} ms, {reached}")
        async with world_of(folder / "idle", CHANNELS - 1) as (_, world):
            async with service(world) as ours_idle:
                await asyncio.sleep(IDLE_SECONDS)
                idle = ours_idle.rss_mb
            async with bare(world) as bare_idle:
                await asyncio.sleep(2)
                memory["bare Telethon idle"] = bare_idle.rss_mb
    print(f"Memory (VmRSS), idle {IDLE_SECONDS:g} s, {PLACES} places, {CHANNELS} channels: {idle:.1f} MB")
    for name, megabytes in memory.items():
        print(f"Memory (VmRSS), {name}: {megabytes:.1f} MB")
    print(f"Aim, idle under {AIM_MB:g} MB: {idle:.1f} MB, {'reached' if idle < AIM_MB else 'NOT REACHED'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Latency and memory of the running service.")
    parser.add_argument("--seconds", type=float, default=8, help="of posting at each rate (8)")
    parser.add_argument("--rates", default="1,20,200", help="posts a second, with commas (1,20,200)")
    parser.add_argument("--alerts", type=float, default=20, help="alerts a second, at most (20)")
    given = parser.parse_args()
    asyncio.run(main([float(rate) for rate in given.rates.split(",")], given.seconds, given.alerts))
