"""What a chat is to see next is found without reading all that waits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import chats, owed
from storage.database import connect_writer
from storage.records import OwedKind, Wanted
from tests.blank import blank
from tests.making import CHAT, NOW


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(blank(tmp_path / "placewatch.db"))
    yield opened
    opened.close()


def test_what_comes_next_is_found_without_sorting_what_waits(db: sqlite3.Connection) -> None:
    chats.welcome(db, CHAT, now=NOW)
    for kind in (OwedKind.ALERT, OwedKind.NOTICE, OwedKind.ANSWER, OwedKind.ANSWER):
        for n in range(2):
            owed.owe(db, Wanted(chat_id=CHAT, subject=f"{kind}:{n}", html=kind, kind=kind), now=NOW)
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    first = owed.next_due(db, CHAT, now=NOW)
    db.set_trace_callback(None)
    assert first is not None
    assert first.subject == "answer:0"
    plans = [str(row) for sql in asked for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any("owed_due" in plan for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans)
