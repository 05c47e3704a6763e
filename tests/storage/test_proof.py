"""The ledger: an entry for everything that is kept, and none that goes away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.owed import decide
from storage import channels, posts, proof
from storage.database import connect_writer
from storage.records import Entity, Source
from tests.blank import blank
from tests.making import RULES, follow, keep, minutes, post
from tests.storage.ledger import broken, forget, ledger, rows

delete = partial(posts.delete, decide=partial(decide, rules=RULES))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(blank(tmp_path / "placewatch.db"))
    yield opened
    opened.close()


def test_everything_that_happens_to_a_post_is_an_entry_in_the_order_of_keeping(
    db: sqlite3.Connection,
) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "first"))
    keep(db, post(channel, 7, "second", edited_at=minutes(1)), minutes(1))
    keep(db, post(channel, 6, "older, read later", posted_at=minutes(-60)), minutes(2))
    keep(db, post(channel, 7, "second", edited_at=minutes(1), preview="late"), minutes(3))
    delete(db, channel.id, [7, 8], now=minutes(4))
    keep(db, post(channel, 7, "second", edited_at=minutes(1), preview="late"), minutes(9))
    forget(db, 6, minutes(10))
    assert ledger(db) == [
        (1, "kept", 7, 0),
        (2, "revised", 7, 1),
        (3, "kept", 6, 0),
        (4, "detail", 7, 1),
        (5, "deleted", 7, 1),
        (6, "returned", 7, 1),
        (7, "pruned", 6, 0),
    ]
    assert broken(db) is None


def test_what_is_no_news_is_no_entry(db: sqlite3.Connection) -> None:
    channel = follow(db)
    said = post(channel, 7, "said", views=1)
    keep(db, said)
    keep(db, said, minutes(1))
    keep(db, post(channel, 7, "said", views=900, changed_at=minutes(2)), minutes(2))
    delete(db, channel.id, [8], now=minutes(3))
    assert len(ledger(db)) == 1


def test_what_is_undone_leaves_no_entry(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 1, "kept"))
    db.execute("BEGIN")
    keep(db, post(channel, 2, "undone"))
    db.execute("ROLLBACK")
    keep(db, post(channel, 3, "kept"))
    assert ledger(db) == [(1, "kept", 1, 0), (2, "kept", 3, 0)]
    assert broken(db) is None


def test_entries_can_be_neither_changed_nor_removed(db: sqlite3.Connection) -> None:
    keep(db, post(follow(db), 7, "said"))
    for change in ("UPDATE proof SET at = at + 1", "DELETE FROM proof"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(change)


def test_a_channel_that_is_renamed_is_entered_as_it_was_called_then(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 1, "said"))
    channels.rename(db, channel.id, "new_name", "New name")
    keep(db, post(channel, 2, "said"))
    assert rows(db, "SELECT telegram_id, username FROM proof") == [(501, "channel1"), (501, "new_name")]
    keep(db, post(channel, 1, "said", preview="late"), minutes(1))
    keep(db, post(channel, 2, "said", preview="late"), minutes(1))
    assert ledger(db)[2:] == [(3, "detail", 1, 0), (4, "detail", 2, 0)]
    assert broken(db) is None


def test_a_fuller_source_of_the_same_words_is_an_entry_for_each_revision_that_it_changes(
    db: sqlite3.Connection,
) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "first", source=Source.PREVIEW))
    keep(db, post(channel, 7, "second", edited_at=minutes(1)), minutes(1))
    (post_id,) = db.execute("SELECT id FROM post").fetchone()
    assert ledger(db)[2:] == [(3, "detail", 7, 0)]  # the source stands with every revision
    assert proof.enriched(db, post_id, now=minutes(2)) == 0
    db.execute("UPDATE post SET author = 'Press office', grouped_id = 5")
    assert broken(db) is not None
    assert proof.enriched(db, post_id, now=minutes(2)) == 2
    assert ledger(db)[3:] == [(4, "detail", 7, 0), (5, "detail", 7, 1)]
    assert broken(db) is None


def test_the_same_words_in_a_fuller_sources_form_are_entered_as_such(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "what was said", source=Source.PREVIEW))
    keep(db, post(channel, 7, "what  was\nsaid", entities=(Entity("bold", 0, 4),)), minutes(1))
    assert ledger(db) == [(1, "kept", 7, 0), (2, "fuller", 7, 0)]
    assert broken(db) is None
    db.execute("UPDATE post SET text = 'what was not said'")
    assert broken(db) is not None


def test_what_a_post_said_before_it_came_to_us_is_entered_when_it_comes(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "second", edited_at=minutes(5)), minutes(5))
    keep(db, post(channel, 7, "first", source=Source.EXPORT), minutes(6))
    keep(db, post(channel, 7, "third", edited_at=minutes(7)), minutes(7))
    assert ledger(db) == [(1, "kept", 7, 0), (2, "revised", 7, -1), (3, "revised", 7, 1)]
    assert broken(db) is None
    db.execute("UPDATE revision SET text = 'other' WHERE number = -1")
    assert broken(db) is not None


def test_a_change_of_words_that_is_passed_off_as_a_detail_is_found(db: sqlite3.Connection) -> None:
    keep(db, post(follow(db), 7, "said"))
    db.execute("UPDATE post SET text = 'never said'")
    assert proof.enriched(db, db.execute("SELECT id FROM post").fetchone()[0], now=minutes(2)) == 1
    found = broken(db)
    assert found is not None
    assert (found.kind, found.number, found.post) == ("content changed", 1, "t.me/channel1/7")
    assert "what was said" in found.words


def test_a_pruned_post_that_is_read_again_is_verified_anew(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "said"))
    delete(db, channel.id, [7], now=minutes(1))
    forget(db, 7, minutes(2))
    keep(db, post(channel, 8, "another in the same second, so with the same row id"), minutes(3))
    assert rows(db, "SELECT DISTINCT post_id FROM proof")[1:] == []
    assert broken(db) is None
    [found] = proof.of_posts(db, [row[0] for row in rows(db, "SELECT id FROM post")]).values()
    assert found.numbers == (4,)


_TEXT = st.text(st.characters(exclude_categories=("Cs",)))
_NUMBER = st.none() | st.integers(-(2**63), 2**63 - 1)


@settings(deadline=None)
@given(_TEXT, st.none() | _TEXT, _NUMBER, st.tuples(st.integers(0, 2**31), st.integers(0, 2**20 - 1)))
def test_the_forms_that_are_written_out_are_the_json_that_they_are_said_to_be(
    text: str, name: str | None, number: int | None, posted: tuple[int, int]
) -> None:
    post_id = (posted[0] << 20) + posted[1]
    frame = (1, name, number, number, name, number, number, number, 1, "telegram")
    said, details = proof.content(post_id, 7, 2, frame, (3, number, text, text, "[]", name))
    assert said == _hashed("placewatch said 1", 7, posted[0], 2, text)
    assert details == _hashed("placewatch details 1", 1, 3, number, text, "[]", name, *frame[1:])
    assert proof.mark(number) == _hashed("placewatch deletion 1", number)
    key = (5, "kept", 9, post_id, 3, number, name, 7, 2)
    expected = _hashed("placewatch entry 1", 5, "00" * 32, *key[1:], said.hex(), None)
    assert proof.entry_hash((*key, said, None, bytes(32))) == expected


def _hashed(*values: object) -> bytes:
    return sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).digest()


def test_a_post_knows_its_entries_the_digest_of_its_words_and_the_head(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 1, "first"))
    keep(db, post(channel, 2, "other"), minutes(1))
    keep(db, post(channel, 1, "second", edited_at=minutes(2)), minutes(2))
    first, other = rows(db, "SELECT id FROM post ORDER BY message_id")
    found = proof.of_posts(db, [first[0], other[0], 5])
    assert {i: p.numbers for i, p in found.items()} == {first[0]: (1, 3), other[0]: (2,)}
    assert found[first[0]].digest == proof.digest("placewatch said 1", 1, first[0] >> 20, 1, "second").hex()
    head = proof.head(db)
    assert head is not None
    assert (head.number, head.at) == (3, minutes(2))
    assert {p.head for p in found.values()} == {head}
