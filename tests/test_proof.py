"""Verifying beside a service that goes on keeping, editing and removing."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from bot.proof import verify
from storage.store import Store
from tests.making import follow, keep, minutes, post
from tests.storage.ledger import forget


def _some(db: sqlite3.Connection, first: int) -> None:
    channel = follow(db)
    for number in range(first, first + 20):
        keep(db, post(channel, number, "said"), minutes(number))
        keep(db, post(channel, number, "edited", edited_at=minutes(number + 1)), minutes(number + 1))
    forget(db, first + 3, minutes(first))


async def test_a_ledger_that_grows_while_it_is_verified_is_intact(tmp_path: Path) -> None:
    path = tmp_path / "placewatch.db"
    service = await Store.open(path, write=True)
    await service.write(_some, 1)
    beside = await Store.open(path, write=False, readers=1)
    ended = asyncio.Event()

    async def go_on() -> None:
        first = 101
        while not ended.is_set():
            await service.write(_some, first)
            first += 100

    going_on = asyncio.create_task(go_on())
    heard: list[tuple[str, int, int]] = []
    verdicts = [await verify(beside, [], lambda *told: heard.append(told)) for _ in range(3)]
    ended.set()
    await going_on
    last = await verify(beside, [], lambda *_: None)
    await beside.close()
    await service.close()
    assert [verdict.broken for verdict in (*verdicts, last)] == [None] * 4
    entries = [verdict.head.number for verdict in (*verdicts, last) if verdict.head is not None]
    assert entries == sorted(entries)
    assert entries[0] < entries[-1] == sum(last.kinds.values())
    assert heard[0][0] == "entries"
