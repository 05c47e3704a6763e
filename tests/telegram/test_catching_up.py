"""What was said while nobody read, or was never pushed: found, in order, and nothing twice."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from telethon import functions, types

from bot.copies import Copies
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from storage import channels, gaps, known, rechecks
from storage.database import StorageError
from storage.records import Post, PostKey, Priority
from tests.telegram.conftest import beat, now
from tests.telegram.reading import GET, HISTORY, RULES, Kept, Reading, until
from tests.telegram_server import Account, FloodWait, TelegramServer, eventually
from tests.telegram_server import Channel as Source


async def test_what_was_said_while_away_is_read_in_order_from_the_cursor(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    ids = [source.post(f"post {n}", push=False) for n in range(350)]
    source.skip_ids(150)
    ids += [source.post(f"later {n}", push=False) for n in range(30)]
    channel = await kept.follow(source, account, cursor=ids[20])
    async with work():
        found = await kept.until_channel(channel, lambda c: c.cursor == ids[-1])
        assert list(await kept.posts(channel)) == ids[21:]
        assert found.read_at is not None
    assert server.count(HISTORY) <= 6


async def test_what_was_never_pushed_is_found_by_the_next_sweep(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work(sweep_seconds=0.05):
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        post = source.post("quiet", push=False)
        await kept.until(channel, {post: "quiet"})
        source.edit(post, "quietly edited", push=False)
        await kept.until(channel, {post: "quietly edited"})


async def test_deletions_missed_while_away_are_found_by_a_second_empty_answer(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    posts = [source.post(f"post {n}") for n in range(4)]
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.cursor == posts[-1])
    source.delete(posts[1], posts[3], push=False)
    async with work():
        await kept.until(
            channel, {posts[0]: "post 0", posts[1]: "(deleted)", posts[2]: "post 2", posts[3]: "(deleted)"}
        )
    assert [m.id for m in server.asked(functions.channels.GetMessagesRequest)[0].id] == [posts[1], posts[3]]


async def test_edits_and_deletions_of_older_posts_while_away_come_with_the_difference(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        texts = {source.post(f"post {n}"): f"post {n}" for n in range(130)}  # more than the newest page
        await kept.until(channel, texts)
    source.edit(3, "edited", push=False)
    source.delete(4, push=False)
    async with work():
        await kept.until(channel, {**texts, 3: "edited", 4: "(deleted)"})


class Hanging(Monitor):
    """Never has a deletion kept, as when the process is killed in that moment."""

    asked = 0

    async def deleted(self, *_: Any) -> None:
        self.asked += 1
        await asyncio.Event().wait()


async def test_what_was_pushed_and_not_kept_is_told_again_after_the_next_start(
    source: Source, account: Account, kept: Kept, work: Reading, reading: Connection
) -> None:
    channel = await kept.follow(source, account)
    long_ago = now() - timedelta(days=10)  # too old to be looked at again
    texts = {source.post(f"post {n}", at=long_ago + timedelta(seconds=n)): f"post {n}" for n in range(130)}
    async with work():
        await kept.until(channel, texts)
        texts[source.post("pushed")] = "pushed"
        await kept.until(channel, texts)
        await beat(reading)
    take = Hanging(kept.store, Lookout(kept.store, now), RULES, lambda: None, Copies())
    async with work(take):
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        source.delete(4)
        await eventually(lambda: take.asked)
        await beat(reading)
    async with work():
        await kept.until(channel, {**texts, 4: "(deleted)"})


async def test_after_a_start_the_posts_of_the_last_day_are_looked_at_for_what_was_never_told(
    server: TelegramServer, account: Account, kept: Kept, work: Reading
) -> None:
    source = server.add_channel("ministry")  # not joined: no difference tells
    channel = await kept.follow(source, account, joined=False)
    texts = {source.post(f"post {n}", at=now() - timedelta(seconds=160 - n)): f"post {n}" for n in range(160)}
    async with work():
        await kept.until(channel, texts)
        async with asyncio.timeout(10):
            while len(await kept.store.read(rechecks.passes)) < 3:  # noqa: ASYNC110 - nobody says so
                await asyncio.sleep(0.01)
    source.edit(3, "edited")
    source.delete(4)
    async with work():
        await kept.until(channel, {**texts, 3: "edited", 4: "(deleted)"})


async def test_a_reconnection_reads_what_was_missed(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        post = source.post("missed", push=False)
        server.drop_all()
        await kept.until(channel, {post: "missed"})


async def test_a_difference_that_telegram_gave_up_on_is_read_from_history(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        first = source.post("one")
        await kept.until(channel, {first: "one"})
        source.too_long = True
        lost = source.post("lost", push=False)
        last = source.post(
            "last"
        )  # a hole in pts: Telethon asks for a difference, and is told that it is too long
        await kept.until(channel, {first: "one", lost: "lost", last: "last"})
        await kept.until_channel(channel, lambda c: c.cursor == last)
    [(why, closed)] = await kept.store.read(
        lambda db: db.execute("SELECT why, closed_at FROM gap").fetchall()
    )
    assert why == "so much happened that Telegram did not tell all of it"
    assert closed is not None


async def test_a_message_that_can_not_be_read_is_a_gap_and_the_rest_goes_on(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    first = source.post("one", push=False)
    broken = source.post(
        "two", push=False, media=types.MessageMediaVenue(types.GeoPointEmpty(), "", "", "", "", "")
    )
    last = source.post("three", push=False)

    class Odd(Monitor):
        async def take(self, posts: Sequence[Post], received_at: datetime) -> dict[PostKey, str]:
            refused = {p.key: "odd" for p in posts if p.media is not None}
            return refused | await super().take([p for p in posts if p.media is None], received_at)

    channel = await kept.follow(source, account)
    async with work(Odd(kept.store, Lookout(kept.store, now), RULES, lambda: None, Copies())):
        await kept.until_channel(channel, lambda c: c.cursor == last)
    assert await kept.posts(channel) == {first: "one", last: "three"}
    [gap] = await kept.store.read(gaps.unread, now())
    assert (gap.low, gap.high, gap.why) == (broken, broken, "it could not be kept (odd)")
    assert await kept.store.read(known.ranges, channel.id) == [(first, first), (last, last)]
    async with work():
        await kept.until_channel(channel, lambda c: c.cursor == last)
    assert await kept.store.read(gaps.unread, now()) != []  # it is tried again within the hour, not at once


@pytest.mark.parametrize(("before", "after"), [(3, 2), (150, 130), (2, 0)])
async def test_a_post_of_a_kind_that_is_not_known_yet_is_a_gap_and_the_rest_goes_on(
    source: Source, account: Account, kept: Kept, work: Reading, before: int, after: int
) -> None:
    ids = [source.post(f"post {n}", push=False) for n in range(before)]
    unknown = source.post_unknown(push=False)
    ids += [source.post(f"later {n}", push=False) for n in range(after)]
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
    assert list(await kept.posts(channel)) == ids
    found = await kept.store.read(gaps.unread, now())
    assert [(gap.low, gap.why) for gap in found] == [
        (unknown, "it is of a kind that this version of placewatch does not know yet")
    ]
    assert (await kept.channel(channel)).cursor == max(*ids, unknown)


async def test_what_is_known_is_what_was_asked_for(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    before = [source.post(f"before {n}", push=False) for n in range(3)]
    ids = [source.post(f"post {n}", push=False) for n in range(250)]
    channel = await kept.follow(source, account, cursor=before[-1])
    async with work():
        await kept.until_channel(channel, lambda c: c.cursor == ids[-1])
        live = source.post("live")
        await kept.until(channel, {i: f"post {n}" for n, i in enumerate(ids)} | {live: "live"})
        assert await kept.store.read(known.ranges, channel.id) == [(ids[0], ids[-1])]


async def test_a_hole_in_what_is_known_is_asked_for(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    ids = [source.post(f"post {n}", push=False) for n in range(150)]
    channel = await kept.follow(source, account)
    # As if reading in order had passed over what it never saw.
    await kept.store.write(channels.read_through, channel.id, ids[-1], now())
    await kept.store.write(known.add, channel.id, 1, 10)
    await kept.store.write(known.add, channel.id, 14, ids[-1])
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        await until(lambda: kept.store.read(known.ranges, channel.id), lambda r: r == [(1, ids[-1])])
    assert set(await kept.posts(channel)) >= {11, 12, 13}
    assert [m.id for m in server.asked(functions.channels.GetMessagesRequest)[0].id] == [11, 12, 13]


async def test_the_cursor_waits_for_an_archive_that_cannot_be_written(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    class Full:
        failures = 0
        monitor = Monitor(kept.store, Lookout(kept.store, now), RULES, lambda: None, Copies())

        async def take(self, posts: Sequence[Post], received_at: datetime) -> dict[PostKey, str]:
            if self.failures < 2:
                self.failures += 1
                raise StorageError("the disk is full")
            return await self.monitor.take(posts, received_at)

        async def deleted(self, *args: Any) -> None: ...

    post = source.post("one", push=False)
    channel = await kept.follow(source, account)
    take = Full()
    async with work(take, sweep_seconds=0.05) as reader:
        await eventually(lambda: take.failures == 1)
        assert (await kept.channel(channel)).cursor == 0
        reader.sweep_all()
        await eventually(lambda: take.failures == 2)
        reader.sweep_all()
        await kept.until(channel, {post: "one"})
        await kept.until_channel(channel, lambda c: c.cursor == post)


async def test_a_wait_of_hours_for_single_messages_does_not_stop_the_reading(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    posts = [source.post(f"post {n}") for n in range(2)]
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.cursor == posts[-1])
    source.delete(posts[0], push=False)
    server.fault(GET, FloodWait(10_800), times=None)
    async with work(sweep_seconds=0.05):
        await eventually(lambda: server.count(GET))
        last = source.post("quiet", push=False)
        await kept.until(channel, {posts[0]: "post 0", posts[1]: "post 1", last: "quiet"})
    assert server.count(GET) == 1


async def test_after_connecting_the_hot_channels_are_read_first(
    server: TelegramServer, account: Account, kept: Kept, work: Reading
) -> None:
    sources = [server.add_channel(f"channel_{n}", members=[account]) for n in range(6)]
    found = [await kept.follow(source, account) for source in sources]
    await kept.store.write(channels.set_priority, found[0].id, Priority.LOW)
    await kept.store.write(channels.set_priority, found[5].id, Priority.HIGH)
    async with work():
        for channel in found:
            await kept.until_channel(channel, lambda c: c.read_at is not None)
    asked = list(dict.fromkeys(request.peer.channel_id for request in server.asked(HISTORY)))
    assert sources[5].id in asked[:4]  # four are read at once
    assert sources[0].id in asked[4:]
