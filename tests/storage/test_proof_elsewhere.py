"""The ledger as somebody else verifies it: from its description alone, without any of our code."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from bot.alerts.owed import decide
from storage import posts
from storage.database import connect_writer
from storage.records import Entity, Forward, Media
from tests.making import RULES, follow, keep, minutes, post


# From here to the next comment: all that it takes. (`posted` is the row id without its lower 20 bits.)
def h(*values: object) -> bytes:
    return sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).digest()


def verify(path: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return walk(db)


def walk(db: sqlite3.Connection) -> tuple[int, str]:
    count, previous = 0, bytes(32)
    for e in db.execute("SELECT * FROM proof ORDER BY number"):
        said, details = (e[name].hex() if e[name] else None for name in ("said", "details"))
        own = h("placewatch entry 1", e["number"], e["previous"].hex(), e["kind"], e["at"], e["post_id"], e["channel_id"],
                e["telegram_id"], e["username"], e["message_id"], e["rev"], said, details)  # fmt: skip
        assert (e["number"], e["previous"], e["hash"]) == (count + 1, previous, own), f"entry {count + 1}"
        count, previous = count + 1, own
        if db.execute("SELECT 1 FROM proof WHERE post_id = ? AND number > ? AND (kind = 'pruned' OR rev = ? AND "
                      "(kind = 'fuller' OR kind = 'detail' AND said = ?))",
                      (e["post_id"], e["number"], e["rev"], e["said"])).fetchone():  # fmt: skip
            continue
        p = db.execute("SELECT * FROM post WHERE id = ?", (e["post_id"],)).fetchone()
        if e["said"]:
            w = p if p["rev"] == e["rev"] else db.execute(
                "SELECT * FROM revision WHERE post_id = ? AND number = ?", (e["post_id"], e["rev"])).fetchone()  # fmt: skip
            assert e["said"] == h("placewatch said 1", p["message_id"], p["id"] >> 20, e["rev"], w["text"])
            assert e["details"] == h(
                "placewatch details 1", p["received_at"], *(w[name] for name in (
                    "seen_at", "edited_at", "preview", "entities", "media")), *(p[name] for name in (
                    "author", "forward_telegram_id", "forward_message_id", "forward_name", "forward_posted_at",
                    "reply_to", "grouped_id", "protected", "source")))  # fmt: skip
        elif e["details"] and p["deleted_at"]:
            assert e["details"] == h("placewatch deletion 1", p["deleted_at"])
    return count, previous.hex()


# What it is tried on.
@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "placewatch.db"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(path)
    channel = follow(opened)
    said = post(
        channel, 1, 'Слова "in quotes" \\ \n\t\x01\x7f\u2028 🕊', author="Пресс-служба", grouped_id=2**63 - 1,
        forward=Forward(telegram_id=9, message_id=3, name="Имя", posted_at=minutes(-5)), reply_to=3, protected=True,
        media=Media(kind="photo", id=2**62), entities=(Entity("text_url", 0, 2, "https://example.org/?a=«б»"),),
    )  # fmt: skip
    keep(opened, said)
    keep(opened, post(channel, 1, "Другие слова", edited_at=minutes(2)), minutes(2))
    keep(opened, post(channel, 1, "Другие слова", edited_at=minutes(2), preview="Заголовок"), minutes(3))
    keep(opened, post(channel, 2, ""), minutes(4))
    posts.delete(opened, channel.id, [1], now=minutes(5), decide=partial(decide, rules=RULES))
    yield opened
    opened.close()


def test_somebody_else_verifies_the_ledger_from_its_description(db: sqlite3.Connection, path: Path) -> None:
    (newest,) = db.execute("SELECT hash FROM proof ORDER BY number DESC LIMIT 1").fetchone()
    assert verify(path) == (5, newest.hex())


def test_and_finds_what_was_changed(db: sqlite3.Connection, path: Path) -> None:
    db.execute("UPDATE post SET text = text || '.' WHERE message_id = 2")
    with pytest.raises(AssertionError):
        verify(path)
