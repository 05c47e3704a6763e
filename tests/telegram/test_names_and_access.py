"""Channels that go by another name, are closed, gone, or known by another account's number."""

import asyncio
from typing import Any

from telethon import functions, types

from storage import channels, gaps
from storage.records import ChannelState
from tests.telegram.conftest import now
from tests.telegram.reading import HISTORY, RESOLVE, Kept, Reading
from tests.telegram_server import Account, RpcFault, TelegramServer
from tests.telegram_server import Channel as Source


async def test_joining_and_a_new_name_are_noticed(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account, joined=False)
    async with work():
        await kept.until_channel(channel, lambda c: c.joined)
        source.title = "Former head of DPR"
        source.remove(account)
        found = await kept.until_channel(channel, lambda c: not c.joined or c.problem is not None)
    assert found.problem is not None
    assert found.state is ChannelState.UNREADABLE


async def test_a_new_name_is_told_once_and_reading_goes_on(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work(sweep_seconds=0.05):
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        source.username, source.title = "mayor_now", "Mayor"
        found = await kept.until_channel(channel, lambda c: c.username == "mayor_now")
        post = source.post("on", push=False)
        await kept.until(channel, {post: "on"})
    assert found.title == "Mayor"
    [told] = await kept.told()
    assert "Head of DPR (@dpr_head)</b> is now <b>Mayor (@mayor_now)</b>" in told


async def test_a_name_that_goes_to_another_followed_channel_is_told_and_both_are_read(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    other = server.add_channel("ministry", title="Ministry", members=[account])
    first, second = await kept.follow(source, account), await kept.follow(other, account)
    source.username, other.username = None, "dpr_head"
    posts = source.post("old", push=False), other.post("new", push=False)
    async with work():
        await kept.until(first, {posts[0]: "old"})
        await kept.until(second, {posts[1]: "new"})
    assert (await kept.channel(first)).username is None
    assert (await kept.channel(second)).username == "dpr_head"
    assert any(
        "Ministry (@ministry)</b> is now <b>Ministry (@dpr_head)" in told for told in await kept.told()
    )


async def test_a_channel_made_private_and_opened_again_is_told_twice_with_what_was_missed(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work(sweep_seconds=0.05, poll_seconds=0.05) as reader:
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        source.private = True
        source.remove(account)
        await kept.until_channel(channel, lambda c: c.problem is not None)
        for _ in range(3):
            reader.sweep_all()
            await asyncio.sleep(0.05)
        [told] = await kept.told()
        assert "<b>@dpr_head</b> can't be read: it is private, or the account was banned from it." in told
        [gap] = await kept.store.read(gaps.unread, now())
        assert gap.until is None
        missed = source.post("missed", push=False)
        source.private = False
        source.add(account)
        reader.sweep_all()
        await kept.until(channel, {missed: "missed"})
        await kept.until_channel(channel, lambda c: c.problem is None)
    _, told = await kept.told()
    assert "can be read again" in told
    assert "read to its end: 1 post of that time" in told
    assert await kept.store.read(gaps.unread, now()) == []


async def test_a_channel_that_is_gone_is_told_once(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work() as reader:
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        server.fault(HISTORY, RpcFault(400, "CHANNEL_INVALID"), times=None)
        source.username = None
        reader.sweep_all()
        found = await kept.until_channel(channel, lambda c: c.problem is not None)
        reader.sweep_all()
        await asyncio.sleep(0.1)
    assert "Nobody in Telegram has the name @dpr_head" in (found.problem or "")
    assert len(await kept.told()) == 1
    audited = await kept.store.read(lambda db: db.execute("SELECT actor, command FROM audit").fetchall())
    assert audited == [("placewatch", "@dpr_head can't be read")] * len(audited)


async def test_an_empty_answer_of_a_channel_that_is_not_shown_deletes_nothing(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    post = source.post("one")
    channel = await kept.follow(source, account)
    async with work():
        await kept.until(channel, {post: "one"})

    class Hidden(Source):
        """Telegram restricts the channel: it answers, and shows nothing."""

        @property
        def everything(self) -> list[Any]:
            return []

        def message(self, message_id: int) -> None:
            return None

        def as_seen_by(self, viewer: Account) -> Any:
            seen = super().as_seen_by(viewer)
            seen.restricted = True
            seen.restriction_reason = [types.RestrictionReason("all", "terms", "hidden")]
            return seen

    source.__class__ = Hidden
    async with work():
        found = await kept.until_channel(channel, lambda c: c.problem is not None)
    assert found.problem == "Telegram shows none of its posts to this account"
    assert await kept.posts(channel) == {post: "one"}
    source.__class__ = Source
    source.delete(post, push=False)
    async with work():
        await kept.until(channel, {post: "(deleted)"})


async def test_a_name_that_another_channel_has_taken_is_not_followed(
    server: TelegramServer, source: Source, account: Account, olena: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, olena)  # an access hash that is not ours: the name must be asked
    source.username = None
    thief = server.add_channel("dpr_head", title="Casino")
    thief.post("buy", push=False)
    async with work():
        found = await kept.until_channel(channel, lambda c: c.problem is not None)
    assert found.username is None
    assert "is another channel now" in (found.problem or "")
    assert await kept.posts(channel) == {}
    taken, lost = await kept.told()
    assert "The name @dpr_head belongs to another channel now" in taken
    assert "can't be read" in lost


async def test_an_access_hash_of_another_account_is_renewed_by_name(
    server: TelegramServer, source: Source, account: Account, olena: Account, kept: Kept, work: Reading
) -> None:
    post = source.post("one", push=False)
    channel = await kept.follow(source, olena)
    async with work():
        await kept.until(channel, {post: "one"})
    assert server.count(functions.contacts.ResolveUsernameRequest) == 1


async def test_a_start_looks_up_no_name_of_a_channel_that_is_known(
    server: TelegramServer, account: Account, kept: Kept, work: Reading
) -> None:
    found = [
        await kept.follow(server.add_channel(f"channel_{n}", members=[account]), account) for n in range(8)
    ]
    for _ in range(2):
        await kept.store.write(lambda db: db.execute("UPDATE channel SET read_at = NULL"))
        async with work():
            for channel in found:
                await kept.until_channel(channel, lambda c: c.read_at is not None)
    assert server.count(RESOLVE) == 0


async def test_a_channel_that_stays_closed_is_looked_up_once_a_day_and_not_at_each_start(
    server: TelegramServer, source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    server.fault(HISTORY, RpcFault(400, "CHANNEL_PRIVATE"), times=None)
    for _ in range(3):
        await kept.store.write(channels.set_problem, channel.id, None)
        async with work():
            await kept.until_channel(channel, lambda c: c.problem is not None)
    assert server.count(RESOLVE) == 1


async def test_channels_that_wait_to_be_looked_up_do_not_hold_those_that_are_known(
    server: TelegramServer, account: Account, olena: Account, kept: Kept, work: Reading
) -> None:
    for n in range(12):
        source = server.add_channel(f"unknown_{n}", members=[account])
        channel = await kept.follow(source, account)
        await kept.store.write(
            lambda db, row: db.execute("DELETE FROM channel_access WHERE channel_id = ?", (row,)), channel.id
        )
    known = server.add_channel("known", members=[account])
    channel = await kept.follow(known, account)
    post = known.post("one", push=False)
    async with work():
        await kept.until(channel, {post: "one"})
    assert server.count(RESOLVE) <= 5
