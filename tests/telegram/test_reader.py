import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telethon import functions, types

from bot.alerts.owed import Rules
from bot.copies import Copies
from bot.coverage.keeper import Coverage
from bot.errors import Mendable
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.connection import Connection
from bot.telegram.reader import Reader
from storage import channels, chats, gaps, joining, known, rechecks
from storage.database import StorageError
from storage.records import Channel, ChannelState, Joining, Peer, Post, PostKey, Priority
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT
from tests.telegram.conftest import beat, now, running
from tests.telegram_server import Account, FloodWait, RpcFault, TelegramServer, eventually
from tests.telegram_server import Channel as Source

FULL = functions.channels.GetFullChannelRequest
GET = functions.channels.GetMessagesRequest
RESOLVE = functions.contacts.ResolveUsernameRequest
HISTORY = functions.messages.GetHistoryRequest
RULES = Rules(min_confidence=0.5, zone=ZoneInfo("Europe/Kyiv"))

Reading = Callable[..., AbstractAsyncContextManager[Reader]]


class Kept:
    """The archive, as these tests look at it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def posts(self, channel: Channel) -> dict[int, str]:
        rows = await self.store.read(
            lambda db: db.execute(
                "SELECT message_id, CASE WHEN deleted_at IS NULL THEN text ELSE '(deleted)' END FROM post "
                "WHERE channel_id = ? ORDER BY message_id",
                (channel.id,),
            ).fetchall()
        )
        return dict(rows)

    async def told(self) -> list[str]:
        """What the team's chat is owed, oldest first."""
        rows = await self.store.read(lambda db: db.execute("SELECT wanted FROM owed ORDER BY id").fetchall())
        return [row[0] for row in rows]

    async def channel(self, channel: Channel) -> Channel:
        return await self.store.read(channels.by_id, channel.id)

    async def until(self, channel: Channel, expected: dict[int, str]) -> None:
        for _ in range(500):
            if await self.posts(channel) == expected:
                return
            await asyncio.sleep(0.01)
        assert await self.posts(channel) == expected

    async def until_channel(self, channel: Channel, condition: Callable[[Channel], bool]) -> Channel:
        for _ in range(500):
            if condition(await self.channel(channel)):
                break
            await asyncio.sleep(0.01)
        found = await self.channel(channel)
        assert condition(found), found
        return found

    async def follow(
        self, source: Source, account: Account, *, joined: bool = True, cursor: int = 0
    ) -> Channel:
        peer = Peer(
            telegram_id=source.id,
            access_hash=account.hash_of(source.id),
            username=source.username,
            title=source.title,
            joined=joined,
            newest=0,
        )
        channel, _ = await self.store.write(
            channels.follow, peer, account="reader", cursor=cursor, label=None, now=now()
        )
        return channel


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await store.write(chats.welcome, CHAT, now=now())
    yield Kept(store)
    await store.close()


@pytest.fixture
def work(reading: Connection, kept: Kept) -> Reading:
    """A reader at work, until the block ends."""

    @asynccontextmanager
    async def at_work(take: Any = None, **options: Any) -> AsyncIterator[Reader]:
        reader = Reader(
            reading,
            kept.store,
            take or Monitor(kept.store, Lookout(kept.store, now), RULES, lambda: None, Copies()),
            Coverage(kept.store, clock=now, zone=RULES.zone, team=lambda: [CHAT], on_owed=lambda: None),
            clock=now,
            **{"sweep_seconds": 60, "poll_seconds": 60, "requests_per_second": 200, **options},
        )
        reading.on_update, reading.on_connect = reader.on_update, reader.on_connect
        async with running(reading, reader.run()):
            yield reader

    return at_work


@pytest.fixture
def source(server: TelegramServer, account: Account) -> Source:
    return server.add_channel("dpr_head", title="Head of DPR", members=[account])


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


async def test_a_channel_that_is_not_joined_is_polled(
    server: TelegramServer, kept: Kept, account: Account, work: Reading
) -> None:
    source = server.add_channel("ministry")
    channel = await kept.follow(source, account, joined=False)
    async with work(poll_seconds=0.05):
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        post = source.post("polled")
        await kept.until(channel, {post: "polled"})


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


async def test_every_part_of_an_album_is_kept(
    source: Source, account: Account, kept: Kept, work: Reading
) -> None:
    channel = await kept.follow(source, account)
    async with work():
        await kept.until_channel(channel, lambda c: c.read_at is not None)
        parts = source.post_album(["caption", "", ""])
        await kept.until(channel, dict(zip(parts, ["caption", "", ""], strict=True)))


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
        for _ in range(200):
            if await kept.store.read(known.ranges, channel.id) == [(1, ids[-1])]:
                break
            await asyncio.sleep(0.01)
    assert await kept.store.read(known.ranges, channel.id) == [(1, ids[-1])]
    assert set(await kept.posts(channel)) >= {11, 12, 13}
    assert [m.id for m in server.asked(functions.channels.GetMessagesRequest)[0].id] == [11, 12, 13]


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


async def test_an_access_hash_of_another_account_is_renewed_by_name(
    server: TelegramServer, source: Source, account: Account, olena: Account, kept: Kept, work: Reading
) -> None:
    post = source.post("one", push=False)
    channel = await kept.follow(source, olena)
    async with work():
        await kept.until(channel, {post: "one"})
    assert server.count(functions.contacts.ResolveUsernameRequest) == 1


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
    assert asked[-1] == sources[0].id


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
