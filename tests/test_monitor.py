"""The road of one post: kept whatever goes wrong in what we make of it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.copies import Copies
from bot.lookout import Lookout
from bot.monitor import Monitor
from storage import channels, owed, reading
from storage.records import Channel, Examined, Media
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, NOW, RULES, follow, peer, post, track


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield opened
    await opened.close()


async def _monitor(store: Store, told: list[int]) -> tuple[Monitor, Channel]:
    channel = await store.write(follow)
    await store.write(track, "Покровск")
    lookout = Lookout(store, lambda: NOW)
    monitor = Monitor(store, lookout, RULES, lambda: told.append(1), Copies())
    await lookout.refresh()
    return monitor, channel


async def test_a_batch_is_kept_in_order_and_the_courier_is_woken_once(store: Store) -> None:
    told: list[int] = []
    monitor, channel = await _monitor(store, told)
    await monitor.take([post(channel, n, f"В Покровске {n}") for n in range(1, 51)], NOW)
    found = await store.read(reading.latest, place_ids=[1], limit=100)
    assert [k.post.key.message_id for k in found] == list(range(50, 0, -1))
    assert await store.read(owed.waiting) == {CHAT: 50}
    assert told == [1]


async def test_taking_the_same_posts_again_wakes_nobody(store: Store) -> None:
    told: list[int] = []
    monitor, channel = await _monitor(store, told)
    said = [post(channel, 1, "В Покровске")]
    await monitor.take(said, NOW)
    await monitor.take(said, NOW)
    assert told == [1]


@pytest.mark.parametrize(("ahead", "owed_"), [(1, {CHAT: 1}), (0, {})])
async def test_with_our_clock_an_hour_fast_what_is_said_after_the_watch_began_is_told(
    store: Store, ahead: int, owed_: dict[int, int]
) -> None:
    hour = timedelta(hours=1)
    channel = await store.write(follow)
    await store.write(track, "Покровск")
    lookout = Lookout(store, lambda: NOW)
    await lookout.refresh()
    monitor = Monitor(store, lookout, RULES, lambda: None, Copies(), ahead=lambda: ahead * hour)
    await monitor.take([post(channel, 1, "В Покровске", posted_at=NOW - hour)], NOW)
    assert await store.read(owed.waiting) == owed_


async def test_a_post_whose_alert_can_not_be_made_is_kept_and_marked(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    monitor, channel = await _monitor(store, [])
    broken = post(channel, 1, "В Покровске", media=Media(kind="photo"))
    # A name that is no UTF-8 makes reading the place fail within the transaction, as a bug of ours would.
    await store.write(lambda db: db.execute("UPDATE place SET name = CAST(X'FF' AS TEXT)"))
    with caplog.at_level(logging.ERROR):
        await monitor.take([broken, post(channel, 2, "Спокойно")], NOW)
    found = await store.read(
        lambda db: db.execute("SELECT message_id, examined FROM post ORDER BY 1").fetchall()
    )
    assert found == [(1, Examined.FAILED), (2, Examined.YES)]
    assert "alerting failed" in caplog.text


async def test_a_post_that_can_not_be_kept_is_named_with_the_reason(store: Store) -> None:
    monitor, channel = await _monitor(store, [])
    odd = post(channel, 1 << 70, "В Покровске")  # no integer that a database holds
    assert await monitor.take([odd, post(channel, 2, "Спокойно")], NOW) == {
        odd.key: "OverflowError: Python int too large to convert to SQLite INTEGER"
    }


async def test_a_channel_that_is_followed_again_goes_on_from_its_cursor(store: Store) -> None:
    channel = await store.write(follow)
    await store.write(channels.read_through, channel.id, 10, NOW)
    await store.write(channels.unfollow, channel.id)
    again, new = await store.write(
        channels.follow, peer(newest=50), account="reader", cursor=50, label=None, now=NOW
    )
    assert new
    assert again.id == channel.id
    assert again.cursor == 10
