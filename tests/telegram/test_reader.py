"""Posts as they arrive, and the schedule by which channels are read."""

import asyncio

from storage import channels
from storage.records import ChannelState, Priority
from tests.telegram.reading import HISTORY, Kept, Reading
from tests.telegram_server import Account, FloodWait, TelegramServer
from tests.telegram_server import Channel as Source


async def test_a_post_an_edit_and_a_deletion_arrive_live(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        first = source.post("one")
        await kept.until(channel, {first: "one"})
        source.edit(first, "one, edited")
        await kept.until(channel, {first: "one, edited"})
        source.react(first)
        second = source.post("two")
        source.delete(first)
        await kept.until(channel, {first: "(deleted)", second: "two"})


async def test_live_posts_do_not_move_the_cursor(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        post = source.post("one")
        await kept.until(channel, {post: "one"})
        assert (await kept.channel(channel)).cursor == 0


async def test_a_channel_that_is_not_joined_is_polled(
    server: TelegramServer, kept: Kept, account: Account, work: Reading
) -> None:
    source = server.add_channel("ministry")
    channel = await kept.follow(source, account, joined=False)
    async with work(poll_seconds=0.05):
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        post = source.post("polled")
        await kept.until(channel, {post: "polled"})


async def test_every_part_of_an_album_is_kept(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        parts = source.post_album(["caption", "", ""])
        await kept.until(channel, dict(zip(parts, ["caption", "", ""], strict=True)))


async def test_one_channel_that_cannot_be_read_says_why_and_does_not_stop_the_others(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    secret = server.add_channel(None, title="Secret", private=True)
    post = source.post("one", push=False)
    closed, open_ = await kept.follow(secret, account), await kept.follow(source, account)
    async with work():
        await kept.until(open_, {post: "one"})
        found = await kept.until_channel(closed, lambda c: c.problem is not None)
    assert found.problem is not None
    assert "no public name" in found.problem


async def test_a_channel_that_can_be_read_again_says_so(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    await kept.store.write(channels.set_problem, channel.id, "private")
    async with work():
        await kept.until_channel(channel, lambda c: c.problem is None and c.state is ChannelState.ACTIVE)


async def test_a_wait_that_telegram_names_is_kept(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    post = source.post("one", push=False)
    server.fault(HISTORY, FloodWait(1))
    channel = await kept.follow(source, account)
    started = asyncio.get_running_loop().time()
    async with work():
        await kept.until(channel, {post: "one"})
    assert asyncio.get_running_loop().time() - started > 0.9
    assert server.count(HISTORY) <= 3  # the one that was refused, this one, and perhaps one after connecting


async def test_a_joined_channel_of_high_priority_is_polled_as_well(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    other = server.add_channel("ministry", members=[account])
    hot, usual = await kept.follow(source, account), await kept.follow(other, account)
    async with work(sweep_seconds=600, poll_seconds=0.05) as reader:
        for channel in (hot, usual):
            await kept.until_channel(channel, lambda c: c.read_at is not None)
        await kept.store.write(channels.set_priority, hot.id, Priority.HIGH)
        await reader.refresh()  # as the desk does; what is due sooner now comes sooner at once
        post = source.post("pushed late", push=False)
        other.post("pushed late too", push=False)
        await kept.until(hot, {post: "pushed late"})
        assert await kept.posts(usual) == {}
        assert (reader.plan.intervals[hot.id], reader.plan.intervals[usual.id]) == (0.05, 600)
