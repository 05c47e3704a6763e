"""Waits and paces that outlive a restart, whatever the clock does."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from storage import holds
from storage.store import Store
from tests.making import NOW

HOUR = timedelta(hours=1)


async def test_a_wait_is_of_one_method_of_one_account(store: Store) -> None:
    await store.write(holds.hold, "reader", "ResolveUsername", seconds=10_800, now=NOW)
    left = await store.read(holds.holds, "reader", NOW + HOUR)
    assert left == {"ResolveUsername": 7200}
    assert await store.read(holds.holds, "second", NOW) == {}
    assert await store.read(holds.holds, "reader", NOW + 3 * HOUR) == {}


async def test_a_clock_that_was_put_back_makes_no_wait_longer_than_telegram_named(store: Store) -> None:
    await store.write(holds.hold, "reader", "GetHistory", seconds=60, now=NOW)
    assert await store.read(holds.holds, "reader", NOW - HOUR) == {"GetHistory": 60}


async def test_a_newer_wait_takes_the_place_of_an_older_one(store: Store) -> None:
    await store.write(holds.hold, "reader", "GetHistory", seconds=60, now=NOW)
    await store.write(holds.hold, "reader", "GetHistory", seconds=5, now=NOW + HOUR)
    assert await store.read(holds.holds, "reader", NOW + HOUR) == {"GetHistory": 5}


async def test_a_few_turns_come_at_once_and_then_one_a_minute(store: Store) -> None:
    def take(db: sqlite3.Connection, seconds: float) -> float:
        now = NOW + timedelta(seconds=seconds)
        return holds.turn(db, "reader", "ResolveUsername", every=60, at_once=5, now=now)

    assert [await store.write(take, 0) for _ in range(6)] == [0, 0, 0, 0, 0, 60]
    assert await store.write(take, 59) == 1
    assert [await store.write(take, s) for s in (60, 60, 120)] == [0, 60, 0]
    assert [await store.write(take, 3600) for _ in range(6)] == [0, 0, 0, 0, 0, 60]


async def test_a_clock_that_was_put_back_makes_a_turn_wait_no_longer_than_the_pace(store: Store) -> None:
    await store.write(holds.turn, "reader", "JoinChannel", every=600, at_once=1, now=NOW)
    wait = await store.write(
        holds.turn, "reader", "JoinChannel", every=600, at_once=1, now=NOW - timedelta(days=400)
    )
    assert wait == 600
