"""Searching an archive: words in every form, and what else must hold."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.finding import JUDGED, find
from bot.archive.forms import forms
from bot.archive.hits import finder
from bot.archive.match import matching
from bot.archive.parser import parse
from bot.archive.query import QueryError
from bot.archive.search import prepared
from bot.claims import load
from bot.errors import Mendable
from storage import channels, earlier, search
from storage.database import connect_writer
from storage.records import Forward, Media
from tests.blank import blank
from tests.making import NOW, RULES, follow, keep, minutes, post, track


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_writer(blank(tmp_path / "placewatch.db"))) as db:
        yield db


def found(db: sqlite3.Connection, query: str, limit: int = 50) -> list[int]:
    """Message ids, in the order in which they are found."""
    wanted = prepared(db, query, now=minutes(60), zone=RULES.zone, min_confidence=0.5)
    ids = search.ids(db, wanted, limit=limit)
    return [db.execute("SELECT message_id FROM post WHERE id = ?", (i,)).fetchone()[0] for i in ids]


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("Войска под Покровском", "Покровск"),
        ("Войска идут на Покровск", "Покровском"),
        ("Взрывы у Куп’янську", "Куп'янськ"),
        ("Ещё один подъём", "еще"),
        ("Йдуть бої", "бій"),
        ("Цього року", "рік"),
        ("Удар по Харкову", "Харків"),
        ("У Харкові вибухи", "Харків"),
        ("обстрелами накрыло посёлок", "обстрел"),
        ("Обстріляли двічі, обстрілів більше немає", "обстріл"),
        ("Захватили две улицы", "захватить"),
        ("Strikes hit two villages", "strike village"),
        ("Drone attacks", "attack"),
        ("в Красноармейском районе", "красноармейский"),
        ("в Славя\u0301нске", "Славянск"),
    ],
)
def test_a_word_finds_its_other_forms(db: sqlite3.Connection, said: str, query: str) -> None:
    channel = follow(db)
    keep(db, post(channel, 1, said))
    keep(db, post(channel, 2, "Погода хорошая, nothing else"))
    assert found(db, query) == [1]
    text = parse(query).text
    assert finder(text, forms)(said)


def test_words_phrases_minus_or_and_prefixes_mean_what_they_say(db: sqlite3.Connection) -> None:
    channel = follow(db)
    for number, said in enumerate(
        ["Взяли Покровск", "Покровск взяли", "Обстрел: учения", "Удар дронов", "Удар дрона, учения"], 1
    ):
        keep(db, post(channel, number, said, posted_at=minutes(number)))
    assert found(db, "взять Покровск") == [2, 1]
    assert found(db, '"взяли Покровск"') == [1]
    assert found(db, "обстрел OR удар") == [5, 4, 3]
    assert found(db, "(обстрел OR удар) -учения") == [4]
    assert found(db, "дрон*") == [5, 4]
    assert found(db, "-учения") == [4, 2, 1]
    assert found(db, "удар sort:oldest") == [4, 5]


def test_fields_narrow_what_is_found(db: sqlite3.Connection) -> None:
    first, second = follow(db, 1), follow(db, 2)
    channels.describe(db, second.id, label=None, side="Ukraine", standing=None, owner=None)
    pokrovsk = track(db, "Покровск")
    track(db, "Лиман", name="Lyman")
    keep(db, post(first, 1, "В Покровске тихо", posted_at=NOW - timedelta(days=9)))
    keep(db, post(first, 2, "В Лимане бои", media=Media(kind="photo")))
    keep(db, post(second, 3, "Покровск и Лиман", forward=Forward(name="Кто-то"), posted_at=minutes(1)))
    keep(db, post(second, 4, "Погода https://example.org", posted_at=minutes(2)))
    keep(db, post(second, 4, "Погода! https://example.org", edited_at=minutes(3)), minutes(3))
    db.execute("UPDATE post SET deleted_at = 1 WHERE message_id = 2")
    db.execute(
        "INSERT INTO review(post_id, place_id, state, actor, at) SELECT id, ?, 'relevant', 'Olena', 1 FROM post "
        "WHERE message_id = 3",
        (pokrovsk.id,),
    )
    assert found(db, "place:Pokrovsk") == [3, 1]
    assert found(db, "place:Pokrovsk place:Lyman") == [3]
    assert found(db, "place:Покровск,Лиман -channel:@channel2") == [2, 1]
    assert found(db, "-place:Lyman") == [4, 1]
    assert found(db, "channel:@channel1") == [2, 1]
    assert found(db, 'channel:"Channel 2" погода') == [4]
    assert found(db, "side:ukraine") == [4, 3]
    assert found(db, "from:7d") == [4, 3, 2]
    assert found(db, "to:2025-10-31") == [1]
    assert found(db, "is:edited") == [4]
    assert found(db, "is:deleted") == [2]
    assert found(db, "-is:deleted place:Lyman") == [3]
    assert found(db, "is:forward") == [3]
    assert found(db, "is:relevant") == [3]
    assert found(db, "is:unreviewed") == [2, 1]
    assert found(db, "has:photo") == [2]
    assert found(db, "has:link") == [4]
    assert found(db, "лиман -has:media") == [3]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("place:Pokrovks", "did you mean Pokrovsk?"),
        ("place:Рим", "no tracked place is called Рим; known: Pokrovsk"),
        ("channel:@chanel1", "did you mean @channel1?"),
        ("side:Mars", "no channel is on the side Mars; known: none yet"),
        ("from:lately", "is not a time I can read"),
        ("", "Say what to look for"),
    ],
)
def test_what_the_archive_does_not_know_is_said(db: sqlite3.Connection, query: str, says: str) -> None:
    follow(db, 1)
    track(db)
    with pytest.raises(Mendable, match=re.escape(says)):
        found(db, query)


@pytest.mark.parametrize("order", ["newest", "oldest", "relevance"])
def test_pages_neither_lose_nor_repeat(db: sqlite3.Connection, order: str) -> None:
    channel = follow(db)
    for number in range(1, 24):
        keep(db, post(channel, number, "обстрел " * (number % 4 + 1), posted_at=minutes(number % 7)))
    wanted = prepared(db, f"обстрел sort:{order}", now=minutes(60), zone=RULES.zone, min_confidence=0.5)
    every = search.ids(db, wanted, limit=100)
    paged: list[int] = []
    after = None
    while here := search.page(db, wanted, limit=5, after=after):
        paged += [hit.post_id for hit in here]
        after = here[-1]
    assert paged == every
    assert len(set(paged)) == 23
    assert search.count(db, wanted, most=100) == 23
    assert search.count(db, wanted, most=10) == 10


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_query_is_answered_or_refused(query: str) -> None:
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute("CREATE VIRTUAL TABLE post_fts USING fts5(text, content='')")
        try:
            wanted = parse(query)
        except QueryError:
            return
        assert wanted.source == query

        expression = matching(wanted.text, forms)
        if expression is not None:
            assert (
                memory.execute("SELECT rowid FROM post_fts WHERE post_fts MATCH ?", (expression,)).fetchall()
                == []
            )


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Бои под Покровском.", "Покровск", ["Покровском"]),
        ("«Купʼянськ», Куп'янську'", "Куп'янськ", ["Купʼянськ", "Куп'янську"]),
        ("Взяли Покровск, взяли Лиман", '"взяли лиман"', ["взяли Лиман"]),
        ("дроны, дронов", "дрон*", ["дроны", "дронов"]),
        ("удар и обстрел", "обстрел -удар", ["обстрел"]),
        ("\u202eПокровск\u202c", "Покровск", ["Покровск"]),
    ],
)
def test_hits_are_marked_where_they_stand(text: str, query: str, marked: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in finder(parse(query).text, forms)(text)] == marked


def test_a_place_is_found_under_any_of_its_names(db: sqlite3.Connection) -> None:
    channel = follow(db)
    track(db, "Покровск", "Krasnoarmeysk")
    keep(db, post(channel, 1, "Fighting near Krasnoarmeysk"))
    assert found(db, "place:Покровск fighting") == [1]


def test_the_names_of_tracked_places_are_declined_however_they_are_typed(db: sqlite3.Connection) -> None:
    channel = follow(db)
    track(db, "Часів Яр", name="Chasiv Yar")
    track(db, "Ізюм", name="Izium")
    keep(db, post(channel, 1, "У Часовому Яру тихо"))
    keep(db, post(channel, 2, "Час минув у яру"))
    keep(db, post(channel, 3, "Під Ізюмом тихо"))
    for query in ("Часів Яр", "часів яр", "часовим яром"):
        assert found(db, query) == [1]
    assert found(db, "ізюм") == [3]


def test_a_post_is_found_by_what_it_said_before(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 1, "Покровск взят"))
    keep(db, post(channel, 1, "Покровск держится", edited_at=minutes(5)), minutes(5))
    keep(db, post(channel, 2, "Лиман взят", posted_at=minutes(1)))
    wanted = prepared(db, "взят", now=minutes(60), zone=RULES.zone, min_confidence=0.5)
    assert [(hit.post_id >> 20, hit.version) for hit in search.page(db, wanted, limit=9)] == [
        (int(minutes(1).timestamp()), None),
        (int(NOW.timestamp()), 0),
    ]
    assert found(db, "взят is:edited") == [1]
    assert found(db, "взят sort:oldest") == [1, 2]
    assert found(db, "Покровск") == [1]  # in both versions, told once
    assert found(db, "взят держится") == []  # no version has both
    assert search.count(db, wanted, most=9) == 2


def test_a_revision_that_is_removed_is_not_found_any_more(db: sqlite3.Connection) -> None:
    channel = follow(db)
    keep(db, post(channel, 1, "Первые слова"))
    keep(db, post(channel, 1, "Другие", edited_at=minutes(5)), minutes(5))
    assert found(db, "слова") == [1]
    db.execute("DELETE FROM revision")
    assert found(db, "слова") == []
    db.execute("INSERT INTO earlier_fts(earlier_fts) VALUES ('integrity-check')")


def test_revisions_from_before_the_index_are_found_once_the_archive_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "placewatch.db"
    with closing(connect_writer(path)) as db:
        channel = follow(db)
        for number in range(3):
            keep(db, post(channel, number, f"Слово{number}"))
            keep(db, post(channel, number, "Другое", edited_at=minutes(5)), minutes(5))
        db.execute("INSERT INTO earlier_fts(earlier_fts) VALUES ('delete-all')")
        db.execute("INSERT INTO earlier_waiting SELECT post_id, number FROM revision")
        assert found(db, "слово1") == []
        assert earlier.adopt(db, 2) == 2  # cut short after a batch
    with closing(connect_writer(path)) as db:
        assert [found(db, f"слово{n}") for n in range(3)] == [[0], [1], [2]]
        assert earlier.waiting(db) == 0


def test_relevance_ranks_the_newest_posts_and_says_how_far(
    db: sqlite3.Connection,
) -> None:
    channel = follow(db)
    for number in range(1, 5):
        keep(db, post(channel, number, "удар " * number, posted_at=minutes(number)))
    wanted = prepared(db, "удар sort:relevance", now=minutes(60), zone=RULES.zone, min_confidence=0.5)
    assert found(db, "удар sort:relevance")[0] == 4
    assert search.ranked_since(db, wanted) is None  # all of them are ranked


def test_claims_are_looked_for_and_judged(db: sqlite3.Connection) -> None:
    channel = follow(db)
    track(db, "Покровск")
    track(db, "Лиман", name="Lyman")
    keep(db, post(channel, 1, "Покровск взят под контроль."))
    keep(db, post(channel, 2, "Под контролем врачей все раненые из Покровска.", posted_at=minutes(1)))
    keep(db, post(channel, 3, "Лиман взят под контроль. В Покровске тихо.", posted_at=minutes(2)))
    table = load(None)

    def claimed(query: str) -> list[int]:
        wanted = prepared(db, query, now=minutes(60), zone=RULES.zone, min_confidence=0.5, table=table)
        hits = find(db, wanted, table, limit=9).hits
        return [
            db.execute("SELECT message_id FROM post WHERE id = ?", (h.post_id,)).fetchone()[0] for h in hits
        ]

    assert claimed("claim:capture") == [3, 1]
    assert claimed("claim:capture place:Pokrovsk") == [1]
    assert claimed("claim:capture лиман") == [3]
    assert claimed("-claim:capture place:Pokrovsk") == [3, 2]
    with pytest.raises(QueryError, match="did you mean capture"):
        claimed("claim:captur")


def test_a_search_for_claims_says_where_it_stopped(db: sqlite3.Connection) -> None:
    channel = follow(db)
    track(db, "Покровск")
    table = load(None)
    for number in range(JUDGED + 1):
        keep(
            db,
            post(channel, number, "Покровск: взят под контроль рынок.", posted_at=minutes(number)),
            tracked=[],
        )
    wanted = prepared(
        db,
        "claim:withdrawal -claim:capture покровск",
        now=NOW,
        zone=RULES.zone,
        min_confidence=0.5,
        table=table,
    )
    assert find(db, replace(wanted, match='"покровск"'), table, limit=5).judged == JUDGED
