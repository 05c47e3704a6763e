"""A channel is one row, by Telegram's id or by its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import channels
from storage.database import connect_writer
from storage.records import ChannelState
from tests.blank import blank
from tests.making import NOW, follow, keep, minutes, peer, post


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(blank(tmp_path / "placewatch.db"))
    opened.execute("BEGIN")
    yield opened
    opened.execute("ROLLBACK")
    opened.close()


def test_a_channel_that_was_followed_by_its_name_gets_its_id_when_an_account_finds_it(
    db: sqlite3.Connection,
) -> None:
    named = follow(db, 1, telegram_id=None, access_hash=None, username="News")
    assert channels.access_hash(db, named.id, "reader") is None
    found = follow(db, 1, telegram_id=77, username="news")
    assert (found.id, found.telegram_id) == (named.id, 77)
    assert channels.access_hash(db, named.id, "reader") == 1
    again = follow(db, 1, telegram_id=None, access_hash=None, username="NEWS")
    assert (again.id, again.telegram_id) == (named.id, 77)


def test_a_channel_that_is_followed_by_name_again_goes_on_from_where_it_was(db: sqlite3.Connection) -> None:
    named = follow(db, 1, telegram_id=None, access_hash=None)
    channels.read_through(db, named.id, 40, NOW)
    channels.unfollow(db, named.id)
    again, new = channels.follow(
        db,
        peer(1, telegram_id=None, access_hash=None),
        account="reader",
        cursor=90,
        label=None,
        now=minutes(5),
    )
    assert (again.id, again.cursor, new) == (named.id, 40, True)


def test_a_name_that_another_channel_has_now_is_not_followed_twice(db: sqlite3.Connection) -> None:
    named = follow(db, 1, telegram_id=None, access_hash=None, username="news")
    follow(db, 2, telegram_id=77, username="before")
    found = follow(db, 2, telegram_id=77, username="news")
    assert found.id != named.id
    assert channels.by_id(db, named.id).state is ChannelState.REMOVED
    assert [c.id for c in channels.followed(db)] == [found.id]


def test_posting_times_are_those_of_the_posts_that_are_held(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "a", posted_at=minutes(3)))
    assert channels.posting_times(db, channel.id, [6, 7]) == {7: minutes(3)}
    assert channels.posting_times(db, channel.id, []) == {}
