"""A service is well while it hears, reads, writes and tells; each that it does not is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.health.judge import AccountSeen, Report, Seen, judge, line
from storage.vitals import Vitals
from tests.making import NOW, minutes

READER = AccountSeen(name="reader", connected=True, heartbeat_at=NOW, updated_at=minutes(-3))
BOT = AccountSeen(name="bot", connected=True, heartbeat_at=NOW, updated_at=NOW)
VITALS = Vitals(written_at=minutes(-1), read_at=minutes(-2), followed=3, blocked={}, overdue={})
WELL = Seen(
    now=NOW,
    started_at=minutes(-600),
    accounts=(READER, BOT),
    vitals=VITALS,
    delivered_at=minutes(-50),
)


def inside(**changes: Any) -> Seen:
    return replace(WELL, vitals=replace(VITALS, **changes))


def reader(**changes: Any) -> Seen:
    return replace(WELL, accounts=(replace(READER, **changes), BOT))


def test_a_service_that_does_its_work_is_well_however_quiet_the_channels_and_chats_are() -> None:
    report = judge(WELL)
    assert report == Report(last_update=120, last_write=60, last_delivery=3000, problems=())
    assert (
        line(report.as_json()) == "well: last update 120 s ago, last write 60 s ago, last delivery 3000 s ago"
    )
    assert judge(replace(WELL, delivered_at=None)).ok


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        (reader(connected=False, heartbeat_at=minutes(-5), problem="no route"), "reader: not connected for 5 min: no route"),
        (reader(connected=False, stopped=True, problem="sign in"), "reader: has stopped: sign in"),
        (inside(written_at=minutes(-4)), "archive: nothing was written for 4 min"),
        (replace(WELL, vitals=None, archive="full"), "archive: full"),
        (inside(read_at=minutes(-31)), "channels: none was read for 31 min"),
        (inside(read_at=None), "channels: none was read for 10 h"),
        (inside(blocked={-7: "kicked"}), "chat -7: refuses: kicked"),
        (inside(overdue={-7: minutes(-11)}), "chat -7: a message waits for 11 min"),
        (replace(WELL, down=("courier",)), "courier: failed, and starts again by itself"),
        (replace(WELL, stopped=(("health", "why"),)), "health: has stopped: why"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(seen: Seen, problem: str) -> None:
    report = judge(seen)
    assert report.problems == (problem,)
    assert report.as_json()["status"] == "unwell"
    assert line(report.as_json()) == f"unwell: {problem}"


@pytest.mark.parametrize(
    "seen",
    [
        reader(connected=False, heartbeat_at=minutes(-1)),
        inside(written_at=None, read_at=None, overdue={-7: minutes(-99)}),
        replace(inside(read_at=minutes(-100)), unread_after=timedelta(hours=2)),
        inside(read_at=None, followed=0),
    ],
)
def test_what_has_just_begun_or_is_meant_is_not_wrong(seen: Seen) -> None:
    begun = seen if seen.unread_after > timedelta(hours=1) else replace(seen, started_at=minutes(-1))
    assert judge(begun).ok
