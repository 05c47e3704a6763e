"""What was not read is kept with its times, and shown until it has been made up for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage import channels, database, gaps, known, media, owed
from storage.records import OwedKind, Wanted
from tests.blank import blank
from tests.making import CHAT, NOW, follow, keep, minutes, post, track


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = database.connect_writer(blank(tmp_path / "placewatch.db"))
    yield opened
    opened.close()


def _unread(db: sqlite3.Connection, at: float, **within: float) -> list[tuple[int, float, float | None, str]]:
    found = gaps.unread(db, minutes(at), **{k: minutes(v) for k, v in within.items()})
    return [
        (
            gap.channel.id,
            (gap.since - NOW) / timedelta(minutes=1),
            None if gap.until is None else (gap.until - NOW) / timedelta(minutes=1),
            gap.why,
        )
        for gap in found
    ]


def test_a_channel_that_can_not_be_read_is_shown_since_its_last_reading_until_it_was_read_again(
    db: sqlite3.Connection,
) -> None:
    channel = follow(db)
    channels.read_through(db, channel.id, 5, minutes(2))
    read = channels.by_id(db, channel.id)
    assert gaps.begin(db, read, "private", now=minutes(9), told=True)
    assert not gaps.begin(db, read, "banned", now=minutes(11), told=True)
    assert _unread(db, 12) == [(1, 2, None, "banned")]
    closed = gaps.end(db, channel.id, now=minutes(31))
    assert closed is not None
    assert (closed.since, closed.until, closed.told) == (minutes(2), minutes(31), True)
    channels.read_through(db, channel.id, 5, minutes(31))
    assert _unread(db, 32) == []
    assert gaps.end(db, channel.id, now=minutes(33)) is None


def test_a_stop_of_the_service_does_not_hide_that_a_channel_is_private(db: sqlite3.Connection) -> None:
    channel = follow(db)
    channels.read_through(db, channel.id, 5, minutes(0))
    read = channels.by_id(db, channel.id)
    gaps.begin(db, read, "private", now=minutes(1), told=True)
    assert not gaps.begin(db, read, "not running", now=minutes(9), until=minutes(8))
    assert _unread(db, 10) == [(1, 0, None, "private")]


def test_a_channel_that_was_read_since_lacks_nothing_of_a_stop(db: sqlite3.Connection) -> None:
    channel = follow(db)
    channels.read_through(db, channel.id, 5, minutes(9))
    assert not gaps.begin(db, channels.by_id(db, channel.id), "not running", now=minutes(9), until=minutes(8))
    assert _unread(db, 10) == []


def test_only_what_lies_in_the_window_is_shown(db: sqlite3.Connection) -> None:
    channel = follow(db)
    channels.read_through(db, channel.id, 5, minutes(2))
    gaps.begin(db, channels.by_id(db, channel.id), "slept", now=minutes(31), until=minutes(31))
    assert _unread(db, 32, since=0, until=2) == []
    assert _unread(db, 32, since=31.5, until=60) == []
    assert len(_unread(db, 32, since=30, until=60)) == 1
    assert gaps.waiting(db) == 1
    assert _unread(db, 100) == [(1, 2, None, "its history has not been read to its end since")]


def test_a_service_that_has_stopped_can_not_write_so_and_yet_it_is_seen(db: sqlite3.Connection) -> None:
    channel = follow(db)
    assert _unread(db, 1) == [(1, 0, None, "it has not been read yet")]
    channels.read_through(db, channel.id, 5, minutes(0))
    gaps.live(db, now=minutes(4))
    assert _unread(db, 6) == []
    assert _unread(db, 8) == [(1, 0, None, "placewatch was not running, or had no connection")]
    channels.read_through(db, channel.id, 5, minutes(8))  # who reads is at work
    assert _unread(db, 9) == []
    gaps.live(db, now=minutes(70))
    assert _unread(db, 70) == [(1, 8, None, "its history has not been read to its end since")]


def test_a_post_that_can_not_be_kept_is_a_gap_until_it_is_kept(db: sqlite3.Connection) -> None:
    channel = follow(db)
    channels.read_through(db, channel.id, 5, minutes(2))
    lost = {4: ("broken", minutes(1)), 5: ("broken too", minutes(1))}
    assert gaps.lose(db, channel.id, lost, now=minutes(2)) == [4, 5]
    assert gaps.lose(db, channel.id, lost, now=minutes(3)) == []
    assert gaps.lost_ids(db, channel.id) == {4: minutes(3), 5: minutes(3)}
    gaps.settle(db, channel.id, [3, 4], now=minutes(4))
    assert _unread(db, 5) == [(1, 1, 1, "broken too")]
    channels.unfollow(db, channel.id)
    assert _unread(db, 5) == []


def test_what_waits_by_a_clock_that_was_put_back_waits_no_longer_than_meant(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    wanted = Wanted(chat_id=CHAT, subject="x", html="x", kind=OwedKind.NOTICE)
    owed.owe(db, wanted, now=minutes(60))
    keep(db, post(follow(db), 1, "x"))
    media.want(db, db.execute("SELECT id FROM post").fetchone()[0], 7, now=minutes(60))
    gaps.put_back(db, timedelta(hours=1), now=minutes(1))
    [waiting] = db.execute("SELECT not_before FROM owed").fetchone()
    assert waiting == int(NOW.timestamp() * 1000)
    assert [file.file_id for file in media.due(db, "reader", minutes(1), 5)] == [7]


def test_an_older_archive_claims_only_what_was_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path, isolation_level=None)
    for step in database.migrations():
        if step.version < 8:
            old.executescript(step.sql)
    old.execute("PRAGMA user_version = 7")
    old.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    for number, cursor in ((1, 9), (2, 30)):
        old.execute(
            "INSERT INTO channel(id, telegram_id, title, cursor, added_at) VALUES (?, ?, 'x', ?, 0)",
            (number, number, cursor),
        )
    for number, changed in ((2, 1), (5, None), (7, None)):  # a live edit has brought in 2, from before
        old.execute(
            "INSERT INTO post(id, channel_id, message_id, received_at, seen_at, changed_at, text, preview, "
            "entities, protected, examined) VALUES (?, 1, ?, 0, 0, ?, 'x', '', '[]', 0, 'yes')",
            (number, number, changed),
        )
    old.close()
    db = database.connect_writer(path)
    assert (gaps.start_of(db, 1), known.ranges(db, 1)) == (4, [(5, 9)])
    assert (gaps.start_of(db, 2), known.ranges(db, 2)) == (30, [])
    db.close()


def test_a_name_that_another_channel_has_now_is_taken_from_the_one_that_had_it(
    db: sqlite3.Connection,
) -> None:
    first = follow(db, 1, username="head")
    second = follow(db, 2, username="head")
    assert channels.by_id(db, first.id).username is None
    assert second.username == "head"
