"""A few of `tests.service.faults`, each in a world of its own; the README has the table of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.faults import accounts, machine, reading, sending
from tests.service.faults.__main__ import put
from tests.service.faults.stage import SCENARIOS, Scenario, play

SHORT = [one for one in SCENARIOS if one.short]


def test_every_room_has_scenarios_and_no_name_stands_twice() -> None:
    names = [one.name for one in SCENARIOS]
    assert len(names) == len(set(names))
    rooms = {one.play.__module__ for one in SCENARIOS}
    assert rooms == {room.__name__ for room in (accounts, machine, reading, sending)}


def test_a_row_that_was_not_played_again_stays_in_the_table(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text("# placewatch\n", "utf-8")
    put(["| half-open sockets | one | 1.0 | 0 | 0 |", "| bot banned | two | 1.0 | 0 | 0 |"], document)
    put(["| half-open sockets | again | 1.0 | 0 | 0 |"], document)
    assert document.read_text("utf-8").splitlines()[-3:-1] == [
        "| half-open sockets | again | 1.0 | 0 | 0 |",
        "| bot banned | two | 1.0 | 0 | 0 |",
    ]


@pytest.mark.parametrize("one", SHORT, ids=lambda one: one.name)
async def test_nothing_is_lost_and_nothing_is_told_twice(one: Scenario, tmp_path: Path) -> None:
    await play(one, tmp_path)
