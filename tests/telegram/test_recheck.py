"""Posts that have left the newest page are looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from telethon import functions
from telethon.tl import types

from bot.alerts.owed import Rules
from bot.copies import Copies
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from bot.telegram.history import History
from bot.telegram.holds import Holds
from bot.telegram.posts import to_post
from bot.telegram.recheck import Recheck
from storage import rechecks
from storage.records import Channel, Pass
from storage.store import Store
from storage.times import to_ms
from tests.making import follow as follow_row
from tests.telegram.conftest import now, running
from tests.telegram.reading import until
from tests.telegram.test_joins import follow
from tests.telegram_server import Account, RpcFault, TelegramServer
from tests.telegram_server import Channel as Source

MESSAGES = functions.channels.GetMessagesRequest
HISTORY = functions.messages.GetHistoryRequest
RULES = Rules(min_confidence=0.5, zone=ZoneInfo("Europe/Kyiv"))
ME = "reader"

AtWork = Callable[[], AbstractAsyncContextManager[Recheck]]


@pytest.fixture
def take(archive: Store) -> Monitor:
    return Monitor(archive, Lookout(archive, now), RULES, lambda: None, Copies())


@pytest.fixture
def at_work(reading: Connection, archive: Store, take: Monitor) -> AtWork:
    @asynccontextmanager
    async def work() -> AsyncIterator[Recheck]:
        asking = Holds(reading, archive, ME, now)
        recheck = Recheck(History(asking, 500), archive, take, clock=now, account=ME, requests_per_second=500)
        async with running(reading, recheck.run()):
            yield recheck

    return work


async def posted(
    archive: Store, take: Monitor, account: Account, source: Source, count: int, *, hours: float
) -> Channel:
    """A channel with so many posts of that age, and 50 new ones, all of which we hold."""
    for number in range(count):
        source.post(f"post {number}", at=now() - timedelta(hours=hours), push=False)
    for number in range(50):
        source.post(f"new {number}", push=False)
    channel = await follow(archive, account, source, joined=True)
    kept = [to_post(source.seen_by(account, message), channel.id) for message in source.messages]
    await take.take([post for post in kept if post is not None], now())
    return channel


async def shown(archive: Store, channel: Channel, message_id: int) -> str:
    row = await archive.read(
        lambda db: db.execute(
            "SELECT CASE WHEN deleted_at IS NULL THEN text ELSE '(deleted)' END FROM post "
            "WHERE channel_id = ? AND message_id = ?",
            (channel.id, message_id),
        ).fetchone()
    )
    return str(row[0])


async def eventually_shown(archive: Store, channel: Channel, message_id: int, expected: str) -> None:
    await until(lambda: shown(archive, channel, message_id), lambda found: found == expected)


async def looked(archive: Store, channel: Channel) -> None:
    """Until all passes are over."""
    await until(
        lambda: archive.read(rechecks.passes),
        lambda passes: len(passes) == 3 and all(p.reached is None for p in passes.values()),
    )


@pytest.mark.parametrize("hours", [2, 100])
async def test_a_silent_edit_and_a_silent_deletion_of_an_older_post_are_found(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork, hours: float
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    channel = await posted(archive, take, account, source, 120, hours=hours)
    source.edit(7, "quietly edited", push=False)
    source.delete(8, push=False)
    async with at_work():
        await looked(archive, channel)
    assert await shown(archive, channel, 7) == "quietly edited"
    assert await shown(archive, channel, 8) == "(deleted)"
    assert await shown(archive, channel, 9) == "post 8"
    assert all(len(request.id) <= 100 for request in server.asked(MESSAGES))
    assert server.count(MESSAGES) == 3  # 100 ids, the other 20, and the deleted one again


async def test_after_a_backup_was_restored_the_month_before_it_is_looked_at_once(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    channel = await posted(archive, take, account, source, 120, hours=24 * 20)
    source.edit(7, "quietly edited", push=False)
    source.delete(8, push=False)
    await archive.write(
        lambda db: db.execute(
            "INSERT INTO restored(at, file, until, told) VALUES (?, 'b.db', ?, 1)",
            (to_ms(now()), to_ms(now() - timedelta(days=10))),
        )
    )
    async with at_work():
        async with asyncio.timeout(20):
            while await archive.read(rechecks.restored):  # noqa: ASYNC110 - nobody says so
                await asyncio.sleep(0.02)
    assert await shown(archive, channel, 7) == "quietly edited"
    assert await shown(archive, channel, 8) == "(deleted)"
    assert server.count(MESSAGES) == 3
    assert {age for _, age in await archive.read(rechecks.passes)} == {"hour", "day", "week"}


async def test_a_restore_is_looked_at_to_the_end_by_every_account(archive: Store) -> None:
    first, second = [await archive.write(follow_row, number) for number in (1, 2)]
    await archive.write(
        lambda db: db.execute("INSERT INTO restored(id, at, file, until, told) VALUES (1, 9, 'b.db', 1, 1)")
    )
    await archive.write(rechecks.note, first.id, "restored 1", Pass(now(), None))
    await archive.write(rechecks.checked, [1], now())
    assert list(await archive.read(rechecks.restored)) == [1]
    await archive.write(rechecks.note, second.id, "restored 1", Pass(now(), None))
    await archive.write(rechecks.checked, [1], now())
    assert await archive.read(rechecks.restored) == {}
    assert await archive.read(rechecks.passes) == {}


async def test_what_has_been_looked_at_is_not_looked_at_again_after_a_restart(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    channel = await posted(archive, take, account, source, 5, hours=2)
    async with at_work():
        await looked(archive, channel)
    asked = server.count(MESSAGES)
    async with at_work():
        await asyncio.sleep(0.3)
    assert (asked, server.count(MESSAGES)) == (1, 1)


async def test_posts_of_the_last_hour_are_looked_at_where_a_channel_posts_faster_than_a_page(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    channel = await posted(archive, take, account, source, 20, hours=0.5)
    source.delete(7, push=False)
    async with at_work():
        await looked(archive, channel)
    assert await shown(archive, channel, 7) == "(deleted)"
    assert await shown(archive, channel, 8) == "post 7"


async def test_what_may_have_been_missed_is_looked_at_before_its_time(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    channel = await posted(archive, take, account, source, 5, hours=2)
    async with at_work():
        await looked(archive, channel)
    source.delete(3, push=False)
    await archive.write(rechecks.renew, [channel.id], ["hour", "day"])
    async with at_work():
        await eventually_shown(archive, channel, 3, "(deleted)")


async def test_a_channel_whose_posts_all_stand_on_the_newest_page_costs_nothing(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    for number in range(50):
        source.post(f"post {number}", at=now() - timedelta(hours=2), push=False)
    channel = await posted(archive, take, account, source, 0, hours=2)
    async with at_work():
        await looked(archive, channel)
    assert server.count(MESSAGES) == 1  # the fifty that fifty newer ones have pushed down


async def test_an_empty_answer_of_a_channel_that_shows_nothing_is_no_deletion(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    channel = await posted(archive, take, account, source, 5, hours=2)
    source.delete(*range(1, 56), push=False)  # so Telegram says of a channel that it does not let us see
    async with at_work():
        await looked(archive, channel)
    assert await shown(archive, channel, 3) == "post 2"


async def test_an_answer_that_is_empty_only_once_is_no_deletion(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    source = server.add_channel("dpr_head", members=[account])
    channel = await posted(archive, take, account, source, 5, hours=2)
    source.delete(3, push=False)

    def comes_back(request: types.TLRequest) -> bool:
        if len(request.id) == 1:
            source._deleted.discard(3)
        return False

    server.fault(MESSAGES, RpcFault(400, "NEVER"), when=comes_back)
    async with at_work():
        await looked(archive, channel)
    assert await shown(archive, channel, 3) == "post 2"
    assert server.count(MESSAGES) == 2


async def test_a_channel_that_refuses_does_not_stop_the_others(
    server: TelegramServer, archive: Store, account: Account, take: Monitor, at_work: AtWork
) -> None:
    closed = server.add_channel("closed", members=[account])
    source = server.add_channel("dpr_head", members=[account])
    await posted(archive, take, account, closed, 5, hours=2)
    channel = await posted(archive, take, account, source, 5, hours=2)
    server.fault(
        MESSAGES,
        RpcFault(400, "CHANNEL_PRIVATE"),
        times=None,
        when=lambda request: request.channel.channel_id == closed.id,
    )
    source.edit(2, "quietly edited", push=False)
    async with at_work():
        await eventually_shown(archive, channel, 2, "quietly edited")
