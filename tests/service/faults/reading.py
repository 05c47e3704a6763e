"""What can go wrong between the channels and the archive."""

from __future__ import annotations

import asyncio
import time

from telethon.tl import functions

from tests.service.faults.stage import Outcome, Stage, scenario, until
from tests.telegram_server import Delay, ErrorAfterExecution, FloodWait, Silence, TransportError

_HISTORY = functions.messages.GetHistoryRequest
_HOURS = 3 * 3600


@scenario("server down while 2,000 posts appear")
async def server_away(stage: Stage) -> Outcome:
    await stage.steady()
    await stage.server.stop()
    await stage.logged("connection lost")
    stage.say(2000, every=20)
    await asyncio.sleep(10)  # an hour in which the two accounts only fail to connect, in short
    await stage.server.start()
    seconds = await stage.well(180)
    return await stage.end("tried again with longer pauses; all read after it (an hour in 10 s)", seconds)


@scenario("updates never pushed", short=True)
async def never_pushed(stage: Stage) -> Outcome:
    await stage.steady()
    stage.server.mute_updates = True
    stage.say(20, push=False)
    seconds = await stage.well()
    return await stage.end("found by reading history (every 3 s here, 300 s by default)", seconds)


@scenario("a channel's difference too long")
async def channel_too_long(stage: Stage) -> Outcome:
    await stage.steady()
    stage.say(250, push=False, every=10)
    stage.world.channel.too_long = True
    stage.say()
    seconds = await stage.well()
    return await stage.end("seen as a gap; history read at once", seconds)


@scenario("the account's difference too long")
async def account_too_long(stage: Stage) -> Outcome:
    await stage.steady()
    stage.server.mute_updates = True
    stage.say(50, push=False)
    stage.world.reader.too_long = True
    stage.server.mute_updates = False
    stage.server.drop_all(stage.world.reader)
    seconds = await stage.well()
    return await stage.end("every channel's history read at once", seconds)


@scenario("half-open sockets", short=True)
async def half_open(stage: Stage) -> Outcome:
    await stage.steady()
    began = time.monotonic()
    stage.server.freeze()
    stage.say(20)
    await stage.logged("no heartbeat")
    noticed = time.monotonic() - began
    stage.server.drop_all()
    stage.server.thaw()
    seconds = await stage.well()
    return await stage.end(f"noticed by the heartbeat (of 2 s) after {noticed:.0f} s", seconds)


@scenario("connections dropped ten times in a row")
async def dropped(stage: Stage) -> Outcome:
    await stage.steady()
    for _ in range(10):
        stage.server.drop_all()
        stage.say(3)
        await asyncio.sleep(0.3)
    seconds = await stage.well()
    return await stage.end("connected anew each time, and read what was missed", seconds)


@scenario("every update twice")
async def twice(stage: Stage) -> Outcome:
    await stage.steady()
    stage.server.duplicate_updates = True
    stage.say(50)
    seconds = await stage.well()
    return await stage.end("taken once: the second changes nothing", seconds)


@scenario("a post that this Telethon can't read")
async def unknown(stage: Stage) -> Outcome:
    await stage.steady()
    stage.world.channel.post_unknown(push=False)
    stage.say(3)
    await stage.logged("newer than this Telethon knows")
    stage.world.channel.delete(stage.world.channel.everything[-4].id, push=False)
    seconds = await stage.well()
    return await stage.end("said in the log; read again from history once it is gone", seconds)


@scenario("500 after a page of history")
async def failing_history(stage: Stage) -> Outcome:
    await stage.steady()
    fault = stage.server.fault(_HISTORY, ErrorAfterExecution(), times=3)
    stage.say(20, push=False)
    await until(lambda: fault.struck == 3)
    seconds = await stage.well()
    return await stage.end("the channel is read again after 5 s", seconds)


@scenario("no answer to a page of history")
async def silent_history(stage: Stage) -> Outcome:
    await stage.steady()
    fault = stage.server.fault(_HISTORY, Silence(), times=1)
    await until(lambda: fault.struck)
    stage.say(5)
    pushed = await stage.well()
    stage.say(5, push=False)
    seconds = await stage.well()
    return await stage.end(f"given up after 30 s; what is pushed goes on ({pushed:.1f} s)", seconds)


@scenario("slow answers (2 s each)")
async def slow(stage: Stage) -> Outcome:
    await stage.steady()
    fault = stage.server.fault(_HISTORY, Delay(2), times=None)
    stage.say(150, push=False, every=10)
    seconds = await stage.well()
    fault.lift()
    return await stage.end("waited for", seconds)


@scenario("too many connections (429)")
async def transport(stage: Stage) -> Outcome:
    await stage.steady()
    fault = stage.server.fault(None, TransportError(), times=2)
    await until(lambda: fault.struck == 2)
    stage.say(10)
    seconds = await stage.well()
    return await stage.end("a fresh client", seconds)


@scenario("flood wait of 3 s on history", short=True)
async def short_wait(stage: Stage) -> Outcome:
    await stage.steady()
    fault = stage.server.fault(_HISTORY, FloodWait(3), times=1)
    stage.say(20, push=False)
    await until(lambda: fault.struck)
    seconds = await stage.well()
    return await stage.end("waited, for that method only", seconds)


@scenario("flood wait of 3 h on history")
async def long_wait(stage: Stage) -> Outcome:
    await stage.steady()
    fault = stage.server.fault(_HISTORY, FloodWait(_HOURS), times=None)
    await stage.logged(f"seconds={_HOURS}")
    asked = fault.struck
    stage.say(20)
    pushed = await stage.well()
    stage.world.team.say(stage.world.olena, "/places")
    await until(lambda: stage.world.says("Pokrovsk"))
    await asyncio.sleep(5)  # as many readings would have come
    assert fault.struck == asked, "asked again within the wait"
    return await stage.end(
        f"said in the log, nothing asked meanwhile; pushed posts told in {pushed:.1f} s, commands answered",
        None,
    )


@scenario("flood wait of 3 h on names")
async def long_wait_on_names(stage: Stage) -> Outcome:
    await stage.steady()
    stage.server.add_channel("other", title="Other")
    stage.server.fault(functions.contacts.ResolveUsernameRequest, FloodWait(_HOURS), times=None)
    answer = await stage.world.type("channels", "add", "other", status=1)
    assert "10800 s" in answer, answer
    stage.say(10)
    seconds = await stage.well()
    return await stage.end("told to who asked; reading and telling go on", seconds)
