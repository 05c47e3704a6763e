"""Posts, revisions, deletions, and what they owe, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.alerts.owed import decide
from storage import owed, places, posts, reading
from storage.database import connect_writer
from storage.records import Examined, Forward, Media
from tests.blank import blank
from tests.making import CHAT, NOW, RULES, follow, keep, minutes, post, track


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(blank(tmp_path / "placewatch.db"))
    opened.execute("BEGIN")
    yield opened
    opened.execute("ROLLBACK")
    opened.close()


def _only(db: sqlite3.Connection) -> reading.Kept:
    (row,) = db.execute("SELECT id FROM post").fetchall()
    return reading.kept_by_ids(db, [row[0]])[0]


def test_a_post_is_read_back_as_it_was_kept(db: sqlite3.Connection) -> None:
    said = post(
        follow(db),
        7,
        "Бои в Покровске",
        forward=Forward(telegram_id=9, message_id=3, name="X", posted_at=minutes(-5)),
        media=Media(kind="photo", id=2**62, size=5),
        grouped_id=None,
        reply_to=3,
        protected=True,
        views=10,
        forwards=2,
        preview="Title",
        author="Press office",
    )
    assert keep(db, said)
    assert _only(db).post == said


def test_the_same_post_again_changes_nothing(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    said = post(follow(db), 7, "Бои в Покровске")
    assert keep(db, said)
    before = db.total_changes
    assert not keep(db, said, minutes(1))
    assert db.total_changes == before
    assert len(_only(db).revisions) == 1


def test_a_post_about_a_watched_place_owes_its_chat_one_alert(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    keep(db, post(follow(db), 7, "Бои в Покровске"))
    message = owed.next_due(db, CHAT, now=minutes(1000))
    assert message is not None
    assert "<b>Покровске</b>" in message.wanted
    assert owed.waiting(db) == {CHAT: 1}


def test_a_post_older_than_the_watch_owes_nothing_but_is_found(db: sqlite3.Connection) -> None:
    watched = track(db, "Покровск")
    keep(db, post(follow(db), 7, "Бои в Покровске", posted_at=minutes(-1)))
    assert owed.next_due(db, CHAT, now=minutes(1000)) is None
    assert reading.latest(db, place_ids=[watched.id], limit=5)


def test_an_edit_is_a_revision_and_brings_the_alert_up_to_date(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "Бои в Покровске"))
    keep(db, post(channel, 7, "Бои у Покровска закончены", edited_at=minutes(3)), minutes(3))
    kept = _only(db)
    assert [r.text for r in kept.revisions] == ["Бои в Покровске", "Бои у Покровска закончены"]
    message = owed.next_due(db, CHAT, now=minutes(1000))
    assert message is not None
    assert "закончены" in message.wanted
    assert "edited 14:03" in message.wanted
    assert owed.waiting(db) == {CHAT: 1}


def test_an_edit_that_takes_the_place_away_keeps_the_quote_and_says_so(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "Бои в Покровске"))
    keep(db, post(channel, 7, "Удалено редакцией", edited_at=minutes(3)), minutes(3))
    message = owed.next_due(db, CHAT, now=minutes(1000))
    assert message is not None
    assert "<b>Покровске</b>" in message.wanted
    assert "no longer mentions" in message.wanted


def test_an_edit_that_brings_the_place_in_owes_an_alert(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "Сводка позже", posted_at=minutes(-10)))
    keep(db, post(channel, 7, "Бои в Покровске", posted_at=minutes(-10), edited_at=minutes(3)), minutes(3))
    assert owed.next_due(db, CHAT, now=minutes(1000)) is not None


def test_an_overtaken_page_of_history_never_replaces_a_newer_edit(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "second", edited_at=minutes(3)))
    assert not keep(db, post(channel, 7, "first"), minutes(4))
    assert not keep(db, post(channel, 7, "older edit", edited_at=minutes(2)), minutes(4))
    assert _only(db).post.text == "second"


def test_an_edit_that_telegram_hides_is_kept_all_the_same(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "second", edited_at=minutes(3), changed_at=minutes(3)))
    assert keep(db, post(channel, 7, "third", changed_at=minutes(4)), minutes(4))
    assert not keep(db, post(channel, 7, "second", edited_at=minutes(3), changed_at=minutes(3)), minutes(5))
    assert _only(db).post.text == "third"


def test_a_late_preview_is_no_revision_but_is_searched(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "Читайте"))
    assert keep(db, post(channel, 7, "Читайте", preview="Бои в Покровске"), minutes(1))
    kept = _only(db)
    assert len(kept.revisions) == 1
    assert kept.mentions
    message = owed.next_due(db, CHAT, now=minutes(1000))
    assert message is not None
    assert "preview of a linked page" in message.wanted


def test_a_deletion_keeps_the_words_and_is_told_once(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "Бои в Покровске"))
    tell = partial(decide, rules=RULES)
    assert posts.delete(db, channel.id, [7, 8], now=minutes(9), decide=tell) == 1
    assert posts.delete(db, channel.id, [7], now=minutes(10), decide=tell) == 0
    message = owed.next_due(db, CHAT, now=minutes(1000))
    assert message is not None
    assert "deleted, noticed 14:09" in message.wanted
    assert "<b>Покровске</b>" in message.wanted


def test_a_post_seen_long_after_its_deletion_is_there_again(db: sqlite3.Connection) -> None:
    channel = follow(db)
    said = post(channel, 7, "x y")
    keep(db, said)
    posts.delete(db, channel.id, [7], now=minutes(1), decide=lambda _: [])
    assert not keep(db, said, minutes(1.5))
    assert _only(db).deleted_at == minutes(1)
    assert keep(db, said, minutes(3))
    assert _only(db).deleted_at is None


def test_an_album_is_one_alert_that_waits_for_its_parts(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "", grouped_id=5, media=Media(kind="photo")))
    keep(db, post(channel, 8, "Бои в Покровске", grouped_id=5))
    keep(db, post(channel, 9, "Ещё из Покровска", grouped_id=5), minutes(0.001))
    assert owed.waiting(db) == {CHAT: 1}
    message = owed.next_due(db, CHAT, now=minutes(1000))
    assert message is not None
    assert message.not_before > NOW
    assert "Покровске" in message.wanted
    assert "Покровска" in message.wanted


def test_a_post_without_text_counts_as_not_examined(db: sqlite3.Connection) -> None:
    keep(db, post(follow(db), 7, "", media=Media(kind="video")))
    assert _only(db).examined is Examined.NO_TEXT


def test_posts_of_one_second_keep_an_order_of_their_own(db: sqlite3.Connection) -> None:
    channel = follow(db)
    for n in range(1, 6):
        keep(db, post(channel, n, f"Wort {n}"))
    ids = [row[0] for row in db.execute("SELECT id FROM post ORDER BY message_id")]
    assert ids == sorted(set(ids))


def test_a_chat_that_stopped_watching_still_sees_its_alert_follow_the_post(db: sqlite3.Connection) -> None:
    watched = track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "Бои в Покровске"))
    places.unwatch(db, CHAT, watched.id, now=minutes(1))
    keep(db, post(channel, 8, "Снова в Покровске", posted_at=minutes(2)), minutes(2))
    assert owed.waiting(db) == {CHAT: 1}
    keep(db, post(channel, 7, "Бои в Покровске стихли", edited_at=minutes(3)), minutes(3))
    message = owed.next_due(db, CHAT, now=minutes(1000))
    assert message is not None
    assert "стихли" in message.wanted


def test_the_audit_can_not_be_rewritten(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO audit(at, actor, command, outcome) VALUES (0, 'a', 'b', 'c')")
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement)
