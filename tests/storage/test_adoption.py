"""An archive from before the ledger: what it holds is entered in the order in which it came, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.alerts.owed import decide
from storage import posts, proof
from storage.database import begin_ledger, connect_writer, migrations
from tests.making import NOW, RULES, follow, keep, minutes, post
from tests.storage.ledger import broken, ledger, rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "placewatch.db"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    """Read out of order, edited and deleted, just after the migration that makes the ledger's tables."""
    opened = connect_writer(path)
    channel = follow(opened)
    keep(opened, post(channel, 7, "first"))
    keep(opened, post(channel, 7, "second", edited_at=minutes(1)), minutes(1))
    keep(opened, post(channel, 1, "older, read later", posted_at=minutes(-60)), minutes(2))
    keep(opened, post(channel, 9, "new"), minutes(3))
    posts.delete(opened, channel.id, [7], now=minutes(4), decide=partial(decide, rules=RULES))
    opened.executescript("DROP TABLE proof; DROP TABLE proof_waiting;")
    [step] = [m for m in migrations() if m.name.endswith("_proof.sql")]
    opened.executescript(step.sql)
    yield opened
    opened.close()


_WHOLE = [
    (1, "adopted", 7, 0),
    (2, "adopted", 7, 1),
    (3, "adopted deletion", 7, 1),
    (4, "adopted", 1, 0),
    (5, "adopted", 9, 0),
]


def test_what_was_there_is_entered_in_the_order_in_which_it_came(db: sqlite3.Connection) -> None:
    begin_ledger(db)
    assert ledger(db) == _WHOLE
    assert broken(db) is None
    assert proof.waiting(db) == 0
    assert {row[0] - NOW.timestamp() * 1000 > 0 for row in rows(db, "SELECT at FROM proof")} == {True}


def test_a_start_that_was_cut_short_goes_on_at_the_next_opening(db: sqlite3.Connection, path: Path) -> None:
    db.execute("BEGIN")
    assert proof.adopt(db, 1, now=minutes(10)) == 1
    db.execute("COMMIT")
    db.execute("BEGIN")
    assert proof.adopt(db, 1, now=minutes(10)) == 1
    db.close()  # as if killed: the second batch is undone
    again = connect_writer(path)
    assert ledger(again) == _WHOLE
    assert broken(again) is None
    again.close()
    third = connect_writer(path)
    assert ledger(third) == _WHOLE
    third.close()


def test_what_happens_afterwards_is_entered_after_it(db: sqlite3.Connection) -> None:
    begin_ledger(db)
    channel = follow(db)
    keep(db, post(channel, 9, "newer", edited_at=minutes(5)), minutes(5))
    keep(db, post(channel, 7, "second", edited_at=minutes(1)), minutes(4) + timedelta(hours=1))
    assert ledger(db)[5:] == [(6, "revised", 9, 1), (7, "returned", 7, 1)]
    assert broken(db) is None
