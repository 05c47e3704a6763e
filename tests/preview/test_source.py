"""Reading by pages: nothing missed, nothing taken for gone, and politely."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.errors import Mendable
from storage import channels, gaps
from storage.records import ChannelState, Peer, Post, PostKey
from tests.preview.conftest import Bench, reader_of


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - it happens in tasks of the reader's
            await asyncio.sleep(0.02)


async def test_what_was_missed_is_read_page_by_page_and_its_ids_are_known(bench: Bench) -> None:
    shown = bench.server.add_channel("news", title="News")
    shown.post("before")
    channel = await bench.follow("@news")
    assert (channel.telegram_id, channel.username, channel.title, channel.cursor) == (None, "news", "News", 1)
    for n in range(95):
        if n % 7 == 0:
            shown.album(f"album {n}", 4)
        else:
            shown.post(f"post {n}", service=n % 11 == 0)
        shown.skip(n % 3)
    await bench.start()
    last = shown.posts[-1]

    async def done() -> bool:
        return (await bench.channel(channel.id)).cursor >= last.id

    await until(done)
    kept = await bench.store.read(lambda db: db.execute("SELECT message_id FROM post ORDER BY 1").fetchall())
    assert [row[0] for row in kept] == [p.id for p in shown.posts[1:] if not p.service]
    assert await bench.known(channel.id) == [(2, last.id + len(last.album))]


async def test_an_edit_on_the_newest_page_is_a_revision_and_a_missing_post_is_no_deletion(
    bench: Bench,
) -> None:
    shown = bench.server.add_channel("news")
    channel = await bench.follow("news")
    first, second = shown.post("one"), shown.post("two")
    await bench.start()
    await until(lambda: _is(bench.texts(), ["one", "two"]))
    shown.edit(first, "one, but other")
    shown.delete(second)
    await until(lambda: _is(bench.texts(), ["one, but other", "two"]))
    await bench.reads(2)
    gone = await bench.store.read(
        lambda db: db.execute("SELECT count(*) FROM post WHERE deleted_at IS NOT NULL").fetchone()
    )
    assert gone == (0,)
    assert (await bench.channel(channel.id)).cursor == second


async def _is(found: Awaitable[object], wanted: object) -> bool:
    return await found == wanted


@pytest.mark.parametrize("faults", [("reset",), ("500", "cut"), ("stall",), ("503",)])
async def test_passing_trouble_loses_nothing(bench: Bench, faults: tuple[str, ...]) -> None:
    shown = bench.server.add_channel("news")
    await bench.follow("news")
    for n in range(45):
        shown.post(f"n {n}")
    bench.server.fail(*faults)
    await bench.start()
    await until(lambda: _is(bench.texts(), [f"n {n}" for n in range(45)]))


async def test_trouble_in_the_middle_of_catching_up_leaves_no_hole(bench: Bench) -> None:
    shown = bench.server.add_channel("news")
    await bench.follow("news")
    for n in range(65):
        shown.post(f"n {n}")
    bench.server.fail("", "", "cut", "", "reset")
    await bench.start()
    await until(lambda: _is(bench.texts(), [f"n {n}" for n in range(65)]))


async def test_a_429_is_a_pause_for_all_channels_and_its_answer_is_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for name in ("first", "second", "third"):
        bench.server.add_channel(name).post("x")
        await bench.follow(name)
    asked = len(bench.server.requests)
    bench.server.fail("429")
    await bench.start()
    await bench.reads(6)
    times = [request.at for request in bench.server.requests[asked:]]
    pauses = [later - before for before, later in pairwise(times)]
    assert max(pauses) >= 0.9
    (line,) = [r for r in caplog.records if "wants a pause" in r.message]
    assert "Too Many Requests" in line.message


async def test_no_two_pages_are_asked_for_within_the_pace(bench: Bench) -> None:
    reader = reader_of(bench.store, bench.server, bench.monitor, page_seconds=0.1)
    for n in range(6):
        bench.server.add_channel(f"channel{n}").post("x")
        await bench.follow(f"channel{n}")
    asked = len(bench.server.requests)
    bench.tasks.append(asyncio.create_task(reader.run()))
    await bench.reads(10)
    times = [request.at for request in bench.server.requests[asked:]]
    assert (times[-1] - times[0]) / (len(times) - 1) >= 0.09
    assert reader.interval == pytest.approx(6 * 0.1 * 1.25)


async def test_a_page_that_has_not_changed_is_not_sent_again_where_the_server_can_tell(bench: Bench) -> None:
    bench.server.validators = True
    shown = bench.server.add_channel("news")
    await bench.follow("news")
    shown.post("one")
    await bench.start()
    await until(lambda: _is(bench.texts(), ["one"]))
    await bench.reads(2)
    assert "if-none-match" in bench.server.requests[-1].headers
    shown.post("two")
    await until(lambda: _is(bench.texts(), ["one", "two"]))


async def test_a_channel_that_shows_nothing_any_more_is_said_to_and_read_again_later(bench: Bench) -> None:
    shown = bench.server.add_channel("news")
    channel = await bench.follow("news")
    shown.public = False
    await bench.start()

    async def unreadable() -> bool:
        return "shows no posts to the public" in ((await bench.channel(channel.id)).problem or "")

    await until(unreadable)
    shown.public = True
    shown.post("back")
    await until(lambda: _is(bench.texts(), ["back"]))

    async def active() -> bool:
        return (await bench.channel(channel.id)).state is ChannelState.ACTIVE

    await until(active)


async def test_a_redirect_to_another_host_is_not_followed(bench: Bench) -> None:
    bench.server.add_channel("news")
    bench.server.fail("redirect")
    with pytest.raises(Mendable, match="shows no posts to the public"):
        await bench.reader.resolve("news")


async def test_another_channel_under_the_same_name_is_not_mixed_with_the_first(bench: Bench) -> None:
    shown = bench.server.add_channel("news")
    channel = await bench.follow("news")
    shown.post("one")
    await bench.start()
    await until(lambda: _is(bench.texts(), ["one"]))
    shown.posts[0].at -= timedelta(days=30)
    shown.posts[0].html = "of another channel"

    async def unreadable() -> bool:
        return "another channel now" in ((await bench.channel(channel.id)).problem or "")

    await until(unreadable)
    assert await bench.texts() == ["one"]


async def test_an_unreadable_post_is_passed_and_its_id_stays_unknown(bench: Bench) -> None:
    shown = bench.server.add_channel("news")
    channel = await bench.follow("news")
    shown.post("one")
    shown.post("two", at=datetime(1999, 1, 1, tzinfo=UTC))
    shown.post("three")
    await bench.start()
    await until(lambda: _is(bench.texts(), ["one", "three"]))
    await until(lambda: _is(bench.known(channel.id), [(1, 1), (3, 3)]))
    assert "1 posts were not readable" in bench.reader.describe()


async def test_a_post_that_can_not_be_kept_is_a_gap_until_it_can(bench: Bench) -> None:
    shown = bench.server.add_channel("news")
    channel = await bench.follow("news")
    await bench.store.write(
        lambda db: db.execute(
            "CREATE TRIGGER odd BEFORE INSERT ON post WHEN new.text = 'two' BEGIN SELECT RAISE(ABORT, 'odd'); END"
        )
    )
    for words in ("one", "two", "three"):
        shown.post(words)
    await bench.start()
    await until(lambda: _is(bench.known(channel.id), [(1, 1), (3, 3)]))
    assert await bench.texts() == ["one", "three"]
    assert list(await bench.store.read(gaps.lost_ids, channel.id)) == [2]
    await bench.store.write(lambda db: db.execute("DROP TRIGGER odd"))
    await bench.reads(2)
    assert await bench.texts() == ["one", "three"]  # it has its own time
    await bench.store.write(lambda db: db.execute("UPDATE gap SET tried_at = 0"))
    await until(lambda: _is(bench.known(channel.id), [(1, 3)]))
    assert await bench.texts() == ["one", "two", "three"]
    assert not await bench.store.read(gaps.lost_ids, channel.id)


async def test_reading_back_starts_before_the_first_post_since_a_time(bench: Bench) -> None:
    shown = bench.server.add_channel("news")
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for n in range(400):
        shown.post(f"n {n}", at=start + timedelta(hours=n))
        shown.skip(n % 4)
    peer = await bench.reader.resolve("news")
    asked = len(bench.server.requests)
    assert await bench.reader.since(peer, start + timedelta(hours=123.5)) == shown.posts[123].id
    assert len(bench.server.requests) - asked <= 11
    assert await bench.reader.since(peer, start) == 0
    assert await bench.reader.since(peer, start + timedelta(days=99)) == shown.posts[-1].id


async def test_an_account_that_comes_later_goes_on_under_the_same_row(bench: Bench) -> None:
    shown = bench.server.add_channel("News", title="News")
    channel = await bench.follow("News")
    shown.post("one")
    await bench.start()

    async def read() -> bool:
        return (await bench.channel(channel.id)).cursor == 1

    await until(read)
    peer = Peer(telegram_id=77, access_hash=5, username="news", title="News", joined=True, newest=9)
    now = datetime.now(UTC)
    same, new = await bench.store.write(
        channels.follow, peer, account="reader", cursor=9, label=None, now=now
    )
    assert (same.id, same.telegram_id, same.cursor, new) == (channel.id, 77, 1, False)
    said = Post(key=PostKey(same.id, 1), posted_at=shown.posts[0].at.replace(microsecond=0), text="one")
    await bench.monitor.take([said], now)
    assert await bench.texts() == ["one"]
    again, _ = await bench.store.write(
        channels.follow, await bench.reader.resolve("NEWS"), account="reader", cursor=1, label=None, now=now
    )
    assert (again.id, again.telegram_id) == (channel.id, 77)


async def test_pages_that_leave_posts_out_are_not_believed(bench: Bench) -> None:
    shown = bench.server.add_channel("news")
    channel = await bench.follow("news")
    shown.skips = True
    for n in range(65):
        shown.post(f"n {n}")
    await bench.start()

    async def unreadable() -> bool:
        return "leaves posts out" in ((await bench.channel(channel.id)).problem or "")

    await until(unreadable)
    assert await bench.texts() == []
    shown.skips = False
    await until(lambda: _is(bench.texts(), [f"n {n}" for n in range(65)]))
