"""This process: it holds the data folder and runs the service, or asks whoever holds it."""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any

from bot import checkup, clock, control, sessions
from bot.app import Service, nothing
from bot.errors import Mendable
from bot.findings import Finding
from bot.keeping import before_upgrade
from bot.printed import outside
from bot.systemd import Systemd
from bot.telegram.lobby import Lobby
from bot.telegram.login import Ask, login, logout
from bot.telegram.messenger import Messenger
from config.settings import Settings
from storage import accounts, chats, lock, private
from storage.records import Message
from storage.store import Store

log = logging.getLogger(__name__)


@asynccontextmanager
async def holding(settings: Settings) -> AsyncIterator[Service]:
    """Hold the data folder, its lock and its writer; `storage.lock.Held` where another placewatch does."""
    with lock.hold(settings.data):
        private.require(settings.data)
        store = await Store.open(
            settings.data / lock.DATABASE, write=True, before_upgrade=partial(before_upgrade, settings)
        )
        try:
            # A chat is known as soon as it is set, so that a place added before the first run counts from then.
            for chat_id in settings.chats:
                await store.write(chats.welcome, chat_id, now=clock.now())
            for number, name in outside(settings).items():
                await store.write(chats.welcome, number, now=clock.now(), output=name)
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


async def hear_chats(
    settings: Settings,
    seconds: float,
    tell: Callable[[int, str], None],
    *,
    begun: Callable[[], None] = lambda: None,
    linger: float | None = None,
) -> None:
    """Listen as the bot for so long, and tell each chat that makes itself heard, or did so in the last minutes.

    `begun` is called once it hears. With `linger`, it ends so many seconds after the first chat.
    """
    heard = asyncio.Event()

    def told(chat_id: int, title: str) -> None:
        tell(chat_id, title)
        heard.set()

    async def connected() -> None:
        begun()
        await lobby.hear_earlier(bot)

    async def enough() -> None:
        await heard.wait()
        await asyncio.sleep(seconds if linger is None else linger)

    async with holding(settings) as service:
        lobby = Lobby(told)
        bot = service.bot(lobby.on_update, connected)
        async with checkup.connected(bot) as connection:
            ending = asyncio.create_task(enough())
            await asyncio.wait({connection, ending}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            if connection.done():
                connection.result()


async def look_at_bot(settings: Settings) -> tuple[list[Finding], bool]:
    """How the bot and its chats are, and whether only a person can mend the bot itself."""
    try:
        async with holding(settings) as service:
            bot = service.bot(lambda _: None, nothing)
            async with checkup.connected(bot):
                found = await checkup.account("bot", bot)
                if not any(one.bad for one in found):
                    found += await checkup.team_chats(Messenger(bot), settings.chats, service.store)
                return found, bot.is_stopped
    except lock.Held:
        return await _told(settings, ("bot", "chat ", "clock")), False


async def look_at_readers(settings: Settings) -> tuple[list[Finding], list[str]]:
    """How the reading accounts are, and the names of those that must sign in anew; none signed in: nothing."""
    if not sessions.signed_in(settings.data):
        return [], []
    try:
        async with AsyncExitStack() as stack:
            service = await stack.enter_async_context(holding(settings))
            found, ended = [], []
            for one in service.reading.accounts if service.reading is not None else ():
                await stack.enter_async_context(checkup.connected(one.connection))
                found += await checkup.account(f"reading account {one.name}", one.connection)
                ended += [one.name] if one.connection.is_stopped else []
            return found, ended
    except lock.Held:
        return await _told(settings, ("reading account",)), []


async def _told(settings: Settings, areas: tuple[str, ...]) -> list[Finding]:
    found = [Finding(**one) for one in await control.ask(settings.data, "examine", {})]
    return [one for one in found if one.area.startswith(areas)]


async def say_once(settings: Settings, chat_ids: Sequence[int], message: Message) -> None:
    """Say something in chats as the bot, by the running service where there is one.

    Refused, Busy or Unavailable where it can't be said; Mendable where the service can't.
    """
    try:
        async with holding(settings) as service:
            bot = service.bot(lambda _: None, nothing)
            async with checkup.connected(bot):
                for chat_id in chat_ids:
                    await Messenger(bot).send(chat_id, message, random.SystemRandom().randrange(1, 2**63))
    except lock.Held:
        await control.ask(settings.data, "chats.tell", {"chats": list(chat_ids), "html": message.html})


async def carry_out(
    settings: Settings,
    operation: str,
    arguments: dict[str, Any],
    *,
    telegram: bool,
    patience: float = control.PATIENCE,
) -> Any:
    """Do what writes or needs Telegram: by the running service where there is one, else by ourselves."""
    try:
        async with holding(settings) as service:
            if not telegram or service.reading is None:
                return await service.operations()[operation](**arguments)
            supervisor = asyncio.create_task(service.reading.connect())
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
        return await control.ask(settings.data, operation, arguments, patience=patience)


@asynccontextmanager
async def asking(settings: Settings) -> AsyncIterator[Callable[[str, dict[str, Any]], Awaitable[Any]]]:
    """A way to have operations without Telegram carried out one after another, by whoever holds the data folder."""
    try:
        async with holding(settings) as service:
            operations = service.operations()
            yield lambda operation, arguments: operations[operation](**arguments)
    except lock.Held:
        yield lambda operation, arguments: control.ask(settings.data, operation, arguments)


@asynccontextmanager
async def reaching(settings: Settings) -> AsyncIterator[Callable[[str, dict[str, Any]], Awaitable[Any]]]:
    """Whoever holds the data folder, for several requests: the running service where there is one, else ourselves.

    Then we answer others as a service would, and go on with the backfills that were asked for.
    """
    async with AsyncExitStack() as stack:
        service = None
        with suppress(lock.Held):
            service = await stack.enter_async_context(holding(settings))
        if service is None:
            yield partial(control.ask, settings.data)
            return
        if service.reading is None or service.backfills is None:
            raise Mendable("Reading back needs a reading account: set PLACEWATCH_SOURCE=telegram.")
        operations = service.operations()
        working = [asyncio.create_task(w) for w in (service.reading.connect(), service.backfills.run())]

        async def ask(operation: str, arguments: dict[str, Any]) -> Any:
            for task in working:
                if task.done():
                    task.result()  # the account can't be used at all
            return await operations[operation](**arguments)

        try:
            async with control.serving(settings.data, operations):
                yield ask
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)


async def sign_in(settings: Settings, account: str, ask: Ask, say: Callable[[str], None]) -> None:
    """Sign in a reading account under that name; storage.lock.Held where a service runs."""
    async with holding(settings) as service:
        known = await service.store.read(accounts.every)
        there = sessions.signed_in(settings.data)
        others = {
            one.telegram_id: one.name
            for one in known
            if one.telegram_id is not None and one.name != account and one.name in there
        }
        me = await login(
            settings.telegram, sessions.file_of(settings.data, account), ask, say, others, settings.guard
        )
        await service.store.write(accounts.connected, account, me.telegram_id, me.name)


async def sign_out(settings: Settings, account: str) -> bool:
    """End a reading account's session, and have the others read its channels; False where Telegram could not be told.

    Mendable where there is no such account; storage.lock.Held where a service runs.
    """
    async with holding(settings) as service:
        session = sessions.file_of(settings.data, account)
        if not session.exists():
            raise Mendable(f"No account is signed in as {account}: placewatch accounts list")
        told = await logout(settings.telegram, session, settings.guard)
        if service.reading is not None:
            await service.reading.give_up(account)
        await service.store.write(accounts.forget, account)
        return told


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


async def take_export(
    settings: Settings, path: str, channel: str | None, dry_run: bool, tell: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Take an export in, or have the running service do it, and tell how it stands; how it stood at its end."""
    try:
        async with holding(settings) as service:
            operations = service.operations()
            return await _to_its_end(
                lambda name, given: operations[name](**given), path, channel, dry_run, tell
            )
    except lock.Held:
        return await _to_its_end(
            lambda name, given: control.ask(settings.data, name, given), path, channel, dry_run, tell
        )


async def _to_its_end(
    ask: Callable[[str, dict[str, Any]], Awaitable[Any]],
    path: str,
    channel: str | None,
    dry_run: bool,
    tell: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    started = await ask("import.start", {"path": path, "channel": channel, "dry_run": dry_run})
    number = {"number": started["number"]}
    try:
        while True:
            stand: dict[str, Any] = await ask("import.step", number)
            tell(stand)
            if stand["done"]:
                return stand
    finally:
        with suppress(Mendable):  # the holder may be gone
            await ask("import.end", number)
