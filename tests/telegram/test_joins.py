"""Joining, slowly, what the operator names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta

import pytest
from telethon import functions

from bot.telegram.connection import Connection
from bot.telegram.holds import Holds
from bot.telegram.joins import Joins
from storage import channels, joining
from storage.records import Channel, Joining, Wish
from storage.store import Store
from tests.telegram.conftest import now, running
from tests.telegram.reading import peer_of, until
from tests.telegram_server import Account, FloodWait, RpcFault, TelegramServer, eventually
from tests.telegram_server import Channel as Source

JOIN = functions.channels.JoinChannelRequest
LEAVE = functions.channels.LeaveChannelRequest
ME = "reader"

AtWork = Callable[..., AbstractAsyncContextManager[Joins]]


class Clock:
    """The wall's clock, which a test moves."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at_work(reading: Connection, archive: Store, clock: Clock) -> AtWork:
    @asynccontextmanager
    async def work(minutes: float = 10, most: int = 500) -> AsyncIterator[Joins]:
        async def changed() -> None: ...

        joins = Joins(
            Holds(reading, archive, ME, clock),
            archive,
            account=ME,
            clock=clock,
            minutes=minutes,
            most=most,
            on_change=changed,
        )
        async with running(reading, joins.run()):
            yield joins

    return work


async def follow(archive: Store, account: Account, source: Source, *, joined: bool = False) -> Channel:
    peer = peer_of(source, account, joined=joined)
    channel, _ = await archive.write(channels.follow, peer, account=ME, cursor=0, label=None, now=now())
    return channel


async def wishing(
    archive: Store, account: Account, *sources: Source, state: Joining = Joining.TO_JOIN
) -> list[Channel]:
    found = []
    for source in sources:
        channel = await follow(archive, account, source, joined=account in source.members)
        await archive.write(joining.ask, ME, channel.id, state, now=now())
        found.append(channel)
    return found


async def wish(archive: Store, channel: Channel, condition: Callable[[Wish | None], bool]) -> Wish | None:
    async def look() -> Wish | None:
        return (await archive.read(joining.by_channel)).get(channel.id)

    return await until(look, condition)


def is_done(found: Wish | None) -> bool:
    return found is None


def is_settled(found: Wish | None) -> bool:
    return found is not None and found.state is not Joining.TO_JOIN


async def test_channels_are_joined_one_by_one_at_a_pace_that_outlives_a_restart(
    server: TelegramServer, archive: Store, account: Account, at_work: AtWork, clock: Clock
) -> None:
    sources = [server.add_channel(f"channel_{n}") for n in range(2)]
    one, two = await wishing(archive, account, *sources)
    async with at_work():
        await wish(archive, one, is_done)
    assert (await archive.read(channels.by_id, one.id)).joined
    assert account in sources[0].members
    async with at_work():
        await asyncio.sleep(0.3)
        assert server.count(JOIN) == 1
    clock.ahead = timedelta(minutes=15)  # the longest pause, with its jitter
    async with at_work():
        await wish(archive, two, is_done)
    assert server.count(JOIN) == 2


async def test_nothing_is_joined_unless_it_is_asked_for(
    server: TelegramServer, archive: Store, account: Account, at_work: AtWork
) -> None:
    await follow(archive, account, server.add_channel("dpr_head"))
    async with at_work():
        await asyncio.sleep(0.2)
    assert server.count(JOIN) == 0


async def test_a_wish_made_while_at_work_is_heard(
    server: TelegramServer, archive: Store, account: Account, at_work: AtWork
) -> None:
    async with at_work() as joins:
        await asyncio.sleep(0.1)
        [channel] = await wishing(archive, account, server.add_channel("dpr_head"))
        joins.wake()
        await wish(archive, channel, is_done)


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        ("INVITE_REQUEST_SENT", Joining.ASKED, "an administrator of the channel must agree"),
        ("CHANNEL_PRIVATE", Joining.REFUSED, "CHANNEL_PRIVATE"),
        ("CHANNELS_TOO_MUCH", Joining.REFUSED, "as many channels as Telegram allows"),
    ],
)
async def test_a_refusal_is_told_and_not_tried_again(
    server: TelegramServer,
    archive: Store,
    account: Account,
    at_work: AtWork,
    fault: str,
    state: Joining,
    words: str,
) -> None:
    server.fault(JOIN, RpcFault(400, fault))
    [channel] = await wishing(archive, account, server.add_channel("dpr_head"))
    async with at_work(minutes=0.0001):
        found = await wish(archive, channel, is_settled)
        await asyncio.sleep(0.1)
    assert found is not None
    assert found.state is state
    assert words in found.words
    assert server.count(JOIN) == 1


async def test_a_channel_that_the_account_is_in_already_counts_as_joined(
    server: TelegramServer, archive: Store, account: Account, at_work: AtWork
) -> None:
    server.fault(JOIN, RpcFault(400, "USER_ALREADY_PARTICIPANT"))
    [channel] = await wishing(archive, account, server.add_channel("dpr_head"))
    async with at_work():
        await wish(archive, channel, is_done)
    assert (await archive.read(channels.by_id, channel.id)).joined


async def test_when_telegram_allows_no_more_the_rest_is_not_even_tried(
    server: TelegramServer, archive: Store, account: Account, at_work: AtWork
) -> None:
    server.fault(JOIN, RpcFault(400, "CHANNELS_TOO_MUCH"), times=None)
    found = await wishing(archive, account, *(server.add_channel(f"channel_{n}") for n in range(3)))
    async with at_work(minutes=0.0001):
        await wish(archive, found[-1], is_settled)
    assert server.count(JOIN) == 1


async def test_no_more_channels_are_joined_than_allowed(
    server: TelegramServer, archive: Store, account: Account, at_work: AtWork
) -> None:
    await follow(archive, account, server.add_channel("full", members=[account]), joined=True)
    [channel] = await wishing(archive, account, server.add_channel("dpr_head"))
    async with at_work(most=1):
        found = await wish(archive, channel, is_settled)
    assert found is not None
    assert "PLACEWATCH_READING__MOST_JOINED" in found.words
    assert server.count(JOIN) == 0


async def test_a_wait_that_telegram_names_holds_joining_and_not_leaving(
    server: TelegramServer, archive: Store, account: Account, at_work: AtWork
) -> None:
    server.fault(JOIN, FloodWait(10_800))
    mine = server.add_channel("mine", members=[account])
    [channel] = await wishing(archive, account, server.add_channel("dpr_head"))
    async with at_work(minutes=0.0001) as joins:
        await eventually(lambda: server.count(JOIN) == 1)
        [leaving] = await wishing(archive, account, mine, state=Joining.TO_LEAVE)
        joins.wake()
        await wish(archive, leaving, is_done)
    assert account not in mine.members
    assert (server.count(JOIN), server.count(LEAVE)) == (1, 1)
    left = await archive.read(joining.by_channel)
    assert left[channel.id].state is Joining.TO_JOIN
