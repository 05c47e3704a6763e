"""Reading a channel's past, with a real client against the local server."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from telethon import functions, types

from bot.errors import Mendable
from bot.telegram.connection import Connection
from storage import backfills, channels, known
from storage.store import Store
from tests.blank import blank
from tests.making import searched
from tests.telegram.conftest import now
from tests.telegram.house import KYIV, House
from tests.telegram_server import Account, Effect, FloodWait, RpcFault, TelegramServer
from tests.telegram_server import Channel as Source

HISTORY = functions.messages.GetHistoryRequest
START = datetime(2025, 11, 1, tzinfo=UTC)
SAID = (
    "Подразделения группировки продвинулись в Покровске на два километра, уничтожены три опорных пункта, "
    "взяты в плен девять военнослужащих, захвачены склад боеприпасов и две исправные бронемашины"
)


class EmptyPage(Effect):
    """Answered as a server does that has lost sight of the history."""

    async def strike(self, call: Any, execute: Callable[[], object]) -> None:
        answer = types.messages.ChannelMessages(1, 0, [], [], [], [])
        call.connection.answer(call.message_id, answer)


@pytest.fixture
async def house(reading: Connection, tmp_path: Path) -> AsyncIterator[House]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield House(store, reading)
    await store.close()


@pytest.fixture
def source(server: TelegramServer, account: Account) -> Source:
    return server.add_channel("dpr_head", title="Head of DPR", members=[account])


def post_daily(source: Source, count: int, text: str = "Сводка") -> None:
    for day in range(count):
        source.post(f"{text} {day + 1}", at=START + timedelta(days=day / 10), push=False)


async def test_the_past_of_a_channel_is_read_whole(house: House, source: Source, account: Account) -> None:
    post_daily(source, 250)
    source.skip_ids(40)
    source.service(types.MessageActionPinMessage(), push=False)
    source.delete(7)
    album = source.post_album(["Колонна", "", ""], at=START, push=False)
    channel = await house.follow(source, account)
    async with house.at_work():
        job = await house.done("@dpr_head")
    kept = await house.posts()
    assert job["state"] == "finished"
    assert job["left"] == 0
    assert sorted(kept) == [m.id for m in source.messages]
    assert kept[album[0]] == "Колонна"
    assert await house.store.read(known.ranges, channel.id) == [(1, album[-1])]
    assert (await house.store.read(channels.by_id, channel.id)).cursor == album[-1]


async def test_only_the_time_that_was_asked_for_is_read_and_its_dates_are_local(
    house: House, source: Source, account: Account
) -> None:
    midnight = datetime(2025, 11, 2, tzinfo=KYIV)
    for minutes in (-1, 0, 60, 24 * 60 - 1, 24 * 60):
        source.post(str(minutes), at=midnight + timedelta(minutes=minutes), push=False)
    await house.follow(source, account)
    async with house.at_work():
        await house.done("dpr_head", since="2025-11-02", until="2025-11-03")
    assert list((await house.posts()).values()) == ["0", "60", str(24 * 60 - 1)]


async def test_what_is_known_is_not_asked_for_again(
    house: House, source: Source, account: Account, server: TelegramServer
) -> None:
    post_daily(source, 500)
    await house.follow(source, account)
    async with house.at_work():
        await house.done("dpr_head", since="2025-11-21")
        before = server.count(HISTORY)
        job = await house.done("dpr_head")
        pages = [r for r in server.asked(HISTORY)[before:] if r.limit == 100 and r.offset_id]
    assert job["state"] == "finished"
    assert len(await house.posts()) == 500
    assert len(pages) == 2
    assert max(r.offset_id for r in pages) < 203


async def test_old_posts_are_found_and_folded_and_nobody_is_told(
    house: House, source: Source, account: Account, server: TelegramServer
) -> None:
    other = server.add_channel("copycat", members=[account])
    source.post(SAID, at=START, push=False)
    other.post(SAID, at=START + timedelta(minutes=5), push=False)
    # An edit that was made while the channel was followed does not make an old post news.
    edited = source.post("Бои в Покровске идут", at=START, push=False)
    await house.watch("Покровск", since=START - timedelta(days=1))
    await house.follow(source, account)
    await house.follow(other, account)
    source.edit(edited, "Бои в Покровске закончены", push=False)
    async with house.at_work():
        await house.done("dpr_head", "copycat")
    found = await house.store.read(searched, "покровск", limit=10)
    assert len(found) == 3
    assert all(mention.late for kept in found for mention in kept.mentions)
    members = await house.store.read(lambda db: db.execute("SELECT how FROM story_member").fetchall())
    assert members == [("copy",)]
    assert await house.owed() == 0


async def test_a_new_post_that_repeats_an_old_one_is_told(
    house: House, source: Source, account: Account
) -> None:
    source.post(SAID, at=now() - timedelta(minutes=30), push=False)
    await house.watch("Покровск", since=START)
    await house.follow(source, account)
    async with house.at_work():
        await house.done("dpr_head")
        assert await house.owed() == 0
        source.post(SAID)
        await house.until_owed()
    assert await house.owed() == 1
    [subject] = await house.store.read(lambda db: db.execute("SELECT subject FROM owed").fetchone())
    assert subject == "post:1:1"  # the story began with the old post


async def test_a_post_that_was_missed_since_the_channel_is_followed_is_owed(
    house: House, source: Source, account: Account
) -> None:
    source.post("Доброе утро", at=START, push=False)
    await house.watch("Покровск", since=START)
    channel = await house.follow(source, account)
    source.post("Бои в Покровске", push=False)
    last = source.post("Добрый вечер", push=False)
    await house.store.write(channels.read_through, channel.id, last, now())  # as a fault would leave it
    async with house.at_work():
        await house.done("dpr_head")
    assert await house.owed() == 1


async def test_a_stopped_backfill_goes_on_where_it_was(
    house: House, source: Source, account: Account, server: TelegramServer
) -> None:
    post_daily(source, 450)
    channel = await house.follow(source, account)
    server.fault(HISTORY, FloodWait(3), when=lambda r: r.offset_id == 201, times=1)
    async with house.at_work():
        await house.backfills.start(["dpr_head"], False, None, None)
        await house.until_held()
        [stopped] = await house.backfills.stop([channel.id])
    assert stopped["state"] == "stopped"
    assert stopped["left"] == 250
    assert [job.posts for job in await house.store.read(backfills.unfinished)] == [200]
    assert len(await house.posts()) == 200

    again = House(house.store, house.connection)
    async with again.at_work():
        assert len(await again.backfills.resume()) == 1
        job = await again.ended()
    assert job["posts"] == 450
    assert len(await house.posts()) == 450


async def test_a_channel_that_is_followed_no_more_is_read_no_further(
    house: House, source: Source, account: Account
) -> None:
    channel = await house.follow(source, account)
    await house.store.write(channels.unfollow, channel.id)
    with pytest.raises(Mendable, match="not followed any more"):
        await house.reader.past.read(channel, 1, 300)


async def test_a_wait_that_telegram_asks_for_is_shown_and_kept(
    house: House, source: Source, account: Account, server: TelegramServer
) -> None:
    post_daily(source, 150)
    await house.follow(source, account)
    server.fault(HISTORY, FloodWait(2), when=lambda r: r.offset_id == 101)
    async with house.at_work():
        await house.backfills.start(["dpr_head"], False, None, None)
        await house.until_held()
        began = time.monotonic()
        job = await house.ended()
    assert time.monotonic() - began > 1
    assert job["posts"] == 150


async def test_two_backfills_of_one_channel_are_one_that_is_as_long_as_both(
    house: House, source: Source, account: Account
) -> None:
    post_daily(source, 300)
    await house.follow(source, account)
    async with house.at_work():
        await house.backfills.start(["dpr_head"], False, "2025-11-11", "2025-11-21")
        await house.backfills.start(["dpr_head"], False, "2025-11-06", "2025-11-16")
        job = await house.ended()
    assert job["state"] == "finished"
    kept = await house.posts()
    assert len(await house.progress()) == 1
    assert min(kept) == 51
    assert max(kept) == 200


async def test_bounds_that_were_looked_up_for_other_times_are_not_kept(
    house: House, source: Source, account: Account
) -> None:
    channel = await house.follow(source, account)
    store = house.store
    await store.write(backfills.ask, channel.id, since=START + timedelta(days=10), until=None, now=now())
    [job] = await store.read(backfills.of, [channel.id])
    await store.write(backfills.ask, channel.id, since=START, until=None, now=now())
    await store.write(backfills.set_bounds, job, 101, 300)
    [job] = await store.read(backfills.of, [channel.id])
    assert (job.since, job.low, job.high) == (START, None, None)
    await store.write(backfills.set_bounds, job, 1, 300)
    [job] = await store.read(backfills.of, [channel.id])
    assert (job.low, job.high) == (1, 300)


async def test_a_channel_without_posts_is_done_at_once(
    house: House, source: Source, account: Account
) -> None:
    await house.follow(source, account)
    async with house.at_work():
        job = await house.done("dpr_head")
    assert (job["state"], job["posts"]) == ("finished", 0)


async def test_a_channel_that_can_not_be_read_says_why_and_the_next_one_goes_on(
    house: House, source: Source, account: Account, server: TelegramServer
) -> None:
    gone = server.add_channel("gone", members=[account])
    gone.post("Было", push=False)
    post_daily(source, 3)
    await house.follow(gone, account)
    await house.follow(source, account)
    server.fault(
        HISTORY,
        RpcFault(400, "CHANNEL_PRIVATE"),
        times=None,
        when=lambda r: getattr(r.peer, "channel_id", 0) == gone.id,
    )
    async with house.at_work():
        await house.backfills.start(["gone", "dpr_head"], False, None, None)
        await house.ended()
    states = {job["channel"]: (job["state"], job["problem"]) for job in await house.progress()}
    assert states["@dpr_head"] == ("finished", None)
    assert states["@gone"][0] == "failed"
    assert "private" in str(states["@gone"][1])


async def test_an_empty_page_of_a_history_that_goes_on_is_not_believed(
    house: House, source: Source, account: Account, server: TelegramServer
) -> None:
    post_daily(source, 120)
    channel = await house.follow(source, account)
    server.fault(HISTORY, EmptyPage(), when=lambda r: r.offset_id == 101)
    async with house.at_work():
        job = await house.done("dpr_head")
    assert job["posts"] == 120
    assert await house.store.read(known.ranges, channel.id) == [(1, 120)]


async def test_a_deletion_is_found_while_reading_back(house: House, source: Source, account: Account) -> None:
    post_daily(source, 10)
    channel = await house.follow(source, account)
    async with house.at_work():
        await house.done("dpr_head")
        source.delete(4, push=False)
        await house.store.write(lambda db: db.execute("DELETE FROM known"))
        await house.done("dpr_head")
    assert (await house.posts())[4] == "(deleted)"
    assert channel.id == 1


async def test_a_plan_says_how_much_there_is_and_reads_nothing(
    house: House, source: Source, account: Account
) -> None:
    post_daily(source, 250)
    await house.follow(source, account)
    async with house.at_work():
        plan = await house.backfills.plan("dpr_head", "2025-11-11", None)
        assert plan == {"channel": "@dpr_head", "messages": 150, "minutes": 0.0}
        with pytest.raises(Mendable, match="Not followed: nobody"):
            await house.backfills.named(["nobody", "dpr_head"], False)
    assert await house.posts() == {}
