"""Quiet hours and digests by local time, over real changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.hours import at_clock, digest_due, is_quiet, last_end, next_clock, next_digest
from storage.records import Chat, Quiet

KYIV = ZoneInfo("Europe/Kyiv")
NEW_YORK = ZoneInfo("America/New_York")
SANTIAGO = ZoneInfo("America/Santiago")  # the clock jumps at midnight, from 24:00 to 01:00


def chat(**fields: Any) -> Chat:
    return Chat(**{"id": -1, "title": None, "held_until": None, "problem": None, **fields})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_time_of_day_is_found_on_ordinary_days_doubled_ones_and_ones_without_it() -> None:
    assert at_clock(date(2025, 11, 3), "08:00", KYIV) == utc("2025-11-03 06:00")
    autumn = date(2025, 10, 26)
    assert at_clock(autumn, "03:30", KYIV) == utc("2025-10-26 00:30")
    assert at_clock(autumn, "03:30", KYIV, last=True) == utc("2025-10-26 01:30")
    assert at_clock(date(2026, 3, 29), "03:30", KYIV) == utc("2026-03-29 01:00")  # 04:00, the next minute
    assert at_clock(date(2026, 3, 8), "02:30", NEW_YORK) == utc("2026-03-08 07:00")
    assert at_clock(date(2025, 9, 7), "00:30", SANTIAGO) == utc("2025-09-07 04:00")
    assert next_clock("08:00", utc("2025-11-03 06:00"), KYIV) == utc("2025-11-04 06:00")


def test_quiet_hours_go_over_midnight_and_end_to_the_minute() -> None:
    quiet = chat(quiet_from="23:00", quiet_to="07:00", quiet_how=Quiet.HOLD)
    assert not is_quiet(quiet, utc("2025-11-02 20:59:59"), KYIV)
    assert is_quiet(quiet, utc("2025-11-02 21:00"), KYIV)
    assert is_quiet(quiet, utc("2025-11-03 04:59:59"), KYIV)
    assert not is_quiet(quiet, utc("2025-11-03 05:00"), KYIV)
    assert last_end(quiet, utc("2025-11-03 05:00"), KYIV) == utc("2025-11-03 05:00")
    assert last_end(quiet, utc("2025-11-03 04:59"), KYIV) == utc("2025-11-02 05:00")
    at_noon = chat(quiet_from="12:00", quiet_to="14:00", quiet_how=Quiet.HOLD)
    assert is_quiet(at_noon, utc("2025-11-02 11:00"), KYIV)
    assert not is_quiet(at_noon, utc("2025-11-02 22:00"), KYIV)


def test_a_quiet_time_is_one_stretch_when_the_clock_is_turned_back() -> None:
    quiet = chat(quiet_from="23:00", quiet_to="03:30", quiet_how=Quiet.HOLD)
    start = utc("2025-10-25 20:00")
    states = [is_quiet(quiet, start + timedelta(minutes=m), KYIV) for m in range(331)]
    assert states == [True] * 330 + [False]
    assert last_end(quiet, start + timedelta(minutes=330), KYIV) == start + timedelta(minutes=330)


def test_a_quiet_time_whose_end_does_not_exist_ends_at_the_next_minute() -> None:
    quiet = chat(quiet_from="23:00", quiet_to="03:30", quiet_how=Quiet.HOLD)
    assert is_quiet(quiet, utc("2026-03-29 00:59"), KYIV)
    assert not is_quiet(quiet, utc("2026-03-29 01:00"), KYIV)
    assert last_end(quiet, utc("2026-03-29 01:00"), KYIV) == utc("2026-03-29 01:00")


def ticks(zone: ZoneInfo, clock: str, start: datetime, minutes: int) -> dict[date, datetime]:
    """What a tick each minute sends."""
    told: dict[date, datetime] = {}
    for minute in range(minutes):
        now = start + timedelta(minutes=minute)
        due = digest_due(chat(digest_at=clock), told, now, zone)
        if due is not None:
            assert not due.late
            told[due.day] = now
    return told


@pytest.mark.parametrize(
    ("zone", "clock", "day", "sent"),
    [
        (KYIV, "03:30", "2025-10-26", "2025-10-26 00:30"),
        (KYIV, "03:30", "2026-03-29", "2026-03-29 01:00"),
        (NEW_YORK, "01:30", "2025-11-02", "2025-11-02 05:30"),
        (NEW_YORK, "02:30", "2026-03-08", "2026-03-08 07:00"),
        (SANTIAGO, "00:30", "2025-09-07", "2025-09-07 04:00"),
        (KYIV, "08:00", "2026-03-29", "2026-03-29 05:00"),
    ],
)
def test_a_digest_comes_once_a_date_on_days_with_a_change_of_the_clock_too(
    zone: ZoneInfo, clock: str, day: str, sent: str
) -> None:
    changed = date.fromisoformat(day)
    told = ticks(zone, clock, at_clock(changed - timedelta(days=1), "00:01", zone), 3 * 24 * 60)
    assert sorted(told)[:3] == [changed + timedelta(days=days) for days in (-1, 0, 1)]
    assert told[changed] == utc(sent)


def test_a_digest_that_was_missed_comes_late_on_the_same_date_only() -> None:
    wants = chat(digest_at="08:00")
    due = digest_due(wants, set(), utc("2025-11-03 21:59"), KYIV)
    assert due is not None
    assert (due.day, due.late) == (date(2025, 11, 3), True)
    assert digest_due(wants, set(), utc("2025-11-03 22:00"), KYIV) is None  # midnight


def test_a_digest_is_not_made_up_for_where_it_was_asked_for_after_its_time() -> None:
    wants = chat(digest_at="08:00", digest_since=utc("2025-11-03 10:00"))
    assert digest_due(wants, set(), utc("2025-11-03 10:01"), KYIV) is None
    assert next_digest(wants, set(), utc("2025-11-03 10:01"), KYIV) == utc("2025-11-04 06:00")
    assert digest_due(wants, set(), utc("2025-11-04 06:00"), KYIV) is not None


@pytest.mark.parametrize(
    "not_now",
    [{"paused_at": utc("2025-11-01")}, {"muted_until": utc("2025-11-05")}, {"problem": "not in the chat"}],
)
def test_a_chat_that_can_not_be_told_or_does_not_want_to_be_piles_up_no_digests(
    not_now: dict[str, Any],
) -> None:
    assert digest_due(chat(digest_at="08:00", **not_now), set(), utc("2025-11-03 12:00"), KYIV) is None


_BEGINS = [
    (KYIV, utc("2025-10-24")),
    (KYIV, utc("2026-03-27")),
    (NEW_YORK, utc("2025-10-31")),
    (NEW_YORK, utc("2026-03-06")),
    (SANTIAGO, utc("2025-09-05")),
]


@given(
    st.sampled_from(_BEGINS),
    st.integers(0, 24 * 60 - 1),
    st.lists(st.integers(-2 * 24 * 60, 2 * 24 * 60), min_size=1, max_size=60),
    st.booleans(),
)
def test_each_date_with_a_tick_after_its_time_has_its_digest_exactly_once(
    where: tuple[ZoneInfo, datetime], minute: int, steps: list[int], small: bool
) -> None:
    zone, now = where
    clock = f"{minute // 60:02}:{minute % 60:02}"
    sent: list[date] = []
    had_tick: set[date] = set()
    for step in steps:
        now += timedelta(minutes=step % 97 - 20 if small else step)  # gaps, and jumps back
        due = digest_due(chat(digest_at=clock), set(sent), now, zone)
        if due is not None:
            sent.append(due.day)
        day = now.astimezone(zone).date()
        if now >= at_clock(day, clock, zone):
            had_tick.add(day)
    assert len(sent) == len(set(sent))
    assert set(sent) == had_tick
