"""Stops, sleep, clocks and restored archives: each is noticed, made up for, and told once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.coverage.instants import Instant
from bot.coverage.keeper import Coverage
from bot.coverage.vigil import Vigil
from storage import channels, chats, gaps
from storage.store import Store
from storage.times import to_ms
from tests.blank import blank
from tests.making import CHAT, NOW, RULES, follow


class House:
    """An archive, a clock that is set by hand, and a vigil that looks at both."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.instant = Instant(NOW, 0, 0)
        self.connected: datetime | None = NOW
        self.read_all = 0
        self.vigil = self.anew()

    def anew(self) -> Vigil:
        coverage = Coverage(
            self.store,
            clock=lambda: self.instant.wall,
            zone=RULES.zone,
            team=lambda: [CHAT],
            on_owed=lambda: None,
        )
        return Vigil(
            self.store,
            coverage,
            look=lambda: self.instant,
            connected_since=lambda: self.connected,
            read_all=self._read_all,
            mark=self.folder / "alive",
        )

    def _read_all(self) -> None:
        self.read_all += 1

    async def after(self, seconds: float, *, slept: float = 0, jumped: float = 0) -> None:
        """So much time passes, some of it asleep; the clock may be set; then the vigil looks."""
        self.instant = Instant(
            self.instant.wall + timedelta(seconds=seconds + jumped),
            self.instant.boot + seconds,
            self.instant.running + seconds - slept,
        )
        await self.vigil.look()

    async def reads(self) -> None:
        """Every channel's history is read to its end."""
        at = self.instant.wall
        for channel in await self.store.read(channels.followed):
            await self.store.write(channels.read_through, channel.id, 1, at)
            await self.store.write(gaps.end, channel.id, now=at)

    async def told(self) -> list[str]:
        rows = await self.store.read(
            lambda db: db.execute("SELECT wanted FROM owed WHERE kind = 'notice' ORDER BY id").fetchall()
        )
        return [row[0] for row in rows]

    async def lacks(self) -> list[tuple[datetime, datetime | None, str]]:
        found = await self.store.read(gaps.unread, self.instant.wall)
        return [(gap.since, gap.until, gap.why) for gap in found]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await store.write(chats.welcome, CHAT, now=NOW)
    await store.write(follow)
    made = House(store, tmp_path)
    await made.reads()
    await made.vigil.look()
    yield made
    await store.close()


async def test_where_nothing_happens_nothing_is_told(house: House) -> None:
    for _ in range(5):
        await house.after(15)
    assert (await house.told(), await house.lacks(), house.read_all) == ([], [], 0)


async def test_a_lost_connection_is_told_once_and_again_when_it_was_made_up_for(house: House) -> None:
    house.connected = None
    for _ in range(118):
        await house.after(15)
    assert await house.lacks() == [(NOW, None, "placewatch was not running, or had no connection")]
    house.connected = house.instant.wall
    await house.after(15)
    back = house.connected
    assert await house.lacks() == [(NOW, back, "there was no connection to Telegram")]
    assert house.read_all == 1
    [notice] = await house.told()
    assert "Nothing was read from 2 Nov 2025 14:00 Kyiv to 14:29 (29 min)" in notice
    assert notice.endswith("is being read now.")
    await house.reads()
    await house.after(15)
    [notice] = await house.told()
    assert notice.endswith("had been read by 14:30.")
    assert await house.lacks() == []


async def test_a_short_stop_is_no_news_for_a_chat(house: House) -> None:
    house.connected = None
    await house.after(240)
    house.connected = house.instant.wall
    await house.after(5)
    assert await house.told() == []
    assert len(await house.lacks()) == 1


async def test_sleep_is_noticed_though_the_connection_seems_to_live(house: House) -> None:
    await house.after(3615, slept=3600)
    assert await house.lacks() == [(NOW, house.instant.wall, "the machine slept")]
    assert house.read_all == 2
    [notice] = await house.told()
    assert "(1 h): the machine slept" in notice


async def test_a_program_that_was_held_up_reads_everything_again(house: House) -> None:
    await house.after(1800)
    assert (await house.lacks())[0][2] == "the machine did not let placewatch run"
    assert house.read_all == 2


@pytest.mark.parametrize(("by", "way"), [(3600, "forward"), (-3600, "back")])
async def test_a_clock_that_was_set_is_told_once_and_is_no_stop(house: House, by: float, way: str) -> None:
    await house.after(15, jumped=by)
    await house.after(15)
    [notice] = await house.told()
    assert f"was put {way} by 1 h" in notice
    assert house.read_all == 1
    await house.reads()
    assert await house.lacks() == []


async def test_a_service_that_was_not_running_says_for_how_long(house: House) -> None:
    await house.after(15)
    house.vigil = house.anew()
    house.instant = Instant(NOW + timedelta(hours=1), 5, 5)
    house.connected = house.instant.wall
    await house.vigil.look()
    assert await house.lacks() == [(NOW, house.connected, "placewatch was not running")]
    [notice] = await house.told()
    assert "placewatch was not running" in notice


async def test_an_archive_that_is_older_than_the_last_run_is_told_with_what_comes_again(house: House) -> None:
    await house.after(15)
    kept = await house.store.read(gaps.alive_at)
    assert kept is not None
    for _ in range(40):
        await house.after(15)
    await house.store.write(gaps.live, now=kept)  # as a backup of then has it
    house.vigil = house.anew()
    house.instant = replace(house.instant, wall=NOW + timedelta(minutes=20))
    house.connected = house.instant.wall
    await house.vigil.look()
    [notice] = await house.told()
    assert "put back to how it was at 2 Nov 2025 14:00 Kyiv; placewatch had run until 14:10" in notice
    assert [why for _, _, why in await house.lacks()] == ["the archive was put back to an older state"]


async def test_an_archive_that_the_command_has_restored_is_not_told_of_again(house: House) -> None:
    await house.after(15)
    kept = await house.store.read(gaps.alive_at)
    assert kept is not None
    for _ in range(40):
        await house.after(15)
    await house.store.write(gaps.live, now=kept)
    await house.store.write(
        lambda db: db.execute(
            "INSERT INTO restored(at, file, until, told) VALUES (?, 'b.db', ?, 1)",
            (to_ms(house.instant.wall), to_ms(kept)),
        )
    )
    house.vigil = house.anew()
    await house.vigil.look()
    assert await house.told() == []
    assert [why for _, _, why in await house.lacks()] == ["the archive was put back to an older state"]


async def test_a_mark_that_can_not_be_read_is_none(house: House) -> None:
    (house.folder / "alive").write_text("yesterday")
    house.vigil = house.anew()
    await house.after(15)
    assert await house.told() == []
    assert ((house.folder / "alive").stat().st_mode & 0o777) == 0o600
