"""What the operator wants of a channel, and how far second looks have come."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from storage import channels, joining, rechecks
from storage.records import Joining, Pass, Priority
from storage.store import Store
from tests import making
from tests.making import NOW, minutes

ME = "reader"


async def test_a_priority_is_kept_with_the_channel(store: Store) -> None:
    channel = await store.write(making.follow, 1)
    assert channel.priority is Priority.NORMAL
    await store.write(channels.set_priority, channel.id, Priority.HIGH)
    assert (await store.read(channels.by_id, channel.id)).priority is Priority.HIGH


async def test_wishes_wait_in_the_order_in_which_they_came_and_leaving_comes_first(store: Store) -> None:
    one, two = [await store.write(making.follow, n, joined=False) for n in (1, 2)]
    mine = await store.write(making.follow, 3, joined=True)
    await store.write(joining.ask, ME, two.id, Joining.TO_JOIN, now=NOW)
    await store.write(joining.ask, ME, one.id, Joining.TO_JOIN, now=minutes(1))
    await store.write(
        joining.ask, ME, two.id, Joining.TO_JOIN, now=minutes(2)
    )  # asked again: keeps its place
    await store.write(joining.ask, ME, mine.id, Joining.TO_LEAVE, now=minutes(3))
    found = await store.read(joining.waiting, ME)
    assert [wish.channel_id for wish in found] == [mine.id, two.id, one.id]
    assert await store.read(joining.waiting, "second") == []


async def test_a_wish_that_came_true_by_itself_or_whose_channel_is_gone_waits_no_more(store: Store) -> None:
    one, two = [await store.write(making.follow, n, joined=False) for n in (1, 2)]
    for channel in (one, two):
        await store.write(joining.ask, ME, channel.id, Joining.TO_JOIN, now=NOW)
    await store.write(channels.set_joined, one.id, ME, True)
    await store.write(channels.unfollow, two.id)
    assert await store.read(joining.waiting, ME) == []
    assert one.id not in await store.read(joining.by_channel)


async def test_when_nothing_more_can_be_joined_all_that_wait_are_told(store: Store) -> None:
    one, two = [await store.write(making.follow, n, joined=False) for n in (1, 2)]
    for channel in (one, two):
        await store.write(joining.ask, ME, channel.id, Joining.TO_JOIN, now=NOW)
    await store.write(joining.refuse_all, ME, "full")
    assert {wish.words for wish in (await store.read(joining.by_channel)).values()} == {
        "joining refused: full"
    }
    assert await store.read(joining.waiting, ME) == []


@pytest.mark.parametrize(
    ("telegram_id", "later", "lately"),
    [(7, timedelta(hours=1), True), (8, timedelta(hours=1), False), (7, timedelta(hours=25), False)],
)
async def test_a_renewal_counts_for_a_day_and_for_the_account_that_made_it(
    store: Store, telegram_id: int, later: timedelta, lately: bool
) -> None:
    channel = await store.write(making.follow, 1)
    assert not await store.read(channels.renewed_lately, channel.id, ME, 7, NOW)
    await store.write(channels.note_renewal, channel.id, ME, 7, NOW)
    assert await store.read(channels.renewed_lately, channel.id, ME, telegram_id, NOW + later) is lately


async def test_ids_to_look_at_again_are_of_an_age_below_a_point_and_without_the_newest(store: Store) -> None:
    def fill(db: sqlite3.Connection) -> int:
        channel = making.follow(db)
        for number in range(1, 11):
            making.keep(db, making.post(channel, number, "x", posted_at=minutes(number)))
        db.execute("UPDATE post SET deleted_at = 1 WHERE message_id = 4")
        return channel.id

    channel_id = await store.write(fill)

    def ids(db: sqlite3.Connection, below: int | None, skip: int) -> list[int]:
        return rechecks.ids(db, channel_id, minutes(2), minutes(9), below=below, skip=skip, limit=3)

    assert await store.read(ids, None, 0) == [8, 7, 6]
    assert await store.read(ids, 6, 0) == [5, 3, 2]
    assert await store.read(ids, None, 4) == [6, 5, 3]
    assert await store.read(ids, None, 50) == []


async def test_how_far_a_look_has_come_outlives_a_restart(store: Store) -> None:
    channel = await store.write(making.follow, 1)
    await store.write(rechecks.note, channel.id, "week", Pass(NOW, 42))
    assert await store.read(rechecks.passes) == {(channel.id, "week"): Pass(NOW, 42)}
    await store.write(rechecks.note, channel.id, "week", Pass(NOW, None))
    assert await store.read(rechecks.passes) == {(channel.id, "week"): Pass(NOW, None)}
