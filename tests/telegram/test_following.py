"""Before a channel is followed, and from when on it is read."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from telethon import functions

from bot.errors import Mendable
from storage import channels, joining
from storage.records import Joining
from tests.telegram.conftest import now
from tests.telegram.reading import FULL, HISTORY, Kept, Reading
from tests.telegram_server import Account, RpcFault, TelegramServer
from tests.telegram_server import Channel as Source


async def test_a_channel_followed_while_at_work_is_read_at_once_and_one_unfollowed_no_more(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    post = source.post("one", push=False)
    async with work(sweep_seconds=0.05) as reader:
        channel = await kept.follow(source, account)
        await reader.refresh()
        await kept.until(channel, {post: "one"})
        await kept.store.write(channels.unfollow, channel.id)
        await reader.refresh()
        await asyncio.sleep(0.1)
        asked = server.count(HISTORY)
        source.post("unheard")
        await asyncio.sleep(0.2)
        assert server.count(HISTORY) == asked
        assert await kept.posts(channel) == {post: "one"}


async def test_a_link_is_resolved_with_one_question(
    server: TelegramServer, source: Source, work: Reading
) -> None:
    post = source.post("one")
    server.add_channel("ministry", title="Ministry")
    async with work() as reader:
        peer = await reader.resolve("https://t.me/s/dpr_head")
        assert (peer.telegram_id, peer.username, peer.title) == (source.id, "dpr_head", "Head of DPR")
        assert (peer.joined, peer.newest) == (True, post)
        other = await reader.resolve("@ministry")
        assert (other.joined, other.newest) == (False, 0)
    assert server.count(functions.contacts.ResolveUsernameRequest) == 2


async def test_a_look_before_following_tells_members_and_the_last_post(
    server: TelegramServer, source: Source, work: Reading, account: Account
) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    source.post("Доброе утро.\n" + "слово " * 100, at=at)
    async with work() as reader:
        peer = await reader.resolve("dpr_head")
        assert (peer.members, peer.posted_at) == (len(source.members), at)
        assert peer.opening.startswith("Доброе утро. слово")
        assert peer.opening.endswith("слово …")
        assert len(peer.opening) <= 202
        assert server.count(FULL) == 0
        source.counted = False
        assert (await reader.resolve("dpr_head")).members == len(source.members)
        server.fault(FULL, RpcFault(400, "CHANNEL_PRIVATE"))
        assert (await reader.resolve("dpr_head")).members is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nobody_there", "Check the spelling"),
        ("olena_here", "a person"),
        ("some_bot", "a bot"),
        ("some_group", "a group"),
    ],
)
async def test_what_is_no_channel_is_refused_with_the_reason(
    server: TelegramServer, work: Reading, name: str, why: str
) -> None:
    server.add_user("Olena", phone="+380500000003", username="olena_here")
    server.add_bot("some_bot", token="77:T")
    server.add_supergroup("Some group", username="some_group")
    async with work() as reader:
        with pytest.raises(Mendable, match=why):
            await reader.resolve(name)


async def test_since_names_the_last_post_before_a_time(source: Source, work: Reading) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ids = [source.post(f"post {n}", at=at + timedelta(days=n)) for n in range(3)]
    async with work() as reader:
        peer = await reader.resolve("dpr_head")
        assert await reader.since(peer, at) == 0
        assert await reader.since(peer, at + timedelta(hours=1)) == ids[0]
        assert await reader.since(peer, at + timedelta(days=1)) == ids[0]
        assert await reader.since(peer, at + timedelta(days=9)) == ids[2]


async def test_a_channel_is_joined_where_the_operator_asks_and_pushed_from_then_on(
    server: TelegramServer, account: Account, kept: Kept, work: Reading
) -> None:
    source = server.add_channel("ministry")
    channel = await kept.follow(source, account, joined=False)
    async with work(poll_seconds=600) as reader:
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        await kept.store.write(joining.ask, "reader", channel.id, Joining.TO_JOIN, now=now())
        await reader.refresh()
        await kept.until_channel(channel, lambda c: c.joined)
        post = source.post("pushed")
        await kept.until(channel, {post: "pushed"})
