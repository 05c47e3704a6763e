"""Ranges of known ids, against a plain set of numbers."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import known
from storage.database import connect_writer
from tests import making

RANGES = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda r: (r[0], r[0] + r[1])))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("known") / "placewatch.db"
    with closing(connect_writer(path)) as db:
        making.follow(db, 1)
        making.follow(db, 2)
        yield db


@settings(deadline=None)  # a busy machine
@given(added=RANGES, asked=st.tuples(st.integers(1, 70), st.integers(0, 70)))
def test_known_and_missing_ids_are_those_of_a_plain_set(
    db: sqlite3.Connection, added: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    db.execute("DELETE FROM known")
    known.add(db, 2, 1, 100)  # another channel's ids are its own
    ids: set[int] = set()
    for low, high in added:
        known.add(db, 1, low, high)
        ids |= set(range(low, high + 1))
    kept = known.ranges(db, 1)
    assert {i for low, high in kept for i in range(low, high + 1)} == ids
    assert all(high + 1 < low for (_, high), (low, _) in itertools.pairwise(kept))
    low, high = asked[0], asked[0] + asked[1]
    holes = known.missing(db, 1, low, high)
    assert {i for first, last in holes for i in range(first, last + 1)} == set(range(low, high + 1)) - ids
    assert all(last + 1 < first for (_, last), (first, _) in itertools.pairwise(holes))


@pytest.mark.parametrize(("low", "high"), [(0, 3), (5, 4)])
def test_what_is_no_range_of_ids_is_refused(db: sqlite3.Connection, low: int, high: int) -> None:
    with pytest.raises(ValueError, match="no range"):
        known.add(db, 1, low, high)
