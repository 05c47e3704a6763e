"""Several accounts read, as one reader would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from telethon import functions

from bot import sessions
from bot.alerts.owed import Rules
from bot.copies import Copies
from bot.coverage.keeper import Coverage
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.account import Elsewhere
from bot.telegram.connection import Connection
from bot.telegram.reader import Reader
from bot.telegram.readers import Readers
from storage import accounts, channels, chats, gaps, holds
from storage.records import Channel, Peer
from storage.store import Store
from tests.making import CHAT
from tests.telegram.conftest import now, sign_in, telegram_settings
from tests.telegram.reading import until
from tests.telegram_server import Account, DropBeforeExecution, FloodWait, TelegramServer, eventually
from tests.telegram_server import Channel as Source

HISTORY = functions.messages.GetHistoryRequest
RESOLVE = functions.contacts.ResolveUsernameRequest
RULES = Rules(min_confidence=0.5, zone=ZoneInfo("Europe/Kyiv"))

AtWork = Callable[..., AbstractAsyncContextManager[Readers]]


class House:
    """An archive that two accounts read into, and what it holds."""

    def __init__(self, store: Store, reader: Account, north: Account) -> None:
        self.store = store
        self.people = {"reader": reader, "north": north}

    async def follow(self, source: Source, name: str = "reader") -> Channel:
        person = self.people[name]
        peer = Peer(
            telegram_id=source.id,
            access_hash=person.hash_of(source.id),
            username=source.username,
            title=source.title,
            joined=person in source.members,
            newest=0,
            account=name,
        )
        followed, _ = await self.store.write(
            channels.follow, peer, account=name, cursor=0, label=None, now=now()
        )
        return followed

    async def texts(self, channel: Channel) -> list[str]:
        rows = await self.store.read(
            lambda db: db.execute(
                "SELECT text FROM post WHERE channel_id = ? ORDER BY id", (channel.id,)
            ).fetchall()
        )
        return [row[0] for row in rows]

    async def told(self) -> list[str]:
        rows = await self.store.read(lambda db: db.execute("SELECT wanted FROM owed ORDER BY id").fetchall())
        return [row[0] for row in rows]

    async def channel(self, channel: Channel) -> Channel:
        return await self.store.read(channels.by_id, channel.id)

    async def until(self, condition: Callable[[], Awaitable[object]]) -> None:
        await until(condition, bool)

    async def until_kept(self, channel: Channel, *texts: str) -> None:
        async def kept() -> bool:
            return await self.texts(channel) == list(texts)

        await self.until(kept)

    async def until_read_by(self, channel: Channel, name: str) -> None:
        async def moved() -> bool:
            return (await self.channel(channel)).account == name

        await self.until(moved)


@pytest.fixture
def north(server: TelegramServer) -> Account:
    return server.add_user("North", phone="+380500000003")


@pytest.fixture
async def house(archive: Store, account: Account, north: Account) -> House:
    await archive.write(chats.welcome, CHAT, now=now())
    return House(archive, account, north)


@pytest.fixture
async def at_work(
    server: TelegramServer, account: Account, north: Account, house: House, tmp_path: Path
) -> AtWork:
    """Both accounts at work, until the block ends."""
    store = house.store
    for name, person in house.people.items():
        await sign_in(server, person, sessions.file_of(tmp_path, name))
    coverage = Coverage(store, clock=now, zone=RULES.zone, team=lambda: [CHAT], on_owed=lambda: None)
    poll = 1.0

    def make(
        name: str, elsewhere: Elsewhere, connected: Callable[[], Awaitable[None]]
    ) -> tuple[Connection, Reader]:
        connection = Connection(
            telegram_settings(server),
            sessions.file_of(tmp_path, name),
            token=None,
            heartbeat=0.5,
            first_delay=0.05,
            on_update=lambda update: reader.on_update(update),
            on_connect=connected,
        )
        reader = Reader(
            connection,
            store,
            Monitor(store, Lookout(store, now), RULES, lambda: None, Copies()),
            coverage,
            clock=now,
            account=name,
            elsewhere=elsewhere,
            sweep_seconds=poll,
            poll_seconds=poll,
            requests_per_second=100,
        )
        return connection, reader

    @asynccontextmanager
    async def work(poll_seconds: float = 0.3) -> AsyncIterator[Readers]:
        nonlocal poll
        poll = poll_seconds
        readers = Readers(
            sessions.signed_in(tmp_path), make, store, coverage, clock=now, look_seconds=0.1, away_seconds=0.5
        )
        tasks = [asyncio.create_task(work) for work in (readers.connect(), readers.run())]
        try:
            await eventually(lambda: all(one.is_connected for one in readers.accounts), timeout=10)
            yield readers
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return work


async def test_new_channels_go_to_the_account_that_has_most_to_spare_and_only_that_reads_them(
    server: TelegramServer, house: House, at_work: AtWork, north: Account, account: Account
) -> None:
    found = []
    sources = [server.add_channel(f"source_{n}") for n in range(4)]
    async with at_work() as readers:
        for source in sources:
            peer = await readers.resolve(str(source.username))
            channel, _ = await house.store.write(
                channels.follow, peer, account=peer.account, cursor=0, label=None, now=now()
            )
            await readers.refresh()
            found.append(channel)
        assert [channel.account for channel in found] == ["reader", "north"] * 2
        for source in sources:
            source.post("one")
        for channel in found:
            await house.until_kept(channel, "one")
    asked = {
        name: {request.peer.channel_id for request in server.asked(HISTORY, person)}
        for name, person in house.people.items()
    }
    assert asked["reader"] == {sources[0].id, sources[2].id}
    assert asked["north"] == {sources[1].id, sources[3].id}


async def test_where_an_account_is_ended_the_other_looks_its_channels_up_and_nothing_is_missed(
    server: TelegramServer, house: House, at_work: AtWork, account: Account, north: Account
) -> None:
    sources = [server.add_channel(f"source_{n}", members=[account]) for n in range(2)]
    mine = [await house.follow(source) for source in sources]
    theirs = await house.follow(server.add_channel("theirs"), "north")
    async with at_work() as readers:
        for source, channel in zip(sources, mine, strict=True):
            source.post("before")
            await house.until_kept(channel, "before")
        account.revoke()
        for source in sources:
            source.post("while nobody reads")
        for channel in mine:
            await house.until_kept(channel, "before", "while nobody reads")
            assert (await house.channel(channel)).account == "north"
        assert (await house.channel(theirs)).account == "north"
        assert server.count(RESOLVE, north) == 2
        for source, channel in zip(sources, mine, strict=True):
            source.post("after")
            await house.until_kept(channel, "before", "while nobody reads", "after")
        stopped = readers.of("reader").stopped
        assert stopped is not None
        assert "type `placewatch login`" in stopped
        [other, one] = await house.store.read(accounts.every)
        assert (one.name, one.problem, other.problem) == ("reader", stopped, None)
        assert not await house.store.read(gaps.waiting)  # what was missed has been made up for
    assert await house.told() == []


async def test_channels_do_not_go_back_to_an_account_that_is_signed_in_again(
    server: TelegramServer, house: House, at_work: AtWork, account: Account
) -> None:
    source = server.add_channel("source")
    channel = await house.follow(source)
    async with at_work():
        account.revoke()
        await house.until_read_by(channel, "north")
    account.restore()
    async with at_work() as readers:
        await eventually(lambda: all(one.stopped is None for one in readers.accounts))
        source.post("one")
        await house.until_kept(channel, "one")
        await readers.refresh()
        assert (await house.channel(channel)).account == "north"
    assert [one.problem for one in await house.store.read(accounts.every)] == [None, None]


async def test_a_channel_that_one_account_may_not_read_is_read_by_another_and_nobody_is_told(
    server: TelegramServer, house: House, at_work: AtWork, account: Account
) -> None:
    source = server.add_channel("source")
    channel = await house.follow(source)
    async with at_work():
        source.post("one")
        await house.until_kept(channel, "one")
        source.expelled.append(account)
        source.post("two")
        await house.until_kept(channel, "one", "two")
    assert (await house.channel(channel)).account == "north"
    assert (await house.channel(channel)).problem is None
    assert await house.told() == []


async def test_a_channel_that_no_account_may_read_is_a_gap_and_told_once(
    server: TelegramServer, house: House, at_work: AtWork, account: Account, north: Account
) -> None:
    source = server.add_channel("source")
    channel = await house.follow(source)
    async with at_work() as readers:
        source.post("one")
        await house.until_kept(channel, "one")
        source.expelled += [account, north]

        async def is_unreadable() -> bool:
            return (await house.channel(channel)).problem is not None

        await house.until(is_unreadable)
        for _ in range(3):
            readers.sweep_all()
            await asyncio.sleep(0.2)
        assert len(await house.told()) == 1
        assert len(await house.store.read(gaps.unread, now())) == 1
        source.expelled.clear()
        readers.sweep_all()
        await house.until_kept(channel, "one")

        async def is_read() -> bool:
            return (await house.channel(channel)).problem is None

        await house.until(is_read)
    assert len(await house.told()) == 2  # it can't be read; it can be read again


async def test_a_long_wait_moves_the_channels_and_what_the_member_is_pushed_still_counts(
    server: TelegramServer, house: House, at_work: AtWork, account: Account, north: Account
) -> None:
    source = server.add_channel("source", members=[account])
    channel = await house.follow(source)
    async with at_work(poll_seconds=600) as readers:
        source.post("one")
        await house.until_kept(channel, "one")
        server.fault(HISTORY, FloodWait(3600), account=account)
        source.post("not pushed", push=False)
        readers.sweep_all()
        await house.until_read_by(channel, "north")
        await house.until_kept(channel, "one", "not pushed")
        asked = server.count(HISTORY, north)
        source.post("pushed")
        await house.until_kept(channel, "one", "not pushed", "pushed")
        assert server.count(HISTORY, north) == asked
        assert not (await house.channel(channel)).joined  # north has not


async def test_a_long_wait_from_before_a_restart_moves_the_channels(
    server: TelegramServer, house: House, at_work: AtWork, account: Account
) -> None:
    source = server.add_channel("source")
    channel = await house.follow(source)
    await house.store.write(holds.hold, "reader", "GetHistory", seconds=3600, now=now())
    source.post("one")
    async with at_work():
        await house.until_kept(channel, "one")
    assert (await house.channel(channel)).account == "north"
    assert server.count(HISTORY, account) == 0


async def test_an_account_that_does_not_come_back_while_another_is_connected_loses_its_channels(
    server: TelegramServer, house: House, at_work: AtWork, account: Account
) -> None:
    source = server.add_channel("source", members=[account])
    channel = await house.follow(source)
    async with at_work() as readers:
        source.post("one")
        await house.until_kept(channel, "one")
        cut = server.fault(None, DropBeforeExecution(), account=account, times=None)
        source.post("two")
        await house.until_read_by(channel, "north")
        await house.until_kept(channel, "one", "two")
        assert readers.of("reader").stopped is None
        cut.lift()
        await eventually(lambda: readers.of("reader").is_connected, timeout=10)
        source.post("three")
        await house.until_kept(channel, "one", "two", "three")
        assert (await house.channel(channel)).account == "north"


async def test_a_short_wait_moves_nothing(
    server: TelegramServer, house: House, at_work: AtWork, account: Account
) -> None:
    source = server.add_channel("source")
    channel = await house.follow(source)
    async with at_work():
        source.post("one")
        await house.until_kept(channel, "one")
        server.fault(HISTORY, FloodWait(1), account=account)
        source.post("two")
        await house.until_kept(channel, "one", "two")
    assert (await house.channel(channel)).account == "reader"


async def test_a_channel_that_both_have_joined_gives_each_post_once(
    server: TelegramServer, house: House, at_work: AtWork, account: Account, north: Account
) -> None:
    source = server.add_channel("source", members=[account, north])
    channel = await house.follow(source)
    async with at_work(poll_seconds=600):
        await house.until(lambda: _read(house, channel))
        for n in range(5):
            source.post(str(n))
        await house.until_kept(channel, *map(str, range(5)))


async def _read(house: House, channel: Channel) -> bool:
    return (await house.channel(channel)).read_at is not None


async def test_a_name_is_looked_up_by_the_other_account_where_one_has_to_wait(
    server: TelegramServer, house: House, at_work: AtWork, account: Account, north: Account
) -> None:
    server.add_channel("source")
    server.fault(RESOLVE, FloodWait(3600), account=account)
    async with at_work() as readers:
        assert (await readers.resolve("source")).account == "north"
        assert (await readers.resolve("source")).account == "north"
    assert server.count(RESOLVE, account) == 1
