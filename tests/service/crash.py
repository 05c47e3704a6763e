"""Kill the service at random moments while channels speak and everything else fails as well.

    python -m tests.service.crash --posts 20000 --kills 1000 --seed 1

Four channels speak (albums, copies, edits, deletions), two chats are told, and requests, updates and connections
fail in every way that tests/telegram_server knows. A seed fixes what is said and what fails; how far the process
is at a kill depends on the machine as well. Prints what happened; exits 1 where anything was lost or repeated.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from telethon.utils import get_peer_id

from tests.service.counting import Result, count, is_settled
from tests.service.talk import Talk
from tests.service.world import World
from tests.telegram_server import Supergroup, TelegramServer

_SHORT, _LONG = (0.2, 2.3), (3.0, 6.0)  # a life's length, in start-ups: a busy machine starts slowly
_OFTEN = 0.9  # of the lives are short; each of the others reads all its channels
_LIFE = 2.0  # start-ups, on average, an end included
_EVERY = 50  # kills between two lines on standard error
_REQUESTS = (
    "4"  # a second: a run's every post is an hour old at most, and looked at again after the last start
)
_REST = 2.0  # anything told twice would show now


async def crash(
    posts: int, kills: int, seed: int, *, seconds: float = float("inf"), settling: float = 1800.0
) -> Result:
    """Kill the service `kills` times, in `seconds` at most, while `posts` posts arrive; then count."""
    chance = random.Random(seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramServer() as server:
            world = World(server, Path(folder))
            chats = [world.team, _second_chat(world)]
            world.settings["PLACEWATCH_READING__SWEEP_SECONDS"] = "5"
            world.settings["PLACEWATCH_READING__REQUESTS_PER_SECOND"] = _REQUESTS
            channels = [
                world.channel,
                *(server.add_channel(f"source{n}", members=[world.reader]) for n in range(3)),
            ]
            await world.login()
            for channel in channels:
                await world.follow(str(channel.username))
            await world.track("Pokrovsk", "Покровск")
            start = await _start_up(world)
            pause = min(_LIFE * start * kills, seconds) / posts  # all is said while the kills go on
            talk = Talk(world, channels, random.Random(chance.random()), pause)
            result = Result(said=talk.said, counts=talk.counts)
            talking = asyncio.create_task(talk.go_on(posts))
            while result.kills < kills and time.monotonic() - began < seconds:
                await _one_life(world, chance, start)
                result.kills += 1
                if result.kills % _EVERY == 0:
                    _say(
                        f"{result.kills} kills, {talk.counts['posts']} posts, {time.monotonic() - began:.0f} s"
                    )
            talk.pause = 0  # what has not been said by now is said at once, to nobody
            await talking
            await _settle(world, result, chats, settling)
            await count(world, result, chats)
    result.seconds = time.monotonic() - began
    return result


def _second_chat(world: World) -> Supergroup:
    second = world.server.add_supergroup(
        "Second team", members=[world.bot, world.olena], admins=[world.olena]
    )
    number = get_peer_id(second.peer_for(world.bot))
    world.settings["PLACEWATCH_CHATS"] += f",{number}"
    return second


async def _start_up(world: World) -> float:
    """Seconds until a service has connected both its accounts, on this machine now."""
    began = time.monotonic()
    async with world.running() as service:
        await service.ready()
        return time.monotonic() - began


async def _one_life(world: World, chance: random.Random, start: float) -> None:
    """Kills fall into start-up, catching up and steady work alike."""
    process = await world.spawn("run")
    life = start * chance.uniform(*(_SHORT if chance.random() < _OFTEN else _LONG))
    ended = asyncio.ensure_future(process.communicate())
    await asyncio.wait({ended}, timeout=life)
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    _, log = await ended
    if process.returncode != -signal.SIGKILL:
        raise AssertionError(f"the service ended by itself with {process.returncode}:\n{log.decode()}")


async def _settle(world: World, result: Result, chats: list[Supergroup], settling: float) -> None:
    async with world.running() as service:
        deadline = time.monotonic() + settling
        while time.monotonic() < deadline and not is_settled(world, result, chats):  # noqa: ASYNC110 - another process
            await asyncio.sleep(1)
        await asyncio.sleep(_REST)
        result.errors = [
            line for line in service.log.splitlines() if " ERROR " in line or " CRITICAL " in line
        ]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """The long run, from the command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--posts", type=int, default=500)
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=float, default=float("inf"), help="kill no longer than this")
    chosen = options.parse_args()
    result = asyncio.run(crash(chosen.posts, chosen.kills, chosen.seed, seconds=chosen.seconds))
    print(f"{result} (seed {chosen.seed})")
    for line in result.details():
        _say(line)
    sys.exit(not result.good)


if __name__ == "__main__":
    main()
