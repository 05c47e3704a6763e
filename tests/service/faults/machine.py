"""What can happen to the machine and the process."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import time

from telethon.tl import functions

from tests.service.faults.stage import Outcome, Stage, scenario, until
from tests.service.world import Service
from tests.telegram_server import FloodWait

_FULL = 60  # seconds


@scenario("disk full for a minute")
async def disk_full(stage: Stage) -> Outcome:
    """No file of the process may grow or be written past its first byte, as prlimit(2) has it from outside."""
    service = await stage.steady()
    before = resource.prlimit(service.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    for _ in range(_FULL // 3):
        stage.say(5)
        await asyncio.sleep(3)
    assert service.running
    kept = stage.kept()
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, before)
    seconds = await stage.well(120)
    assert kept == 1
    return await stage.end("said in the log; nothing acknowledged, all read again", seconds)


@scenario("Telegram's clock an hour ahead (ours slow)")
async def clock_ahead(stage: Stage) -> Outcome:
    return await _clock(stage, 3600)


@scenario("Telegram's clock an hour behind (ours fast)")
async def clock_behind(stage: Stage) -> Outcome:
    return await _clock(stage, -3600)


async def _clock(stage: Stage, offset: float) -> Outcome:
    """The protocol sees only the difference, so whose clock it is that is wrong makes none to it."""
    await stage.steady()
    stage.server.clock_offset = offset
    stage.server.drop_all()
    stage.say(10)
    seconds = await stage.well(120)
    found = await stage.world.json("doctor")
    assert any(f["area"] == "clock" and f["state"] == "bad" for f in found), found
    return await stage.end("goes on by Telegram's clock; the doctor says so", seconds)


@scenario("two processes on one data folder", short=True)
async def two(stage: Stage) -> Outcome:
    await stage.steady()
    second = Service(stage.world)
    await second.start()
    async with asyncio.timeout(60):
        assert await second.ended() == 1
    assert "Another placewatch" in second.log
    assert str(stage.service.pid) in second.log
    stage.say(5)
    seconds = await stage.well()
    return await stage.end("the second ends with a sentence", seconds)


@scenario("kill -9 while starting, connecting, catching up and telling", short=True)
async def killed(stage: Stage) -> Outcome:
    stage.say(300, every=6)
    for phase in (_starting, _connecting, _catching_up, _telling):
        service = Service(stage.world)
        await service.start()
        await phase(stage)
        await service.kill()
        stage.say(2)
    await stage.start()
    seconds = await stage.well()
    return await stage.end("goes on where it stopped", seconds)


async def _starting(_: Stage) -> None:
    await asyncio.sleep(0.5)


async def _connecting(stage: Stage) -> None:
    await until(lambda: stage.server.connections)


async def _catching_up(stage: Stage) -> None:
    kept = stage.kept()
    await until(lambda: stage.kept() > kept)


async def _telling(stage: Stage) -> None:
    told = len(stage.told())
    await until(lambda: len(stage.told()) > told)


@scenario("process suspended for 20 s")
async def suspended(stage: Stage) -> Outcome:
    """As a laptop that sleeps; the heartbeat of 2 s makes it many beats."""
    service = await stage.steady()
    service.send(signal.SIGSTOP)
    stage.say(50)
    await asyncio.sleep(10)
    stage.server.drop_all()
    await asyncio.sleep(10)
    service.send(signal.SIGCONT)
    seconds = await stage.well()
    return await stage.end("connects anew and reads what was missed", seconds)


@scenario("session file locked by another program")
async def locked(stage: Stage) -> Outcome:
    await stage.steady()
    db = sqlite3.connect(stage.world.folder / "data" / "reader.session", isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    await stage.logged("database is locked", 40)
    stage.say(10)
    await asyncio.sleep(8)
    db.execute("ROLLBACK")
    db.close()
    seconds = await stage.well(120)
    return await stage.end("a fresh client once it is free", seconds)


@scenario("SIGTERM, twice, at the worst moments", short=True)
async def terminated(stage: Stage) -> Outcome:
    """While connecting, in a flood wait of 3 h, in a catch-up, and under a full queue of writes."""
    longest = 0.0
    for moment in (_frozen, _flooded, _behind, _busy):
        stage.service = Service(stage.world)
        await stage.service.start()
        await moment(stage)
        began = time.monotonic()
        stage.service.send(signal.SIGTERM)
        await asyncio.sleep(0.05)
        # The promise is 5 s, and the table shows what was seen; beside other tests a machine may take longer.
        assert await stage.service.stop(signal.SIGTERM, seconds=20) == 0, stage.service.log
        longest = max(longest, time.monotonic() - began)
        stage.server.drop_all()
        stage.server.thaw()
        _forget_waits(stage)
    await stage.start()
    seconds = await stage.well(90)
    return await stage.end(f"ended within {longest:.1f} s each time, status 0", seconds)


def _forget_waits(stage: Stage) -> None:
    """The wait of 3 h is kept for the next start, as it should be; here it would be all that there is to see."""
    db = sqlite3.connect(stage.world.folder / "data" / "placewatch.db")
    with db:
        db.execute("DELETE FROM hold")
    db.close()


async def _frozen(stage: Stage) -> None:
    stage.server.freeze()
    await until(lambda: stage.server.connections)


async def _flooded(stage: Stage) -> None:
    fault = stage.server.fault(functions.messages.GetHistoryRequest, FloodWait(3 * 3600), times=1)
    await until(lambda: fault.struck)


async def _behind(stage: Stage) -> None:
    stage.say(2000, push=False, every=100)
    kept = stage.kept()
    await until(lambda: stage.kept() > kept)


async def _busy(stage: Stage) -> None:
    await until(lambda: stage.server.online(stage.world.reader))
    stage.say(1500, every=100)
