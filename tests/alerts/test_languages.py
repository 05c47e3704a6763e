"""An alert is in its chat's language, and stays in the one that it began in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.copies import Copies
from bot.languages import spoken
from storage import chats
from storage.database import connect_writer
from storage.records import Forward
from tests.blank import blank
from tests.making import CHAT, NOW, RULES, follow, keep, minutes, post, track

SPOKEN = replace(RULES, languages=spoken("en"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(blank(tmp_path / "placewatch.db"))
    opened.execute("BEGIN")
    yield opened
    opened.execute("ROLLBACK")
    opened.close()


def wanted(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT wanted FROM owed ORDER BY id")]


def test_an_alert_is_in_the_language_of_its_chat_and_quotes_as_it_was_said(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    chats.change(db, CHAT, language="uk")
    keep(db, post(follow(db), 1, "В Покровске взрывы."), rules=SPOKEN)
    (alert,) = wanted(db)
    assert "Заява джерела; не перевірено." in alert
    assert "взрывы" in alert


def test_an_alert_that_was_sent_before_keeps_its_language_while_it_grows(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    copies = Copies()
    first, second = follow(db, 1), follow(db, 2)
    keep(db, post(first, 1, "В Покровске взрывы."), copies=copies, rules=SPOKEN)
    before = wanted(db)
    chats.change(db, CHAT, language="ru")
    keep(db, post(first, 1, "В Покровске взрывы."), copies=copies, rules=SPOKEN)
    assert wanted(db) == before
    forward = Forward(telegram_id=first.telegram_id, message_id=1, posted_at=NOW)
    keep(
        db,
        post(second, 1, "В Покровске взрывы.", posted_at=minutes(6), forward=forward),
        minutes(6),
        rules=SPOKEN,
        copies=copies,
    )
    (alert,) = wanted(db)
    assert "Also: " in alert
    assert "Также" not in alert
