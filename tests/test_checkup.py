"""What the doctor says of the channels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.checkup import followed
from storage import channels, gaps
from storage.store import Store
from tests.blank import blank
from tests.making import RULES, follow, minutes


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield opened
    await opened.close()


async def test_the_doctor_names_what_the_archive_lacks(store: Store) -> None:
    good, bad = [await store.write(follow, n) for n in (1, 2)]
    for channel in (good, bad):
        await store.write(channels.read_through, channel.id, 9, minutes(2))
    await store.write(channels.set_problem, bad.id, "it is private")
    for channel, why in ((good, "the machine slept"), (bad, "it is private")):
        now = await store.read(channels.by_id, channel.id)
        await store.write(gaps.begin, now, why, now=minutes(31), until=minutes(31))
    await store.write(gaps.lose, good.id, {5: ("odd", minutes(1))}, now=minutes(2))
    found = await followed(store, RULES.zone, minutes(32))
    assert [(finding.area, finding.state, finding.words) for finding in found] == [
        ("channel @channel1", "ok", "read 2025-11-02 12:02 UTC"),
        ("channel @channel2", "bad", "it is private"),
        (
            "channel @channel1",
            "warning",
            "1 post at 14:01 could not be kept (https://t.me/channel1/5): odd",
        ),
        ("channel @channel1", "warning", "not read from 14:02 to 14:31: the machine slept"),
    ]
