"""Whatever happens in order verifies; whatever is changed behind the ledger's back is found and named."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.alerts.owed import decide
from storage import posts, proof
from storage.database import connect_writer
from storage.records import BreakKind, Entity, Forward, Media
from tests.blank import blank
from tests.making import RULES, follow, keep, minutes, post
from tests.storage.ledger import broken, forget, ledger, rows, walked

delete = partial(posts.delete, decide=partial(decide, rules=RULES))

# Every column of the tables that a ledger is about: how it is changed (SQL), and the break that is then found; or why a
# change says nothing about what was said.
_CONTENT, _ENTRY = BreakKind.CONTENT, BreakKind.ENTRY
CHANGES: dict[str, tuple[str, BreakKind] | str] = {
    "post.id": ("id + 100", BreakKind.POST),
    "post.channel_id": ("2", _CONTENT),
    "post.message_id": ("99", _CONTENT),
    "post.received_at": ("received_at + 1", _CONTENT),
    "post.rev": ("0", _CONTENT),
    "post.seen_at": ("seen_at + 1", _CONTENT),
    "post.edited_at": ("NULL", _CONTENT),
    "post.changed_at": "only says which of two states is the newer one, and is not kept for older revisions",
    "post.deleted_at": ("deleted_at + 1", _CONTENT),
    "post.text": ("text || ' '", _CONTENT),
    "post.preview": ("''", _CONTENT),
    "post.entities": ("'[]'", _CONTENT),
    "post.author": ("NULL", _CONTENT),
    "post.forward_telegram_id": ("10", _CONTENT),
    "post.forward_message_id": ("10", _CONTENT),
    "post.forward_name": ("'Other'", _CONTENT),
    "post.forward_posted_at": ("forward_posted_at + 1", _CONTENT),
    "post.reply_to": ("10", _CONTENT),
    "post.grouped_id": ("10", _CONTENT),
    "post.media": ("NULL", _CONTENT),
    "post.protected": ("0", _CONTENT),
    "post.examined": "what we did with it, not what was said",
    "post.source": ("'preview'", _CONTENT),
    "revision.post_id": ("5", BreakKind.REVISION),
    "revision.number": ("7", BreakKind.REVISION),
    "revision.seen_at": ("seen_at + 1", _CONTENT),
    "revision.edited_at": ("5", _CONTENT),
    "revision.text": ("'other'", _CONTENT),
    "revision.preview": ("'other'", _CONTENT),
    "revision.entities": ("'[1]'", _CONTENT),
    "revision.media": ("NULL", _CONTENT),
    "channel.telegram_id": ("77", _CONTENT),
    "proof.number": ("100", BreakKind.MISSING),
    "proof.kind": ("'adopted'", _ENTRY),
    "proof.at": ("at + 1", _ENTRY),
    "proof.post_id": ("post_id + 1", _ENTRY),
    "proof.channel_id": ("2", _ENTRY),
    "proof.telegram_id": ("77", _ENTRY),
    "proof.username": ("'other'", _ENTRY),
    "proof.message_id": ("99", _ENTRY),
    "proof.rev": ("5", _ENTRY),
    "proof.said": ("zeroblob(32)", _ENTRY),
    "proof.details": ("zeroblob(32)", _ENTRY),
    "proof.previous": ("zeroblob(32)", _ENTRY),
    "proof.hash": ("zeroblob(32)", _ENTRY),
    "proof_waiting.number": "empty once the ledger has begun",
    "proof_waiting.post_id": "empty once the ledger has begun",
}
_TABLES = ("post", "revision", "proof", "proof_waiting")


def fill(db: sqlite3.Connection) -> None:
    """One post with everything, edited and deleted, between two others."""
    channel = follow(db)
    follow(db, 2)
    keep(db, post(channel, 1, "before"))
    full = post(
        channel, 2, "first", author="Press office", grouped_id=5, reply_to=3, protected=True, edited_at=minutes(0.5),
        forward=Forward(telegram_id=9, message_id=3, name="X", posted_at=minutes(-5)), preview="Title",
        media=Media(kind="photo", id=1), entities=(Entity("bold", 0, 2),),
    )  # fmt: skip
    keep(db, full)
    second = {"text": "second", "edited_at": minutes(1)}
    keep(
        db, post(channel, 2, preview="Title", media=full.media, entities=full.entities, **second), minutes(1)
    )
    delete(db, channel.id, [2], now=minutes(2))
    keep(db, post(channel, 3, "after"), minutes(3))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "placewatch.db"
    db = connect_writer(path)
    fill(db)
    assert broken(db) is None
    db.close()
    return path


@pytest.fixture
def db(filled: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The filled archive, in the hands of somebody who may do anything to it."""
    shutil.copy(filled, tmp_path / "placewatch.db")
    opened = sqlite3.connect(tmp_path / "placewatch.db", isolation_level=None)
    for trigger in ("proof_keeps_rows", "proof_keeps_words", "earlier_said", "earlier_gone"):
        opened.execute(f"DROP TRIGGER {trigger}")
    yield opened
    opened.close()


def test_every_column_of_what_is_kept_has_a_decision(db: sqlite3.Connection) -> None:
    columns = {
        f"{table}.{row[1]}"
        for table in _TABLES
        for row in rows(db, f"SELECT * FROM pragma_table_xinfo('{table}')")
    }
    assert columns == {name for name in CHANGES if not name.startswith("channel.")}


@pytest.mark.parametrize("column", [name for name, change in CHANGES.items() if isinstance(change, tuple)])
def test_a_change_of_any_column_that_matters_is_found_and_named(db: sqlite3.Connection, column: str) -> None:
    table, name = column.split(".")
    new, kind = CHANGES[column]
    which = {
        "post": "message_id = 2", "revision": "1", "channel": "telegram_id = 501", "proof": "number = 3",
    }[table]  # fmt: skip
    assert db.execute(f"UPDATE {table} SET {name} = {new} WHERE {which}").rowcount == 1
    found = broken(db)
    assert found is not None
    assert found.kind == kind
    if table in ("post", "revision"):
        assert found.post == "t.me/channel1/2"


@pytest.mark.parametrize("column", [name for name, change in CHANGES.items() if isinstance(change, str)])
def test_a_change_of_a_column_that_does_not_matter_is_no_break(db: sqlite3.Connection, column: str) -> None:
    table, name = column.split(".")
    db.execute(f"UPDATE {table} SET {name} = {'5' if name != 'examined' else repr('failed')}")
    assert broken(db) is None


def swap(db: sqlite3.Connection) -> None:
    for old, new in ((2, 999), (3, 2), (999, 3)):
        db.execute("UPDATE proof SET number = ? WHERE number = ?", (new, old))


def cut_out(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM proof WHERE number = 2")


def cut_off_the_beginning(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM proof WHERE number <= 3")


def cut_off_the_end(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM proof WHERE number = 5")


def put_another_in(db: sqlite3.Connection) -> None:
    """An entry that is right by itself, so that only the next one shows that another stood there."""
    row = list(db.execute(f"SELECT {proof.ENTRY} FROM proof WHERE number = 2").fetchone())
    row[2] += 1
    row[12] = proof.entry_hash(row)
    db.execute("UPDATE proof SET at = ?, hash = ? WHERE number = 2", (row[2], row[12]))


def remove_a_post(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM post WHERE message_id = 3")


def remove_a_revision(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM revision")


def take_the_mark_away(db: sqlite3.Connection) -> None:
    db.execute("UPDATE post SET deleted_at = NULL")


def mark_another(db: sqlite3.Connection) -> None:
    db.execute("UPDATE post SET deleted_at = 5 WHERE message_id = 3")


def add_a_post(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO post(id, channel_id, message_id, received_at, seen_at, text, preview, entities, protected, examined) "
        "VALUES (1 << 62, 1, 9, 5, 5, 'never said', '', '[]', 0, 'yes')"
    )


def add_a_revision(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO revision(post_id, number, seen_at, text, preview, entities) "
        "SELECT id, 0, 5, 'never said', '', '[]' FROM post WHERE message_id = 3"
    )


def say_pruned_and_leave_it(db: sqlite3.Connection) -> None:
    proof.pruned(db, [db.execute("SELECT id FROM post WHERE message_id = 3").fetchone()[0]], now=minutes(9))


@pytest.mark.parametrize(
    ("change", "kind", "number", "words"),
    [
        (swap, BreakKind.ORDER, 2, "made as number 3"),
        (cut_out, BreakKind.MISSING, 2, "number 2 is not there; number 3 follows"),
        (cut_off_the_beginning, BreakKind.MISSING, 1, "number 1 to 3 is not there; number 4 follows"),
        (cut_off_the_end, BreakKind.UNENTERED, None, "never entered"),
        (put_another_in, BreakKind.CHAIN, 3, "does not follow number 2"),
        (remove_a_post, BreakKind.POST, 5, "no entry says that it was removed"),
        (remove_a_revision, BreakKind.REVISION, 2, "does not hold revision 0"),
        (take_the_mark_away, BreakKind.CONTENT, 4, "the mark of its deletion is gone"),
        (mark_another, BreakKind.UNENTERED, None, "marked as deleted"),
        (add_a_post, BreakKind.UNENTERED, None, "what it says now was never entered"),
        (add_a_revision, BreakKind.UNENTERED, None, "an older revision was never entered"),
        (say_pruned_and_leave_it, BreakKind.UNPRUNED, 6, "still holds what was removed"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_each_way_to_cheat_has_its_name(
    db: sqlite3.Connection,
    change: Callable[[sqlite3.Connection], None],
    kind: BreakKind,
    number: int | None,
    words: str,
) -> None:
    change(db)
    found = broken(db)
    assert found is not None
    assert (found.kind, found.number) == (kind, number)
    assert words in found.words
    assert (found.post != "") is (kind is not BreakKind.MISSING)


_ACTS = st.lists(
    st.tuples(
        st.sampled_from(("keep", "keep", "keep", "late preview", "delete", "return", "prune")),
        st.integers(1, 4),
        st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    ),
    max_size=25,
)


def carry_out(db: sqlite3.Connection, acts: list[tuple[str, int, str]]) -> None:
    channel = follow(db)
    said: dict[int, dict[str, Any]] = {}
    pruned: set[int] = set()
    for number, (act, message_id, text) in enumerate(acts, start=1):
        now = minutes(2 * number)
        if message_id in pruned:  # it is not taken again, and no entry says that it was
            keep(db, post(channel, message_id, text=text), now)
            continue
        if act == "keep":
            said[message_id] = {"text": text, "edited_at": now, "changed_at": now, "preview": ""}
        elif act == "late preview" and message_id in said:
            said[message_id] |= {"preview": text, "changed_at": now}
        elif act == "delete":
            delete(db, channel.id, [message_id], now=now)
            continue
        elif act == "prune" and said.pop(message_id, None) is not None:
            forget(db, message_id, now)
            pruned.add(message_id)
            continue
        if message_id in said:
            keep(db, post(channel, message_id, **said[message_id]), now)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=_ACTS, data=st.data())
def test_whatever_happens_in_order_verifies_and_no_entry_can_be_taken_out(
    acts: list[tuple[str, int, str]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = connect_writer(blank(Path(folder) / "placewatch.db"))
        try:
            db.execute("PRAGMA synchronous = OFF")
            carry_out(db, acts)
            walk = walked(db)
            assert walk.broken is None
            count = len(ledger(db))
            assert walk.number == sum(walk.kinds.values()) == count
            if count > 1:
                db.execute("DROP TRIGGER proof_keeps_rows")
                db.execute("DELETE FROM proof WHERE number = ?", (data.draw(st.integers(1, count - 1)),))
                assert broken(db) is not None
        finally:
            db.close()
