"""One post from several sources is one post: the words that are latest, and every wording kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import media, owed, reading
from storage.database import connect_writer
from storage.merging import State, Verdict, weigh
from storage.records import Channel, Entity, Forward, Media, Post, Source
from tests.blank import blank
from tests.making import CHAT, NOW, follow, keep, minutes, post, searched, track


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(blank(tmp_path / "placewatch.db"))
    opened.execute("BEGIN")
    yield opened
    opened.execute("ROLLBACK")
    opened.close()


def state(source: Source, text: str, changed: float | None = None, **fields: Any) -> State:
    at = None if changed is None else minutes(changed)
    given = {"preview": "", "entities": "[]", "media": None, "posted_at": NOW}
    return State(source=source, text=text, changed_at=at, **{**given, **fields})


def shown(channel: Channel, message_id: int, text: str, fetched: float, **fields: Any) -> Post:
    """A post as the public page shows it."""
    return post(channel, message_id, text, source=Source.PREVIEW, changed_at=minutes(fetched), **fields)


def _only(db: sqlite3.Connection) -> reading.Kept:
    (row,) = db.execute("SELECT id FROM post").fetchall()
    return reading.kept_by_ids(db, [row[0]])[0]


@pytest.mark.parametrize(
    ("kept", "came", "verdict"),
    [
        (state(Source.TELEGRAM, "a b"), state(Source.PREVIEW, "a  b\n", 9), Verdict.NOTHING),
        (state(Source.EXPORT, "a"), state(Source.PREVIEW, "a", 9), Verdict.NOTHING),
        (state(Source.PREVIEW, "a b", 9), state(Source.TELEGRAM, "a\nb"), Verdict.ENRICHED),
        (state(Source.EXPORT, "a"), state(Source.TELEGRAM, "a"), Verdict.ENRICHED),
        (state(Source.TELEGRAM, "a"), state(Source.PREVIEW, "b", 9), Verdict.REVISED),
        (state(Source.PREVIEW, "a", 9), state(Source.TELEGRAM, "b", 20), Verdict.REVISED),
        (state(Source.PREVIEW, "b", 9), state(Source.EXPORT, "a"), Verdict.EARLIER),
        (state(Source.TELEGRAM, "b", 9), state(Source.EXPORT, "a"), Verdict.EARLIER),
        (state(Source.TELEGRAM, "a", 9), state(Source.EXPORT, "b", 9), Verdict.EARLIER),
        (state(Source.EXPORT, "a", 9), state(Source.TELEGRAM, "b", 9), Verdict.REVISED),
        (state(Source.PREVIEW, "", 9), state(Source.TELEGRAM, "a poll"), Verdict.ENRICHED),
        (state(Source.TELEGRAM, "a poll"), state(Source.PREVIEW, "", 9), Verdict.NOTHING),
        (state(Source.PREVIEW, "a", 9), state(Source.PREVIEW, "b", 10), Verdict.REVISED),
        (state(Source.PREVIEW, "a", 9), state(Source.PREVIEW, "b", 8), Verdict.EARLIER),
        (state(Source.PREVIEW, "a", 9), state(Source.PREVIEW, "a", 10), Verdict.NOTHING),
    ],
)
def test_two_states_are_weighed_by_words_source_and_time(kept: State, came: State, verdict: Verdict) -> None:
    assert weigh(kept, came) is verdict


def test_a_page_fetched_just_after_an_edit_may_still_show_what_was_said_before_it() -> None:
    assert weigh(state(Source.PREVIEW, "old", 1), state(Source.TELEGRAM, "new", 0.5)) is Verdict.REVISED


def test_the_same_words_from_the_account_fill_the_row_in_without_a_revision_or_an_alert(
    db: sqlite3.Connection,
) -> None:
    track(db, "Покровск")
    channel = follow(db)
    assert keep(db, shown(channel, 7, "Бои в  Покровске", 1), minutes(1))
    before = db.execute("SELECT id, wanted, subject FROM owed").fetchall()
    full = post(
        channel,
        7,
        "Бои\nв Покровске",
        entities=(Entity("bold", 0, 3),),
        media=Media(kind="photo", id=5),
        forward=Forward(telegram_id=9, message_id=3),
        author="Press office",
    )
    assert not keep(db, full, minutes(2))
    kept = _only(db)
    assert kept.post == full
    assert len(kept.revisions) == 1
    assert [m.surface for m in kept.mentions] == ["Покровске"]
    assert db.execute("SELECT id, wanted, subject FROM owed").fetchall() == before
    assert searched(db, "Покровск", limit=5)


def test_the_file_of_a_post_that_a_page_brought_is_fetched_once_the_account_has_it(
    db: sqlite3.Connection,
) -> None:
    channel = follow(db)
    keep(db, shown(channel, 1, "Мост", 1, media=Media(kind="photo")), minutes(1), with_file=True)
    assert media.wanted(db) == set()
    keep(db, post(channel, 1, "Мост", media=Media(kind="photo", id=5)), minutes(2), with_file=True)
    assert media.wanted(db) == {5}


def test_the_same_words_from_the_page_change_nothing(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "Бои в Покровске", entities=(Entity("bold", 0, 3),)))
    before = db.total_changes
    assert not keep(db, shown(channel, 7, "Бои в Покровске", 5), minutes(5))
    assert db.total_changes == before


def test_an_edit_after_the_account_took_over_is_not_held_back_by_the_time_of_the_pages_fetch(
    db: sqlite3.Connection,
) -> None:
    channel = follow(db)
    keep(db, shown(channel, 7, "one", 60), minutes(60))
    keep(db, post(channel, 7, "one"), minutes(61))
    assert keep(db, post(channel, 7, "two", edited_at=minutes(30)), minutes(62))
    assert [r.text for r in _only(db).revisions] == ["one", "two"]


def test_what_an_old_export_says_otherwise_is_kept_as_an_earlier_revision_and_owes_nothing(
    db: sqlite3.Connection,
) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, post(channel, 7, "Бои у Покровска", edited_at=minutes(9)), minutes(9))
    owed_before = db.execute("SELECT * FROM owed").fetchall()
    old = post(channel, 7, "Бои в Покровске", source=Source.EXPORT)
    assert not keep(db, old, minutes(20))
    assert not keep(db, old, minutes(21))
    kept = _only(db)
    assert [r.text for r in kept.revisions] == ["Бои в Покровске", "Бои у Покровска"]
    assert [m.surface for m in kept.revisions[0].mentions] == ["Покровске"]
    assert kept.post.text == "Бои у Покровска"
    assert db.execute("SELECT * FROM owed").fetchall() == owed_before


def test_neither_a_page_nor_an_export_brings_a_deleted_post_back(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "a"))
    db.execute("UPDATE post SET deleted_at = 1")
    keep(db, shown(channel, 7, "b", 90), minutes(90))
    keep(db, post(channel, 7, "a", source=Source.EXPORT), minutes(91))
    assert _only(db).deleted_at is not None
    keep(db, post(channel, 7, "b"), minutes(92))
    assert _only(db).deleted_at is None


def test_an_album_of_the_page_and_its_parts_from_the_account_are_one_alert(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, shown(channel, 7, "Кадры из Покровска", 1, media=Media(kind="photo")), minutes(1))
    for number, words in ((7, "Кадры из Покровска"), (8, ""), (9, "")):
        part = post(channel, number, words, grouped_id=77, media=Media(kind="photo", id=number))
        keep(db, part, minutes(2))
    assert [row[0] for row in db.execute("SELECT subject FROM owed")] == [f"album:{channel.id}:77"]
    assert len(reading.by_subject(db, f"album:{channel.id}:77")) == 3


def test_an_albums_words_under_another_part_are_no_edit_of_the_pages(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 7, "", grouped_id=77))
    keep(db, post(channel, 8, "Кадры", grouped_id=77))
    assert not keep(db, shown(channel, 7, "Кадры", 30), minutes(30))
    assert db.execute("SELECT max(rev) FROM post").fetchone() == (0,)


def test_words_that_the_page_could_not_show_are_news(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    keep(db, shown(channel, 7, "", 1, media=Media(kind="unsupported")), minutes(1))
    assert keep(db, post(channel, 7, "Опрос: где Покровск?", media=Media(kind="poll")), minutes(2))
    assert len(_only(db).revisions) == 1
    assert owed.waiting(db) == {CHAT: 1}


@dataclass(frozen=True)
class Seen:
    """That a source showed a version of a post, and when it did."""

    source: Source
    version: int
    later: int  # minutes after the version came to be


def _as_post(channel: Channel, seen: Seen) -> tuple[Post, datetime]:
    said_at = 10 * seen.version
    at = minutes(said_at + seen.later)
    if seen.source is Source.PREVIEW:
        return shown(channel, 7, f"version  {seen.version} ", said_at + seen.later), at
    edited = minutes(said_at) if seen.version else None
    return post(channel, 7, f"version {seen.version}", source=seen.source, edited_at=edited), at


_SEEN = st.builds(Seen, st.sampled_from(Source), st.integers(0, 4), st.integers(3, 9))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(_SEEN, min_size=1, max_size=6, unique=True), data=st.data())
def test_in_any_order_the_same_states_end_in_one_post_with_the_latest_words_and_all_wordings_kept(
    db: sqlite3.Connection, states: list[Seen], data: st.DataObject
) -> None:
    db.execute("SAVEPOINT trial")
    try:
        channel = follow(db)
        for seen in data.draw(st.permutations(states)):
            said, at = _as_post(channel, seen)
            keep(db, said, at)
        kept = _only(db)
        assert kept.post.text.split()[-1] == str(max(seen.version for seen in states))
        wordings = {" ".join(r.text.split()) for r in kept.revisions}
        assert wordings == {f"version {seen.version}" for seen in states}
    finally:
        db.execute("ROLLBACK TO trial")
        db.execute("RELEASE trial")


def test_an_earlier_state_that_comes_late_is_found_by_its_words(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 1, "Лиман держится", edited_at=minutes(9)), minutes(9))
    keep(db, post(channel, 1, "Лиман взят", edited_at=minutes(5)), minutes(10))
    [kept] = searched(db, "взят")
    assert [revision.text for revision in kept.revisions] == ["Лиман взят", "Лиман держится"]
