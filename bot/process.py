"""This process: it holds the data folder and runs the service, or asks whoever holds it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot import checkup, clock, control
from bot.app import Service, nothing
from bot.outputs import number_of
from bot.systemd import Systemd
from bot.telegram.lobby import Lobby
from config.settings import Settings
from storage import chats, lock
from storage.store import Store

log = logging.getLogger(__name__)


@asynccontextmanager
async def holding(settings: Settings) -> AsyncIterator[Service]:
    """Hold the data folder, its lock and its writer; `storage.lock.Held` where another placewatch does."""
    with lock.hold(settings.data):
        store = await Store.open(settings.data / lock.DATABASE, write=True)
        try:
            (settings.data / lock.DATABASE).chmod(0o600)
            # A chat is known as soon as it is set, so that a place added before the first run counts from then.
            for chat_id in settings.chats:
                await store.write(chats.welcome, chat_id, now=clock.now())
            for one in settings.outputs:
                await store.write(chats.welcome, number_of(one.name), now=clock.now(), output=one.name)
            service = Service(settings, store)
            await store.write(service.copies.load, now=clock.now())
            await service.lookout.refresh()
            await service.lookout.learn()
            yield service
        finally:
            await store.close()


async def run(settings: Settings) -> None:
    """The service, until SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - we are running
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        if not stopped:  # a second signal would cut short what makes the first one safe
            stopped = True
            Systemd.from_environment().tell(STOPPING="1")
            loop.call_soon_threadsafe(task.cancel)

    # Not the loop's own handlers: those end with the loop, and a second signal would kill what only has to exit.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        async with holding(settings) as service:
            await service.run()
    except asyncio.CancelledError:
        if not stopped:
            raise
        log.info("stopped")
        for number in (
            signal.SIGINT,
            signal.SIGTERM,
        ):  # Python's own end would give them back their power to kill
            signal.signal(number, signal.SIG_IGN)


async def hear_chats(settings: Settings, seconds: float, tell: Callable[[int, str], None]) -> None:
    """Listen as the bot for so long, and tell each chat that makes itself heard."""
    async with holding(settings) as service:
        bot = service.bot(Lobby(tell).on_update, nothing)
        async with checkup.connected(bot) as connection:
            await asyncio.wait({connection}, timeout=seconds)
            if connection.done():
                connection.result()


async def carry_out(settings: Settings, operation: str, arguments: dict[str, Any], *, telegram: bool) -> Any:
    """Do what writes or needs Telegram: by the running service where there is one, else by ourselves."""
    try:
        async with holding(settings) as service:
            if not telegram:
                return await service.operations()[operation](**arguments)
            supervisor = asyncio.create_task(service.reading.run())
            work = asyncio.ensure_future(service.operations()[operation](**arguments))
            try:
                # The supervisor ends early only where the account can't be used at all.
                await asyncio.wait({supervisor, work}, return_when=asyncio.FIRST_COMPLETED)
                if not work.done():
                    supervisor.result()
                return await work
            finally:
                for task in (work, supervisor):
                    task.cancel()
                    with suppress(asyncio.CancelledError, Exception):
                        await task
    except lock.Held:
        return await control.ask(settings.data, operation, arguments)


async def examine_archive(settings: Settings, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Examine the archive to its end, or watch the running service do it; how it stands then."""
    try:
        async with holding(settings) as service:
            await service.examiner.catch_up(lambda done: tell(done.examined, done.total))
            return await service.operations()["examination"]()  # type: ignore[no-any-return]
    except lock.Held:
        while True:
            stand: dict[str, Any] = await control.ask(settings.data, "examination", {})
            if stand["done"]:
                return stand
            tell(stand["examined"], stand["total"])
            await asyncio.sleep(0.5)
