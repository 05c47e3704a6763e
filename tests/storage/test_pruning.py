"""Forgetting old posts with all that was made of them, and what stays."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import checking, known, media, owed, places, posts, pruning, reviews
from storage.database import connect_writer
from storage.records import Channel, Forward, Media, Post, Review, Source, Verdict
from tests.blank import blank
from tests.making import CHAT, NOW, follow, keep, minutes, post, searched, track
from tests.storage import ledger

OLD = NOW - timedelta(days=400)
CUT = NOW - timedelta(days=365)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_writer(blank(tmp_path / "placewatch.db"))) as opened:
        yield opened


def old(channel: Channel, number: int, text: str, **fields: Any) -> Post:
    return post(channel, number, text, **{"posted_at": OLD + timedelta(minutes=number), **fields})


def followed(db: sqlite3.Connection, number: int = 1) -> Channel:
    """A channel that was followed long before anything old was said."""
    channel = follow(db, number)
    db.execute("UPDATE channel SET added_at = 0")
    return channel


def folder_of(db: sqlite3.Connection) -> Path:
    return Path(db.execute("PRAGMA database_list").fetchone()[2]).parent


def prune(db: sqlite3.Connection, **chosen: Any) -> int:
    gone, after = 0, 0
    while ids := pruning.next_batch(db, CUT, after, **chosen):
        done = pruning.forget(db, ids, now=NOW)
        media.drop(db, folder_of(db), done.files)
        gone += done.posts
        after = ids[-1]
    return gone


def broken(db: sqlite3.Connection) -> list[str]:
    return [words for words, found in checking.check(db, folder_of(db)) if found is not None]


def left(db: sqlite3.Connection) -> list[int]:
    return [row[0] for row in db.execute("SELECT message_id FROM post ORDER BY id")]


def watched_since_long(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    db.execute("UPDATE watch SET since = 0")


def test_old_posts_go_with_all_that_was_made_of_them_and_their_ids_stay_known(db: sqlite3.Connection) -> None:
    watched_since_long(db)
    channel = followed(db)
    keep(db, old(channel, 1, "Бои в Покровске", views=3, preview="Эвакуация"), OLD)
    keep(db, old(channel, 1, "Бои у Покровска", edited_at=OLD + timedelta(hours=1)), OLD + timedelta(hours=1))
    keep(db, old(channel, 2, "Без перемен"), OLD)
    keep(db, post(channel, 3, "Бои в Покровске сегодня"))
    known.add(db, channel.id, 1, 3)
    message = owed.next_due(db, CHAT, now=minutes(1000))
    while message is not None:
        owed.begin(db, message.id)
        owed.arrived(db, message.id, message_id=5, text=message.wanted, buttons=message.buttons, now=NOW)
        message = owed.next_due(db, CHAT, now=minutes(1000))
    assert pruning.prunable(db, CUT).posts == 2
    assert prune(db) == 2
    assert left(db) == [3]
    assert searched(db, "эвакуация", limit=5) == []
    assert [kept.post.key.message_id for kept in searched(db, "бои", limit=5)] == [3]
    for table in ("revision", "post_stat", "unexamined"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert known.ranges(db, channel.id) == [(1, 3)]
    told = db.execute("SELECT wanted, message_id, due FROM owed WHERE subject = 'post:1:1'").fetchall()
    assert told == [("", 5, 0)]
    assert broken(db) == []


def test_a_forgotten_post_that_a_channel_still_shows_is_not_taken_again_but_a_file_may_bring_it_back(
    db: sqlite3.Connection,
) -> None:
    channel, other = followed(db), followed(db, 2)
    said = old(channel, 1, "Старые слова")
    keep(db, said, OLD)
    assert prune(db) == 1
    assert not keep(db, said)
    assert not keep(db, replace(said, text="Старые слова, с реакцией", edited_at=NOW))
    assert not keep(db, replace(said, source=Source.PREVIEW))
    assert left(db) == []
    assert keep(db, old(other, 1, "Слова другого канала"))
    assert keep(db, replace(said, source=Source.EXPORT))
    assert keep(db, replace(said, text="Правка", edited_at=NOW))
    assert len(left(db)) == 2
    assert broken(db) == []


def test_the_ledger_is_whole_through_sources_deletion_pruning_and_a_file_that_brings_posts_back(
    db: sqlite3.Connection,
) -> None:
    channel, other = followed(db), followed(db, 2)
    said = old(channel, 1, "Старые слова", media=Media(kind="photo"))
    keep(db, replace(said, source=Source.PREVIEW, changed_at=OLD + timedelta(minutes=5)), OLD)
    keep(db, replace(said, text="Старые  слова", grouped_id=7, media=Media(kind="photo", id=3)), OLD)
    keep(db, replace(said, text="Раньше", source=Source.EXPORT, edited_at=OLD), OLD)
    keep(db, replace(said, text="Позже", edited_at=OLD + timedelta(hours=1)), OLD)
    posts.delete(db, channel.id, [1], now=OLD + timedelta(hours=2), decide=lambda _: [])
    keep(db, replace(said, text="Позже", edited_at=OLD + timedelta(hours=1)), OLD + timedelta(hours=3))
    assert ledger.broken(db) is None
    assert prune(db) == 1
    keep(db, old(other, 1, "Под той же строкой"), OLD)  # the row's number is given anew
    assert ledger.broken(db) is None
    keep(db, replace(said, source=Source.EXPORT), OLD)
    db.execute("UPDATE channel SET username = 'renamed' WHERE id = 1")
    keep(db, replace(said, text="Старые слова, снова"), OLD)
    posts.delete(db, channel.id, [1], now=NOW, decide=lambda _: [])
    assert ledger.broken(db) is None
    assert prune(db) == 2
    assert ledger.broken(db) is None
    assert broken(db) == []


def test_what_people_marked_stays_with_its_copies_and_album_until_it_is_asked_for(
    db: sqlite3.Connection,
) -> None:
    watched_since_long(db)
    channel, other = followed(db, 1), followed(db, 2)
    keep(db, old(channel, 1, "Бои в Покровске", grouped_id=9), OLD)
    keep(db, old(channel, 2, "", grouped_id=9), OLD)
    forward = Forward(telegram_id=501, message_id=1)
    keep(db, old(other, 3, "Бои в Покровске", forward=forward), OLD)
    keep(db, old(channel, 4, "Тихо в Покровске, ничего не слышно"), OLD)
    db.execute("UPDATE owed SET first = wanted, shown = wanted, shown_buttons = buttons, message_id = id")
    ids = dict(db.execute("SELECT message_id, id FROM post").fetchall())
    for number, verdict in ((1, Verdict.RELEVANT), (4, Verdict.WRONG)):
        reviews.decide(db, [Review(post_id=ids[number], place_id=1, verdict=verdict, actor="O", at=NOW)])
    found = pruning.prunable(db, CUT)
    assert (found.posts, found.decided) == (1, 3)
    assert prune(db) == 1
    assert left(db) == [1, 2, 3]
    assert prune(db, reviewed=True) == 3
    assert broken(db) == []


def test_a_statement_that_is_still_repeated_and_one_that_a_chat_waits_for_stay(
    db: sqlite3.Connection,
) -> None:
    watched_since_long(db)
    channel, other = followed(db, 1), followed(db, 2)
    keep(db, old(channel, 1, "Бои в Покровске"), OLD)
    keep(db, post(other, 2, "Бои в Покровске", forward=Forward(telegram_id=501, message_id=1)))
    db.execute("UPDATE owed SET first = wanted, shown = wanted, shown_buttons = buttons, message_id = id")
    keep(db, old(channel, 3, "Пожар на вокзале, Покровск эвакуируют"), OLD)
    found = pruning.prunable(db, CUT)
    assert (found.posts, found.repeated, found.waiting) == (0, 1, 1)
    assert prune(db) == 0


def test_one_channel_can_be_pruned_alone(db: sqlite3.Connection) -> None:
    for number in (1, 2):
        keep(db, old(followed(db, number), number, "Слова"), OLD)
    assert pruning.prunable(db, CUT, channel_id=2).posts == 1
    assert prune(db, channel_id=2) == 1
    assert left(db) == [1]


def test_the_oldest_post_that_stays_leads_a_story_whose_first_one_is_forgotten(
    db: sqlite3.Connection,
) -> None:
    watched_since_long(db)
    channel = followed(db, 1)
    keep(db, old(channel, 1, "Бои в Покровске"), OLD)
    for number in (2, 3):
        forward = Forward(telegram_id=501, message_id=1)
        keep(
            db,
            post(followed(db, number), number, "Бои в Покровске", posted_at=minutes(number), forward=forward),
        )
    first, second, third = [row[0] for row in db.execute("SELECT id FROM post ORDER BY id")]
    assert pruning.forget(db, [first], now=NOW).posts == 1
    assert db.execute("SELECT post_id, first_id FROM story_member").fetchall() == [(third, second)]
    assert broken(db) == []


def carry(db: sqlite3.Connection, message_id: int, content: str) -> Path:
    """The post has a photo that was fetched."""
    data = folder_of(db)
    (post_id,) = db.execute("SELECT id FROM post WHERE message_id = ?", (message_id,)).fetchone()
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    place = media.path(data, sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content)
    media.want(db, post_id, message_id, now=NOW)
    [file] = media.of_post(db, post_id)
    assert media.keep(db, file, data, sha256, len(content), now=NOW)
    return place


def test_files_go_with_the_last_post_that_has_them(db: sqlite3.Connection) -> None:
    channel = followed(db)
    keep(db, old(channel, 1, "Колонна"), OLD)
    keep(db, old(channel, 2, "Мост"), OLD)
    keep(db, post(channel, 3, "Снова мост"))
    column, bridge = carry(db, 1, "column"), carry(db, 2, "bridge")
    assert carry(db, 3, "bridge") == bridge
    assert prune(db) == 2
    assert (column.exists(), bridge.exists()) == (False, True)
    assert [file.size for file in media.files(db)] == [len("bridge")]
    assert broken(db) == []


def test_a_file_that_was_fetched_while_its_post_was_forgotten_is_removed(db: sqlite3.Connection) -> None:
    keep(db, old(followed(db), 1, "Колонна"), OLD)
    place = carry(db, 1, "column")
    (post_id,) = db.execute("SELECT id FROM post").fetchone()
    [file] = media.of_post(db, post_id)
    assert prune(db) == 1
    place.write_text("column")
    assert not media.keep(db, file, folder_of(db), place.name, 6, now=NOW)
    assert not place.exists()
    assert media.files(db) == []


@pytest.mark.parametrize(("now", "told"), [(None, "is missing"), ("col", "has 3 bytes, not 6")])
def test_a_check_finds_a_file_that_is_not_as_it_was_kept(
    db: sqlite3.Connection, now: str | None, told: str
) -> None:
    keep(db, post(followed(db), 1, "Колонна"))
    place = carry(db, 1, "column")
    assert broken(db) == []
    place.unlink() if now is None else place.write_text(now)
    [found] = [found for _, found in checking.check(db, folder_of(db)) if found]
    assert "data folder" in found.rule
    assert told in found.examples[0]


def test_space_goes_back_to_the_disk(db: sqlite3.Connection) -> None:
    channel = followed(db)
    for number in range(300):
        keep(db, old(channel, number + 1, f"Слова {number} " * 200), OLD)
    before = pruning.size(db)
    assert prune(db) == 300
    while pruning.tidy_search(db):
        pass
    while pruning.give_back(db, 50):
        pass
    assert pruning.size(db) < before / 3
    assert broken(db) == []


@pytest.mark.parametrize(
    ("breaking", "rule"),
    [
        ("DELETE FROM post_fts_docsize", "searched"),
        ("UPDATE post SET rev = 3", "numbered"),
        ("UPDATE mention SET start = start + 1, end = end + 1", "stands there"),
        ("DELETE FROM post_place", "listed"),
        ("INSERT INTO known VALUES (1, 1, 5), (1, 4, 9)", "overlap"),
        (f"INSERT INTO media_file VALUES ('{'a' * 64}', 1, 0)", "belongs to a post"),
        ("UPDATE owed SET message_id = 4", "arrived"),
        ("UPDATE owed SET answers = 999", "answer"),
        ("UPDATE post SET received_at = 0", "future"),
        ("UPDATE schema_migration SET sha256 = 'x'", "schema"),
    ],
)
def test_what_is_broken_is_found(db: sqlite3.Connection, breaking: str, rule: str) -> None:
    watched_since_long(db)
    keep(db, post(followed(db), 1, "Бои в Покровске"))
    assert broken(db) == []
    db.execute(breaking)
    assert [words for words in broken(db) if rule in words] != []


def test_forgetting_twice_changes_nothing(db: sqlite3.Connection) -> None:
    keep(db, old(followed(db), 1, "Слова"), OLD)
    (post_id,) = db.execute("SELECT id FROM post").fetchone()
    assert pruning.forget(db, [post_id], now=NOW).posts == 1
    assert pruning.forget(db, [post_id], now=NOW).posts == 0
    assert places.tracked(db) == []
    assert posts.delete(db, 1, [1], now=NOW, decide=lambda _: []) == 0


def test_what_a_forgotten_post_said_before_an_edit_is_not_found_either(db: sqlite3.Connection) -> None:
    channel = followed(db)
    keep(db, old(channel, 1, "Первые слова"), OLD)
    keep(db, old(channel, 1, "Другое", edited_at=OLD + timedelta(hours=1)), OLD + timedelta(hours=1))
    assert len(searched(db, "слова")) == 1
    assert prune(db) == 1
    assert searched(db, "слова") == []
    assert [broken for _, broken in checking.check(db, folder_of(db)) if broken] == []


def test_a_check_finds_an_earlier_version_that_can_not_be_searched(db: sqlite3.Connection) -> None:
    channel = followed(db)
    keep(db, post(channel, 1, "Первые слова"))
    keep(db, post(channel, 1, "Другое", edited_at=minutes(5)), minutes(5))
    assert [broken for _, broken in checking.check(db, folder_of(db)) if broken] == []
    db.execute("INSERT INTO earlier_fts(earlier_fts) VALUES ('delete-all')")
    [broken] = [broken for _, broken in checking.check(db, folder_of(db)) if broken]
    assert broken.rule == "every earlier version can be searched"
