"""Where a fault is played: a channel that speaks, a chat that is told, and the count of both."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.service.world import Service, World
from tests.service.world import eventually as soon
from tests.telegram_server import Channel, TelegramServer

_NUMBER = re.compile(r"Сводка (\d+):")
_REST = 1.0  # seconds; anything told twice would show in them
_PATIENCE = 60.0  # seconds: on a busy machine a start alone takes ten


async def until(condition: Callable[[], object], seconds: float = _PATIENCE) -> None:
    """Wait until the condition holds; TimeoutError where it does not in time."""
    await soon(condition, seconds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen: in a few words, how long until all was well again, and what it cost."""

    words: str
    seconds: float | None  # None where it does not recover by itself
    lost: int
    repeated: int


class Stage:
    """One world for one fault."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.server = world.server
        self.service = Service(world)
        self._said: dict[tuple[int, int], str] = {}
        self._numbers: set[int] = set()
        self._count = 0

    async def set_up(self) -> None:
        """An account that reads, a channel that is followed, a place that is watched; the service is not started."""
        self.world.settings["PLACEWATCH_READING__SWEEP_SECONDS"] = "3"
        await self.world.login()
        await self.world.follow("dpr_head")
        await self.world.track("Pokrovsk", "Покровск")

    async def start(self) -> Service:
        """Start the service and wait until both accounts are connected and a first post has been told."""
        self.service = Service(self.world)
        await self.service.start()
        await until(lambda: self.server.online(self.world.reader) and self.server.online(self.world.bot))
        return self.service

    async def steady(self) -> Service:
        """Start the service; all that was said is kept and told."""
        await self.start()
        self.say()
        await self.well()
        return self.service

    async def stop(self) -> None:
        """End the service as systemd would."""
        assert await self.service.stop(seconds=_PATIENCE) == 0, self.service.log

    def say(
        self, times: int = 1, *, push: bool = True, every: int = 1, channel: Channel | None = None
    ) -> None:
        """The channel speaks so many times; each `every`th post mentions the watched place."""
        where = channel or self.world.channel
        for n in range(times):
            self._count += 1
            told = n % every == 0
            text = f"Сводка {self._count}: {'в Покровске' if told else 'на фронте'} без перемен."
            self._said[where.id, where.post(text, push=push)] = text
            if told:
                self._numbers.add(self._count)

    async def well(self, limit: float = _PATIENCE) -> float:
        """Wait until all that was said is kept and told; the seconds that it took."""
        began = time.monotonic()
        await until(lambda: not self._lost() and not self._untold() and self.world.settled, limit)
        return time.monotonic() - began

    async def end(self, words: str, seconds: float | None) -> Outcome:
        """Let it rest, end the service where it runs, and count; AssertionError where anything is not as promised."""
        await asyncio.sleep(_REST)
        if self.service.running:
            await self.stop()
        assert not self._untold(), f"not told: {sorted(self._untold())[:10]}"
        repeated = sum(n - 1 for n in self.told().values())
        outcome = Outcome(words, seconds, len(self._lost()), repeated)
        assert (outcome.lost, outcome.repeated) == (0, 0), outcome
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        return outcome

    def told(self) -> Counter[int]:
        """How often each numbered statement was told in the team's chat."""
        numbers = (_NUMBER.search(alert) for alert in self.world.alerts)
        return Counter(int(number[1]) for number in numbers if number)

    def notices(self, words: str) -> int:
        """How many messages in the team's chat say these words."""
        return sum(words in message.message for message in self.world.team.messages)

    def kept(self) -> int:
        """How many posts lie in the archive."""
        return int(self.query("SELECT count(*) FROM post")[0][0])

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Look into the archive, beside the service."""
        db = sqlite3.connect(f"file:{self.world.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    async def logged(self, words: str, seconds: float = _PATIENCE) -> None:
        """Wait until the service has logged these words."""
        await until(lambda: words in self.service.log, seconds)

    def _lost(self) -> set[tuple[int, int]]:
        kept = {
            (channel, message): text
            for channel, message, text in self.query(
                "SELECT telegram_id, message_id, text FROM post JOIN channel ON channel.id = channel_id"
            )
        }
        return {key for key, text in self._said.items() if kept.get(key) != text}

    def _untold(self) -> set[int]:
        return self._numbers - self.told().keys()


Play = Callable[[Stage], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault and how it is played."""

    name: str
    play: Play
    short: bool  # part of the test run


SCENARIOS: list[Scenario] = []


def scenario(name: str, *, short: bool = False) -> Callable[[Play], Play]:
    """Put a play into the table, in the order in which the table shows them."""

    def keep(play: Play) -> Play:
        SCENARIOS.append(Scenario(name, play, short))
        return play

    return keep


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Stage]:
    """A stage, set up; whatever happens, its service is gone afterwards."""
    async with TelegramServer() as server:
        stage = Stage(World(server, folder))
        await stage.set_up()
        try:
            yield stage
        except BaseException:
            print(stage.service.log)
            raise
        finally:
            await stage.service.kill()


async def play(one: Scenario, folder: Path) -> Outcome:
    """Play one scenario in a world of its own."""
    async with staged(folder) as stage:
        return await one.play(stage)
