"""A wait that Telegram names holds one method, over restarts, and nothing else."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from telethon import functions

from bot.errors import Busy
from bot.telegram.connection import Connection
from bot.telegram.history import Address, History
from bot.telegram.holds import Holds
from bot.telegram.resolver import Resolver
from storage import holds
from storage.store import Store
from tests.telegram.conftest import now, running
from tests.telegram_server import Account, FloodWait, TelegramServer

HISTORY = functions.messages.GetHistoryRequest
MESSAGES = functions.channels.GetMessagesRequest
RESOLVE = functions.contacts.ResolveUsernameRequest


async def test_a_wait_of_three_hours_for_one_method_does_not_hold_the_others(
    server: TelegramServer, reading: Connection, account: Account, archive: Store
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    post = source.post("one")
    server.fault(MESSAGES, FloodWait(10_800), times=None)
    address = Address(source.id, account.hash_of(source.id))
    history = History(Holds(reading, archive, "reader", now), 200)
    async with running(reading), asyncio.timeout(5):
        for _ in range(3):
            with pytest.raises(Busy) as held:
                await history.empty(address, [post])
            assert 10_700 < held.value.wait <= 10_800
        assert (await history.newest(address)).ids == [post]
    assert server.count(MESSAGES) == 1


async def test_a_wait_is_kept_over_a_restart_and_then_asks_nothing(
    server: TelegramServer, reading: Connection, account: Account, archive: Store
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    server.fault(HISTORY, FloodWait(600))
    address = Address(source.id, account.hash_of(source.id))
    async with running(reading):
        with pytest.raises(Busy):
            await History(Holds(reading, archive, "reader", now), 200).newest(address)
        again = Holds(reading, archive, "reader", lambda: now() + timedelta(seconds=400))
        with pytest.raises(Busy) as held:
            await History(again, 200).newest(address)
        assert 190 < held.value.wait <= 200
        assert server.count(HISTORY) == 1
        later = Holds(reading, archive, "reader", lambda: now() + timedelta(seconds=601))
        await History(later, 200).newest(address)
        second = Holds(reading, archive, "second", now)
        await History(second, 200).newest(address)  # a wait is the account's own


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_jumps_an_hour_makes_a_wait_neither_longer_nor_shorter(
    server: TelegramServer, reading: Connection, account: Account, archive: Store, hours: int
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    server.fault(HISTORY, FloodWait(600))
    jump = timedelta()
    asking = Holds(reading, archive, "reader", lambda: now() + jump)
    history = History(asking, 200)
    address = Address(source.id, account.hash_of(source.id))
    async with running(reading):
        with pytest.raises(Busy):
            await history.newest(address)
        jump = timedelta(hours=hours)
        with pytest.raises(Busy) as held:
            await history.newest(address)
        assert 590 < held.value.wait <= 600
        assert asking.until()["GetHistory"] - asking.until()["GetHistory"] < timedelta(seconds=1)
        assert (
            timedelta(seconds=590) < asking.until()["GetHistory"] - (now() + jump) <= timedelta(seconds=600)
        )
    assert server.count(HISTORY) == 1


async def test_names_are_looked_up_slowly_over_restarts_too(
    server: TelegramServer, reading: Connection, archive: Store
) -> None:
    for number in range(7):
        server.add_channel(f"channel_{number}")
    at = now()

    def resolver() -> Resolver:
        asking = Holds(reading, archive, "reader", lambda: at)
        return Resolver(asking, History(asking, 200), archive, account="reader", clock=lambda: at)

    async with running(reading):
        for number in range(5):
            await resolver().resolve(f"channel_{number}")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await resolver().resolve("channel_5")
        assert server.count(RESOLVE) == 5
        at += timedelta(minutes=1)
        await resolver().resolve("channel_5")
        assert server.count(RESOLVE) == 6


async def test_a_person_who_looks_up_a_name_is_told_of_a_long_wait_at_once(
    server: TelegramServer, reading: Connection, archive: Store
) -> None:
    server.add_channel("dpr_head")
    await archive.write(holds.hold, "reader", "ResolveUsername", seconds=10_800, now=now())
    asking = Holds(reading, archive, "reader", now)
    resolver = Resolver(asking, History(asking, 200), archive, account="reader", clock=now)
    async with running(reading), asyncio.timeout(5):
        with pytest.raises(Busy, match="ResolveUsername"):
            await resolver.resolve("dpr_head")
    assert server.count(RESOLVE) == 0
