"""`placewatch export`, as it is typed: the same query in every format, and files that are whole or not there."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.alerts.owed import decide
from bot.archive.export.file import write
from bot.errors import Mendable
from storage import posts, proof
from storage.database import connect_reader, connect_writer
from storage.records import Forward
from tests.cli.conftest import Printed
from tests.making import NOW, RULES, follow, keep, minutes, post, track

Type = Callable[..., Printed]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two channels, a place on the map, an edit, a forward, a deletion, a protected post, a review and a gap."""
    path = tmp_path_factory.mktemp("archive") / "placewatch.db"
    with closing(connect_writer(path)) as db:
        place = track(db, "Покровск", region="Donetsk Oblast")
        db.execute("UPDATE place SET latitude = 48.28, longitude = 37.18")
        first, second = follow(db, 1, title="+Head"), follow(db, 2)
        db.execute("UPDATE channel SET side = 'Ukraine', label = 'Head of the region' WHERE id = 1")
        keep(db, post(first, 1, "Покровск взят под контроль"))
        keep(db, post(first, 1, "Враг отступил", edited_at=minutes(5)), minutes(5))
        forward = Forward(telegram_id=501, message_id=1)
        keep(db, post(second, 7, "=Покровск держится", posted_at=minutes(9), forward=forward), minutes(9))
        keep(db, post(second, 8, "Погода", posted_at=minutes(11)), minutes(11))
        closed = "Тайное слово. Бои в Покровске. Другое тайное."
        keep(db, post(second, 9, closed, posted_at=minutes(12), protected=True), minutes(12))
        posts.delete(db, second.id, [7], now=minutes(20), decide=partial(decide, rules=RULES))
        [(first_id,)] = db.execute("SELECT id FROM post WHERE message_id = 1").fetchall()
        db.execute(
            "INSERT INTO review(post_id, place_id, state, actor, at) VALUES (?, ?, 'relevant', 'Olena', 0)",
            (first_id, place.id),
        )
        db.execute("UPDATE channel SET read_at = ? WHERE id = 2", (int(NOW.timestamp() * 1000),))
    return path


@pytest.fixture
def path(archive: Path, tmp_path: Path) -> Path:
    """A copy of that archive where the command looks for one."""
    (tmp_path / "data").mkdir()
    return Path(shutil.copy(archive, tmp_path / "data"))


def rows(printed: Printed) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed.out.removeprefix("\ufeff"), newline="")))


def test_a_table_has_who_said_it_what_became_of_it_and_its_proof(path: Path, type_: Type) -> None:
    told = type_("export", "place:Pokrovsk", "sort:oldest", "--format", "csv")
    assert told.status == 0, told.err
    edited, deleted, protected = rows(told)
    assert edited["who_speaks"] == "Head of the region"
    assert edited["side"] == "Ukraine"
    assert edited["text"] == "Враг отступил"
    assert edited["said_before"] == "Покровск взят под контроль"
    assert edited["version"] == "1"
    assert edited["relevance"] == "relevant"
    assert deleted["text"] == "'=Покровск держится"
    assert deleted["deleted_at"] == "2025-11-02T12:20:00+00:00"
    assert deleted["forwarded_from"] == "'@channel1"
    assert protected["text"] == "Бои в Покровске."
    assert "тайное" not in told.out.casefold()
    with closing(connect_reader(path)) as db:
        ids = [row[0] for row in db.execute("SELECT id FROM post ORDER BY id")]
        known = proof.of_posts(db, ids)
    for row, post_id in zip((edited, deleted, protected), (ids[0], ids[1], ids[3]), strict=True):
        assert row["ledger_entries"] == "; ".join(map(str, known[post_id].numbers))
        assert row["digest"] == known[post_id].digest
        assert row["ledger_head"] == str(known[post_id].head)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 4),
        ("взять Покровск", 1),
        ("side:Ukraine", 1),
        ("is:deleted", 1),
        ("claim:capture", 1),
        ("place:Pokrovsk -claim:capture", 2),
        ("контроль sort:relevance", 1),
        ("from:2025-11-03", 0),
    ],
)
def test_the_filters_are_those_of_search(query: str, number: int, type_: Type) -> None:
    told = type_("export", "--format", "jsonl", "--", *query.split())
    assert told.status == 0, told.err
    assert len([json.loads(line) for line in told.out.splitlines()]) == number
    assert f"{number} statement" in told.err


@pytest.mark.usefixtures("path")
def test_what_was_not_read_is_said_in_every_format_with_a_place_for_it(tmp_path: Path, type_: Type) -> None:
    for name in ("a.geojson", "a.kml", "a.md", "a.html", "a.atom", "a.rss"):
        told = type_("export", "place:Pokrovsk", "--to", name)
        assert told.status == 0, told.err
        assert "@channel1: not read since" in told.err
        said = (tmp_path / name).read_text("utf-8").replace("\\", "")
        assert "channel1" in said
        assert "not read since" in said
        assert "not verified" in said
        assert "тайное" not in said.casefold()


@pytest.mark.usefixtures("path")
def test_a_period_from_before_the_archive_is_admitted(type_: Type) -> None:
    told = type_("export", "side:Ukraine", "from:2025-10-01", "--format", "csv")
    words = "@channel1: not read from 1 Oct 2025 00:00 Kyiv to 2 Nov 2025 14:00 Kyiv"
    assert words in told.err
    assert "@channel2" not in told.err


@pytest.mark.usefixtures("path")
def test_a_report_quotes_attributes_and_numbers_its_sources(tmp_path: Path, type_: Type) -> None:
    type_("export", "place:Pokrovsk", "--to", "said.html")
    page = (tmp_path / "said.html").read_text("utf-8")
    first = page.index("<b>Покровск</b> взят под контроль")
    assert page.index("Head of the region (@channel1)", first) > first
    assert "quoted as it was before an edit" in page
    assert "deleted, known since 2 Nov 2025 14:20 Kyiv" in page
    assert page.index('id="source-1"') < page.index('id="source-3"')
    assert page.count("<blockquote") == page.count('<li id="source-') == 3
    assert "counter(page)" in page
    for fetched in ("http-equiv", "src=", "<link", "@import", "url("):
        assert fetched not in page


@pytest.mark.usefixtures("path")
def test_a_file_is_never_replaced_unless_that_is_wanted(tmp_path: Path, type_: Type) -> None:
    (tmp_path / "said.csv").write_text("mine")
    told = type_("export", "--to", "said.csv")
    assert told.status == 1
    assert "--force" in told.err
    assert (tmp_path / "said.csv").read_text() == "mine"
    assert type_("export", "--to", "said.csv", "--force").status == 0
    assert (tmp_path / "said.csv").read_bytes().startswith(b"\xef\xbb\xbflink,")
    assert oct((tmp_path / "said.csv").stat().st_mode)[-3:] == "600"


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export",), "--format"),
        (("export", "--to", "said.txt"), "says no format"),
        (("export", "--format", "datasette"), "--to archive.db"),
        (("export", "plase:Pokrovsk", "--format", "csv"), "did you mean place:?"),
        (("export", "--to", "nowhere/said.csv"), "can't be written"),
        (("export", "--to", "data", "--format", "csv"), "is a folder"),
    ],
)
def test_what_can_not_be_done_says_what_can(arguments: tuple[str, ...], words: str, type_: Type) -> None:
    told = type_(*arguments)
    assert told.status == 1
    assert words in told.err


def test_an_export_that_is_broken_off_leaves_nothing_under_its_name(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        assert [one.suffix for one in tmp_path.iterdir()] == [".part"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "said.csv", pieces(), force=False)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_meanwhile_is_left_to_the_other(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        (tmp_path / "said.csv").write_text("theirs")
        yield b"ours"

    with pytest.raises(Mendable, match="there already"):
        write(tmp_path / "said.csv", pieces(), force=False)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["theirs"]


def test_the_database_has_readable_views_a_full_text_table_and_no_secrets(
    path: Path, tmp_path: Path, type_: Type
) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE channel_access SET access_hash = 424242")
        db.commit()
    told = type_("export", "--to", "all.db")
    assert told.status == 0, told.err
    with closing(sqlite3.connect(tmp_path / "all.db")) as db:
        said = db.execute(
            "SELECT who_speaks, side, places, text FROM what_was_said ORDER BY posted_at LIMIT 1"
        ).fetchone()
        assert said == ("Head of the region", "Ukraine", "Pokrovsk", "Враг отступил")
        about = db.execute(
            "SELECT place, relevance, latitude FROM what_was_said_about_places ORDER BY posted_at"
        ).fetchall()
        assert about[0] == ("Pokrovsk", "relevant", 48.28)
        assert db.execute("SELECT said_before FROM what_was_said_before").fetchall() == [
            ("Покровск взят под контроль",)
        ]
        found = db.execute(
            "SELECT s.text FROM statements_fts f JOIN statements s ON s.id = f.rowid WHERE statements_fts MATCH ?",
            ("отступил",),
        ).fetchall()
        assert found == [("Враг отступил",)]
        assert db.execute("SELECT count(*) FROM ledger").fetchone() == (6,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        assert not names & {"channel_access", "chat", "watch", "owed", "audit", "draft", "dialogue", "feed"}
        whole = "\n".join(db.iterdump())
    for secret in ("424242", "Olena", "-1001", "тайное"):
        assert secret not in whole
    described = json.loads((tmp_path / "all.metadata.json").read_text("utf-8"))
    assert set(described["databases"]["all"]["tables"]) <= names
    assert "not verified" in described["databases"]["all"]["description"]


@pytest.mark.usefixtures("path")
def test_a_part_of_the_archive_is_a_database_too(tmp_path: Path, type_: Type) -> None:
    assert type_("export", "side:Ukraine", "--to", "part.sqlite").status == 0
    with closing(sqlite3.connect(tmp_path / "part.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM statements").fetchone() == (1,)
        assert db.execute("SELECT name FROM channels").fetchall() == [("@channel1",)]
        assert db.execute(
            "SELECT DISTINCT statement_id = (SELECT id FROM statements) FROM ledger"
        ).fetchall() == [(1,)]


def test_a_pruned_posts_entries_before_that_do_not_count(path: Path, type_: Type) -> None:
    with closing(connect_writer(path)) as db:
        [(post_id,)] = db.execute("SELECT id FROM post WHERE message_id = 8").fetchall()
        proof.pruned(db, [post_id], now=NOW + timedelta(hours=1))
        proof.returned(db, post_id, now=NOW + timedelta(hours=2))
    [row] = rows(type_("export", "Погода", "--format", "csv"))
    assert (row["ledger_entries"], row["digest"]) == ("", "")
