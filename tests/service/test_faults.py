"""A few of `tests.service.faults`, each in a world of its own; the README has the table of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.faults import accounts, machine, reading, sending
from tests.service.faults.stage import SCENARIOS, Scenario, play

SHORT = [one for one in SCENARIOS if one.short]


def test_every_room_has_scenarios_and_no_name_stands_twice() -> None:
    names = [one.name for one in SCENARIOS]
    assert len(names) == len(set(names))
    rooms = {one.play.__module__ for one in SCENARIOS}
    assert rooms == {room.__name__ for room in (accounts, machine, reading, sending)}


@pytest.mark.parametrize("one", SHORT, ids=lambda one: one.name)
async def test_nothing_is_lost_and_nothing_is_told_twice(one: Scenario, tmp_path: Path) -> None:
    await play(one, tmp_path)
