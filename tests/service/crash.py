"""Kill the service at random moments while posts arrive: nothing may be lost, nothing told twice.

    python -m tests.service.crash --posts 500 --kills 100 --seed 1

A seed fixes the order of posts, edits, faults and pauses; how far the process is at a kill depends on the
machine as well. Prints what happened; exits 1 where anything was lost or repeated.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from telethon.tl import functions

from tests.service.world import World
from tests.telegram_server import (
    DropAfterExecution,
    DropBeforeExecution,
    ErrorAfterExecution,
    FloodWait,
    TelegramServer,
)

_FAULTS = (FloodWait(1), DropAfterExecution(), DropBeforeExecution(), ErrorAfterExecution())
_SETTLING = 90.0  # seconds for the last run to catch up


@dataclass
class Result:
    """What a run did, and what it lost or repeated."""

    posts: int = 0
    edits: int = 0
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: list[int] = field(default_factory=list)
    untold: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    integrity: str = ""
    seconds: float = 0

    @property
    def good(self) -> bool:
        return not (self.lost or self.untold or self.repeated or self.stale) and self.integrity == "ok"

    def __str__(self) -> str:
        faults = ", ".join(f"{n} {name}" for name, n in sorted(self.faults.items()))
        return (
            f"{self.posts} posts, {self.edits} edits, {self.kills} kills, {faults}: "
            f"posts lost {len(self.lost)}, alerts missing {len(self.untold)}, repeated {len(self.repeated)}, "
            f"not up to date {len(self.stale)}, integrity_check {self.integrity}, {self.seconds:.0f} s"
        )


async def crash(posts: int, kills: int, seed: int) -> Result:
    """Run the service, kill it `kills` times while `posts` posts arrive, and count."""
    chance = random.Random(seed)
    result = Result()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramServer() as server:
            world = World(server, Path(folder))
            world.settings["PLACEWATCH_READING__SWEEP_SECONDS"] = "5"
            await world.login()
            await world.type("channels", "add", "dpr_head")
            await world.type("places", "add", "Pokrovsk", "--alias", "Покровск")
            said: dict[int, str] = {}
            talking = asyncio.create_task(_talk(world, chance, posts, kills, said, result))
            while not talking.done():
                await _one_life(world, chance)
                result.kills += 1
            await talking
            await _settle(world, said)
            _count(world, said, result)
    result.seconds = time.monotonic() - began
    return result


async def _one_life(world: World, chance: random.Random) -> None:
    process = await world.spawn("run")
    # Kills fall into start-up, catching up and steady work alike.
    await asyncio.sleep(chance.uniform(0.2, 4.0))
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.communicate()


async def _talk(
    world: World, chance: random.Random, posts: int, kills: int, said: dict[int, str], result: Result
) -> None:
    """Post, edit and make trouble, spread over the lives of the service."""
    pause = 2.3 * kills / posts
    for number in range(posts):
        await asyncio.sleep(chance.uniform(0, 2 * pause))
        text = f"Сводка {number}: в Покровске без перемен."
        post_id = world.channel.post(text, push=chance.random() < 0.9)
        said[post_id] = text
        result.posts += 1
        if chance.random() < 0.15:
            edited = chance.choice(list(said)[-20:])
            said[edited] = said[edited].split(" Дополнено")[0] + f" Дополнено {number} раз в Покровске."
            world.channel.edit(edited, said[edited])
            result.edits += 1
        if chance.random() < 0.05:
            fault = chance.choice(_FAULTS)
            world.server.fault(functions.messages.SendMessageRequest, fault, times=1)
            result.faults[type(fault).__name__] += 1
        if chance.random() < 0.02:
            world.server.drop_all()
            result.faults["dropped connections"] += 1


async def _settle(world: World, said: dict[int, str]) -> None:
    async with world.running():
        deadline = time.monotonic() + _SETTLING
        while time.monotonic() < deadline and not _settled(world, said):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
        await asyncio.sleep(2)  # anything told twice would show now


def _told(world: World) -> Counter[int]:
    numbers = Counter[int]()
    for alert in world.alerts:
        numbers[int(alert.split("Сводка ")[1].split(":")[0])] += 1
    return numbers


def _settled(world: World, said: dict[int, str]) -> bool:
    return len(_told(world)) >= len(said) and not _stale(world, said)


def _stale(world: World, said: dict[int, str]) -> list[int]:
    shown = " ".join(world.alerts)
    return [
        i
        for i, text in said.items()
        if (tail := text.partition(" Дополнено")[2]) and f"Дополнено{tail}" not in shown
    ]


def _count(world: World, said: dict[int, str], result: Result) -> None:
    told = _told(world)
    numbers = {int(text.split("Сводка ")[1].split(":")[0]) for text in said.values()}
    result.untold = sorted(numbers - told.keys())
    result.repeated = sorted(n for n, times in told.items() if times > 1)
    result.stale = _stale(world, said)
    db = sqlite3.connect(world.folder / "data" / "placewatch.db")
    try:
        kept = dict(db.execute("SELECT message_id, text FROM post").fetchall())
        result.integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        db.close()
    result.lost = sorted(i for i, text in said.items() if kept.get(i) != text)


def main() -> None:
    """The long run, from the command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--posts", type=int, default=500)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    result = asyncio.run(crash(chosen.posts, chosen.kills, chosen.seed))
    print(result, f"(seed {chosen.seed})")
    sys.exit(not result.good)


if __name__ == "__main__":
    main()
