"""Times as people type them, and answers that name the zone."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.hours import clock, digest_time, mute_until, quiet_hours
from bot.errors import Mendable
from storage.records import Quiet

KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2025, 11, 2, 10, 0, tzinfo=UTC)  # 12:00 in Kyiv


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("08:00", "08:00"),
        ("8:00", "08:00"),
        ("08.00", "08:00"),
        ("8", "08:00"),
        ("0830", "08:30"),
        ("24:00", "00:00"),
        ("8 pm", "20:00"),
        ("12am", "00:00"),
        ("24:30", None),
        ("8:60", None),
        ("25", None),
        ("13 pm", None),
        ("0 am", None),
        ("morning", None),
        ("", None),
    ],
)
def test_a_time_of_day_is_understood(typed: str, meant: str | None) -> None:
    assert clock(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("23:00-07:00", ("23:00", "07:00", None)),
        ("23-7", ("23:00", "07:00", None)),
        ("23.00 – 07.00", ("23:00", "07:00", None)),
        ("23:00 07:00 silent", ("23:00", "07:00", Quiet.SILENT)),
        ("from 11pm to 7am urgent", ("23:00", "07:00", Quiet.URGENT)),
        ("з 23 до 7", ("23:00", "07:00", None)),
        ("с 23 до 7 hold", ("23:00", "07:00", Quiet.HOLD)),
    ],
)
def test_quiet_hours_are_understood(typed: str, meant: tuple[str, str, Quiet | None]) -> None:
    assert quiet_hours(typed) == meant


@pytest.mark.parametrize(
    "typed", ["23:00", "night", "23-25", "23-7-8", "23-7 loud", "7-7", "23-7 hold silent", "-"]
)
def test_hours_that_can_not_be_read_are_answered_with_how_to_write_them(typed: str) -> None:
    with pytest.raises(Mendable, match="/quiet 23:00-07:00"):
        quiet_hours(typed)


@pytest.mark.parametrize(
    ("typed", "hours_from_noon"),
    [
        ("2h", 2),
        ("90 min", 1.5),
        ("1h 30m", 1.5),
        ("1 d", 24),
        ("2 години", 2),
        ("3 часа", 3),
        ("until 14:00", 2),
        ("till 8", 20),
        ("до 08.00", 20),
        ("14:00", 2),
        ("12:00", 24),
    ],
)
def test_the_end_of_a_mute_is_understood(typed: str, hours_from_noon: float) -> None:
    assert mute_until(typed, NOON, KYIV) == NOON + timedelta(hours=hours_from_noon)


@pytest.mark.parametrize("typed", ["0h", "2", "400d", "until", "until never", "9999d", "h"])
def test_an_end_that_can_not_be_read_is_answered_with_how_to_write_it(typed: str) -> None:
    with pytest.raises(Mendable, match="/mute 2h"):
        mute_until(typed, NOON, KYIV)


def test_the_time_of_a_digest_is_understood() -> None:
    assert [digest_time(typed) for typed in ("daily", "daily 8:00", "9", "щодня о 20.00")] == [
        None,
        "08:00",
        "09:00",
        "20:00",
    ]
    with pytest.raises(Mendable, match="/digest daily 08:00"):
        digest_time("weekly")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_understood_or_answered(typed: str) -> None:
    for read in (digest_time, quiet_hours, lambda text: mute_until(text, NOON, KYIV)):
        with suppress(Mendable):
            read(typed)
