"""What can go wrong between the archive and the chats."""

from __future__ import annotations

import asyncio
import sqlite3

from telethon.tl import functions

from tests.service.faults.stage import Outcome, Stage, scenario, until
from tests.telegram_server import (
    DropAfterExecution,
    DropBeforeExecution,
    Effect,
    ErrorAfterExecution,
    FloodWait,
    Silence,
)

_SEND = functions.messages.SendMessageRequest
_HOURS = 3 * 3600


async def _struck(stage: Stage, effect: Effect, times: int, words: str) -> Outcome:
    await stage.steady()
    fault = stage.server.fault(_SEND, effect, times=times)
    stage.say(10)
    await until(lambda: fault.struck == times)
    seconds = await stage.well(90)
    return await stage.end(words, seconds)


@scenario("500 after a message was sent", short=True)
async def failing(stage: Stage) -> Outcome:
    return await _struck(stage, ErrorAfterExecution(), 3, "sent again with its number: Telegram knows it")


@scenario("connection lost before a message was sent")
async def lost_before(stage: Stage) -> Outcome:
    return await _struck(stage, DropBeforeExecution(), 2, "sent again")


@scenario("connection lost after a message was sent")
async def lost_after(stage: Stage) -> Outcome:
    return await _struck(stage, DropAfterExecution(), 2, "sent again with its number: Telegram knows it")


@scenario("no answer to a message that was sent")
async def silent(stage: Stage) -> Outcome:
    return await _struck(stage, Silence(executed=True), 1, "given up after 30 s, sent again with its number")


@scenario("flood wait of 3 s on sending")
async def short_wait(stage: Stage) -> Outcome:
    return await _struck(stage, FloodWait(3), 1, "the chat waits, in order")


@scenario("flood wait of 3 h on sending")
async def long_wait(stage: Stage) -> Outcome:
    """The three hours are shortened in the archive, with the service stopped: the rest is as it would be."""
    await stage.steady()
    fault = stage.server.fault(_SEND, FloodWait(_HOURS), times=None)
    stage.say(10)
    await stage.logged(f"wait={_HOURS}")
    stage.say(10)
    await until(lambda: stage.kept() == 21)
    await asyncio.sleep(2)
    assert fault.struck == 1, "asked again within the wait"
    await stage.stop()
    await stage.start()
    await asyncio.sleep(2)
    assert fault.struck == 1, "asked again after a restart"
    await stage.stop()
    fault.lift()
    _shorten(stage)
    await stage.start()
    seconds = await stage.well()
    return await stage.end("kept and read meanwhile; not asked again, a restart included", seconds)


def _shorten(stage: Stage) -> None:
    db = sqlite3.connect(stage.world.folder / "data" / "placewatch.db")
    with db:
        db.execute("UPDATE chat SET held_until = held_until - ?", (_HOURS * 1000,))
    db.close()
