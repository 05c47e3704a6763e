"""A backup in the archive's place: nothing is told twice for it, and what was there before is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage import backup, holds, owed, places, posts, reviews
from storage.backup import Why
from storage.database import StorageError, connect_writer
from storage.records import Channel, Forward, OwedKind, Review, Verdict, Wanted
from storage.restoring import Restored, restore
from tests.making import CHAT, follow, keep, minutes, place, post, track


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_writer(path)) as db:
        yield db


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "placewatch.db"
    path.parent.mkdir()
    with opened(path) as db:
        track(db, "Покровск")
        for n in (1, 2):
            follow(db, n)
        keep(db, post(follow(db), 1, "Бои в Покровске"))
    return path


def back_up(archive: Path) -> Path:
    target = archive.parent / "b.db"
    with opened(archive) as db:
        backup.begun(db, target, Why.ASKED, now=minutes(5))
    return backup.make(archive, target).path


def follow_(archive: Path, number: int = 1) -> Channel:
    with opened(archive) as db:
        return follow(db, number)


def deliver(db: sqlite3.Connection) -> None:
    """Everything that is owed arrives, as messages 1, 2, …"""
    while (message := owed.next_due(db, CHAT, now=minutes(1000))) is not None:
        fixed = owed.begin(db, message.id)
        number = fixed.message_id or 100 + message.id
        owed.arrived(
            db, message.id, message_id=number, text=fixed.wanted, buttons=fixed.buttons, now=minutes(9)
        )


def put_back(archive: Path, file: Path) -> Restored:
    def announce(db: sqlite3.Connection, done: Restored) -> None:
        notice = Wanted(chat_id=CHAT, subject="restored", html="restored", kind=OwedKind.NOTICE)
        owed.owe(db, notice, now=minutes(60))

    return restore(archive, file, now=minutes(60), announce=announce)


def due(db: sqlite3.Connection) -> list[str]:
    rows = db.execute("SELECT subject FROM owed WHERE due = 1 ORDER BY id")
    return [row[0] for row in rows]


def test_what_was_said_before_the_backup_is_back_and_its_day_is_known(archive: Path) -> None:
    file = back_up(archive)
    with opened(archive) as db:
        keep(db, post(follow(db), 2, "Позже"), minutes(6))
    done = put_back(archive, file)
    assert (done.posts, done.until, done.former.told) == (1, minutes(5), True)
    with opened(archive) as db:
        assert db.execute("SELECT count(*) FROM post").fetchone() == (1,)
        assert db.execute("SELECT at, until, told FROM restored").fetchall() == [
            (int(minutes(60).timestamp() * 1000), int(minutes(5).timestamp() * 1000), 1)
        ]
        assert "restored" in due(db)
    assert done.aside is not None
    with opened(done.aside) as db:
        assert db.execute("SELECT count(*) FROM post").fetchone() == (2,)


def test_what_was_told_since_is_not_told_again_when_it_is_read_again(archive: Path) -> None:
    with opened(archive) as db:
        deliver(db)
    file = back_up(archive)
    said = post(follow_(archive), 7, "Обстрел Покровска ночью", posted_at=minutes(6))
    with opened(archive) as db:
        keep(db, said, minutes(6))
        deliver(db)
        shown = db.execute("SELECT message_id, shown FROM owed WHERE subject = ?", (said.subject,)).fetchone()
    done = put_back(archive, file)
    assert done.former.messages == 1
    with opened(archive) as db:
        deliver(db)
        keep(db, said, minutes(70))
        rows = db.execute("SELECT message_id, shown FROM owed WHERE subject = ?", (said.subject,)).fetchall()
        assert rows == [shown]
        again = owed.next_due(db, CHAT, now=minutes(1000))
        assert again is None or again.message_id == shown[0]  # at most an edit of the message that is there


def test_a_copy_that_was_told_as_one_is_not_told_as_a_first_when_it_is_read_first(archive: Path) -> None:
    with opened(archive) as db:
        deliver(db)
    file = back_up(archive)
    first = post(follow_(archive, 1), 7, "Обстрел Покровска ночью", posted_at=minutes(6))
    forward = Forward(telegram_id=501, message_id=7)
    copy = post(follow_(archive, 2), 8, first.text, posted_at=minutes(7), forward=forward)
    with opened(archive) as db:
        keep(db, first, minutes(6))
        keep(db, copy, minutes(7))
        deliver(db)
        assert db.execute("SELECT count(*) FROM story_member").fetchone() == (1,)
    put_back(archive, file)
    with opened(archive) as db:
        deliver(db)
        keep(db, copy, minutes(70))
        assert due(db) == []


def test_a_channel_followed_since_is_followed_on_from_its_first_post(archive: Path) -> None:
    file = back_up(archive)
    said = post(follow_(archive, 3), 40, "Бои в Покровске", posted_at=minutes(6))
    with opened(archive) as db:
        keep(db, said, minutes(6))
        deliver(db)
        db.execute("UPDATE channel SET cursor = 40 WHERE id = 3")
    assert put_back(archive, file).former.channels == ("channel3",)
    with opened(archive) as db:
        assert db.execute("SELECT cursor FROM channel WHERE telegram_id = 503").fetchone() == (39,)
        keep(db, said, minutes(70))
        (count,) = db.execute("SELECT count(*) FROM owed WHERE subject = ?", (said.subject,)).fetchone()
        assert count == 1


def test_a_wait_that_telegram_has_named_since_is_kept(archive: Path) -> None:
    with opened(archive) as db:
        holds.hold(db, "reader", "GetHistory", seconds=60, now=minutes(1))
    file = back_up(archive)
    with opened(archive) as db:
        for method in ("GetHistory", "ResolveUsername"):
            holds.hold(db, "reader", method, seconds=7200, now=minutes(30))
        assert holds.turn(db, "reader", "JoinChannel", every=600, at_once=1, now=minutes(59)) == 0
    put_back(archive, file)
    with opened(archive) as db:
        assert holds.holds(db, "reader", minutes(60)) == {"GetHistory": 5400, "ResolveUsername": 5400}
        assert holds.turn(db, "reader", "JoinChannel", every=600, at_once=1, now=minutes(60)) == 540


def test_decisions_come_along_where_their_post_does_and_the_rest_is_counted(archive: Path) -> None:
    file = back_up(archive)
    with opened(archive) as db:
        keep(db, post(follow(db), 2, "Снова в Покровске", posted_at=minutes(6)), minutes(6))
        ids = [row[0] for row in db.execute("SELECT id FROM post ORDER BY id")]
        made = [
            Review(post_id=i, place_id=1, verdict=Verdict.RELEVANT, actor="O", at=minutes(7)) for i in ids
        ]
        reviews.decide(db, made)
        places.add(db, place(name="Lyman"), everywhere=False, now=minutes(7))
    former = put_back(archive, file).former
    assert (former.decisions, former.places) == (1, ("Lyman",))
    with opened(archive) as db:
        assert db.execute("SELECT count(*) FROM review").fetchone() == (1,)


def test_notes_tags_and_who_sees_to_a_statement_come_along_once(archive: Path) -> None:
    with opened(archive) as db:
        (first,) = db.execute("SELECT min(id) FROM post").fetchone()
        reviews.note(db, first, "known before", actor="O", at=minutes(1))
        reviews.assign(db, first, "Olena", actor="O", at=minutes(1))
    file = back_up(archive)
    with opened(archive) as db:
        reviews.note(db, first, "written since", actor="O", at=minutes(7))
        reviews.tag(db, first, "to check", actor="O", at=minutes(7))
        reviews.assign(db, first, "Taras", actor="O", at=minutes(7))
    assert put_back(archive, file).former.decisions == 0
    with opened(archive) as db:
        found = reviews.handling(db, [first])[first]
    assert [note.text for note in found.notes] == ["known before", "written since"]
    assert (found.tags, found.assignee) == (("to check",), "Taras")


def test_a_damaged_archive_is_set_aside_and_it_is_known_that_alerts_may_come_again(archive: Path) -> None:
    file = back_up(archive)
    archive.write_bytes(b"\0" * 5000)
    done = put_back(archive, file)
    assert not done.former.told
    assert done.former.damage is not None
    assert done.aside is not None
    assert done.aside.read_bytes() == b"\0" * 5000
    with opened(archive) as db:
        assert db.execute("SELECT told FROM restored").fetchone() == (0,)


def test_without_an_archive_a_backup_makes_one(archive: Path, tmp_path: Path) -> None:
    file = back_up(archive)
    other = tmp_path / "other" / "placewatch.db"
    other.parent.mkdir()
    assert put_back(other, file).aside is None
    with opened(other) as db:
        assert db.execute("SELECT count(*) FROM post").fetchone() == (1,)


def test_a_backup_that_is_no_good_changes_nothing(archive: Path) -> None:
    bad = archive.parent / "bad.db"
    bad.write_text("words " * 900)
    newer = archive.parent / "newer.db"
    backup.make(archive, newer)
    with closing(sqlite3.connect(newer)) as db:
        db.execute("PRAGMA user_version = 999")
    for file, words in ((bad, "can't be read"), (newer, "newer placewatch"), (archive, "archive itself")):
        with pytest.raises(StorageError, match=words):
            put_back(archive, file)
    with pytest.raises(StorageError, match="no backup"):
        put_back(archive, archive.parent / "nothing.db")
    names = {path.name for path in archive.parent.iterdir()} - {"placewatch.db-wal", "placewatch.db-shm"}
    assert names == {"placewatch.db", "bad.db", "newer.db"}
    with opened(archive) as db:
        assert db.execute("SELECT count(*) FROM restored").fetchone() == (0,)


def test_media_come_back(archive: Path) -> None:
    picture = archive.parent / "media" / "ab" / "abcd"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture")
    file = back_up(archive)
    picture.unlink()
    assert put_back(archive, file).media == 1
    assert picture.read_bytes() == b"picture"


def test_a_deletion_since_is_gone_with_the_archive_and_the_mark_says_what_time_to_look_at(
    archive: Path,
) -> None:
    """The mark stays until somebody has looked for the edits and deletions of that time."""
    file = back_up(archive)
    with opened(archive) as db:
        posts.delete(db, 1, [1], now=minutes(6), decide=lambda _: [])
    put_back(archive, file)
    with opened(archive) as db:
        assert db.execute("SELECT count(*) FROM post WHERE deleted_at IS NULL").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM restored WHERE checked_at IS NULL").fetchone() == (1,)
