"""Digests and bursts by a real archive and a clock of our own: each date and each burst once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import claims
from bot.rounds import Rounds
from storage import chats, places
from storage.records import Delivery, Watch
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, follow, keep, post, track

KYIV = ZoneInfo("Europe/Kyiv")
HOUR = timedelta(hours=1)
TABLE = claims.load(None)


@dataclass
class Watchman:
    """Who makes the rounds, and what the chat came to be owed."""

    store: Store
    now: datetime
    zone: ZoneInfo = KYIV
    woken: int = 0

    def wake(self) -> None:
        self.woken += 1

    async def round(self) -> list[tuple[str, str]]:
        rounds = Rounds(self.store, self.zone, self.wake, lambda: self.now, min_confidence=0.5, claims=TABLE)
        await rounds.make()
        return await self.store.read(_owed)

    async def change(self, **values: object) -> None:
        await self.store.write(chats.change, CHAT, **values)


def _owed(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute(
        "SELECT subject, wanted FROM owed WHERE kind IN ('digest', 'burst') ORDER BY id"
    ).fetchall()


@pytest.fixture
async def watchman(tmp_path: Path) -> AsyncIterator[Watchman]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await store.write(track, "Покровск")
    yield Watchman(store, datetime(2025, 10, 25, 0, 0, tzinfo=UTC))
    await store.close()


@pytest.mark.parametrize(
    ("zone", "begin", "clock", "days"),
    [
        ("Europe/Kyiv", "2025-10-24T21:01", "03:30", ["2025-10-25", "2025-10-26", "2025-10-27"]),
        ("Europe/Kyiv", "2026-03-27T22:01", "03:30", ["2026-03-28", "2026-03-29", "2026-03-30"]),
        ("America/New_York", "2026-03-07T05:01", "02:30", ["2026-03-07", "2026-03-08", "2026-03-09"]),
    ],
)
async def test_each_date_has_one_digest_over_a_change_of_the_clock(
    watchman: Watchman, zone: str, begin: str, clock: str, days: list[str]
) -> None:
    watchman.zone = ZoneInfo(zone)
    watchman.now = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    await watchman.change(digest_at=clock)
    for _ in range(3 * 24 * 2):
        watchman.now += timedelta(minutes=30)
        await watchman.round()
    assert [subject for subject, _ in await watchman.round()] == [f"digest:{day}:0" for day in days]
    assert watchman.woken == 3


async def test_two_rounds_at_once_and_a_clock_that_jumps_back_send_one_digest(watchman: Watchman) -> None:
    await watchman.change(digest_at="03:00")
    await asyncio.gather(*(watchman.round() for _ in range(5)))
    watchman.now -= timedelta(minutes=30)
    await watchman.round()
    watchman.now += HOUR
    assert len(await watchman.round()) == 1


async def test_a_digest_after_an_absence_is_late_and_goes_back_to_the_last_one(watchman: Watchman) -> None:
    await watchman.change(digest_at="03:00")
    await watchman.round()
    watchman.now += timedelta(days=2, hours=5)
    _, (subject, html) = await watchman.round()
    assert subject == "digest:2025-10-27:0"
    assert html.splitlines()[0] == (
        "📋 <b>Digest</b> · 25 Oct 2025 03:00 Kyiv – 27 Oct 2025 07:00 Kyiv"
        " · late: it could not be sent at its time"
    )


async def test_a_digest_sets_the_claims_about_a_place_side_by_side(watchman: Watchman) -> None:
    await watchman.change(digest_at="03:00")

    def said(db: sqlite3.Connection) -> None:
        at = watchman.now - HOUR
        keep(db, post(follow(db), 1, "Покровск взят.", posted_at=at), at)

    await watchman.store.write(said)
    ((_, html),) = await watchman.round()
    assert "<b>Claims</b>, side by side; not verified:\n• <b>capture</b> — " in html
    assert "  «Покровск <b>взят</b>.»" in html


async def test_a_paused_chat_piles_up_nothing_and_has_its_digest_when_it_is_resumed(
    watchman: Watchman,
) -> None:
    await watchman.change(digest_at="03:00")
    await watchman.store.write(chats.pause, CHAT, now=watchman.now)
    for _ in range(3):
        assert await watchman.round() == []
        watchman.now += timedelta(days=1)
    watchman.now += HOUR  # winter time
    await watchman.store.write(chats.resume, CHAT, now=watchman.now)
    assert [subject for subject, _ in await watchman.round()] == ["digest:2025-10-28:0"]


async def test_a_group_that_moves_on_the_day_has_no_second_digest(watchman: Watchman) -> None:
    await watchman.change(digest_at="03:00")
    await watchman.round()
    await watchman.store.write(chats.move, CHAT, -100200, now=watchman.now)
    watchman.now += HOUR
    assert len(await watchman.round()) == 1
    assert (await watchman.store.read(chats.by_id, -100200)).digest_at == "03:00"


async def burst(watchman: Watchman, number: int = 6, sources: int = 2) -> None:
    """One statement a day for ten days, then so many in half an hour."""
    two = [await watchman.store.write(follow, n) for n in range(1, sources + 1)]
    for n in range(number):
        said = post(two[n % sources], 100 + n, f"Покровск: {_FACTS[n]}", posted_at=_ago(watchman, 0.5))
        await watchman.store.write(keep, said, watchman.now)
    for day in range(1, 10):
        said = post(two[0], 90 - day, f"{day}: Покровск", posted_at=_ago(watchman, day * 24 + 0.5))
        await watchman.store.write(keep, said, watchman.now)


_FACTS = (
    "взрыв на вокзале слышали все",
    "эвакуация жителей началась утром",
    "сирена воздушной тревоги",
    "колонна техники замечена у рынка",
    "в больнице нет света",
    "мост закрыт для движения",
)


def _ago(watchman: Watchman, hours: float) -> datetime:
    return watchman.now - timedelta(hours=hours)


async def test_a_burst_is_told_once_in_six_hours(watchman: Watchman) -> None:
    await burst(watchman)
    ((subject, html),) = await watchman.round()
    assert subject.startswith("burst:")
    assert "📈 <b>Pokrovsk</b>: 6 statements in the last hour, usually 1. First: " in html
    watchman.now += timedelta(minutes=1)
    assert len(await watchman.round()) == 1


@pytest.mark.parametrize(
    ("number", "sources", "wish"),
    [
        (4, 2, {}),
        (6, 1, {}),
        (6, 2, {"delivery": Delivery.DIGEST}),
        (6, 2, {"muted_until": datetime(2025, 10, 26, tzinfo=UTC)}),
        (6, 2, {"channels": frozenset({1})}),
    ],
)
async def test_what_is_no_burst_or_is_not_wanted_is_not_told(
    watchman: Watchman, number: int, sources: int, wish: dict[str, Any]
) -> None:
    (watch,) = await watchman.store.read(places.watches)
    given = {"chat_id": watch.chat_id, "place_id": watch.place_id, "since": watch.since}
    await watchman.store.write(places.change_watch, Watch(**{**given, **wish}))
    await burst(watchman, number, sources)
    assert await watchman.round() == []


def _heads(db: sqlite3.Connection) -> list[tuple[int, str, str, int]]:
    return db.execute(
        "SELECT chat_id, subject, wanted, silent FROM owed WHERE subject LIKE 'attest:%' ORDER BY id"
    ).fetchall()


async def test_a_head_of_the_ledger_is_told_once_a_local_date_where_the_team_wants_it(
    watchman: Watchman,
) -> None:
    watchman.now = datetime(2025, 10, 24, 20, 30, tzinfo=UTC)  # 23:30 in Kyiv
    rounds = Rounds(
        watchman.store, KYIV, watchman.wake, lambda: watchman.now, min_confidence=0.5, attest=True
    )
    await rounds.make()
    assert await watchman.store.read(_heads) == []  # nothing is kept yet
    channel = await watchman.store.write(follow)
    await watchman.store.write(keep, post(channel, 1, "said"))
    for _ in range(4 * 48 * 2):  # over the change of the clock
        watchman.now += timedelta(minutes=15)
        await rounds.make()
    told_of = await watchman.store.read(_heads)
    assert [(chat, subject) for chat, subject, _, _ in told_of] == [
        (CHAT, f"attest:2025-10-{day}") for day in (24, 25, 26, 27, 28)
    ]
    assert all(silent == 1 and "@1</code>" in html for _, _, html, silent in told_of)
    assert watchman.woken == 5
