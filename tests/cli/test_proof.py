"""`placewatch attest` and `verify`, as they are typed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import connect_writer
from tests.blank import blank
from tests.cli.conftest import Printed
from tests.making import follow, keep, post, track

Type = Callable[..., Printed]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    path = tmp_path / "data" / "placewatch.db"
    _say(path, 1, 2)
    return path


def _say(path: Path, *numbers: int) -> None:
    db = connect_writer(path)
    track(db, "Покровск")
    channel = follow(db)
    for number in numbers:
        at = datetime(2025, 11, 2, 12, number, tzinfo=UTC)
        keep(db, post(channel, number, f"Бои в Покровске, день {number}", posted_at=at), at)
    db.close()


def _tamper(path: Path, sql: str) -> None:
    db = sqlite3.connect(path)
    db.execute(sql)
    db.commit()
    db.close()


def _head(type_: Type) -> str:
    return str(json.loads(type_("attest", "--json").out)["head"])


@pytest.mark.usefixtures("path")
def test_a_head_is_one_line_and_verifies_later(type_: Type) -> None:
    printed = type_("attest")
    assert printed.status == 0
    head = _head(type_)
    assert printed.out == f"placewatch ledger: 2 entries, head {head}, newest entry 2025-11-02T12:02:00Z\n"
    verified = type_("verify", "--head", head)
    assert verified.status == 0, verified.err
    assert verified.out.startswith(
        "✓ 2 entries, 2 Nov 2025 14:01 Kyiv to 2 Nov 2025 14:02 Kyiv: each follows"
    )
    assert f"✓ Head {head}: entry 2 of this chain, made 2 Nov 2025 14:02 Kyiv." in verified.out
    assert "can't be told" not in verified.out
    assert type_("verify", "--head", head.partition("@")[0].upper()).status == 0


@pytest.mark.usefixtures("path")
def test_without_a_head_it_says_what_it_can_not_show(type_: Type) -> None:
    verified = type_("verify")
    assert verified.status == 0
    assert (
        "a ledger that was rewritten as a whole can't be told from a true one. Note one now" in verified.out
    )
    assert "can't be told" in json.loads(type_("verify", "--json").out)["note"]


def test_a_break_is_named_and_is_status_1(type_: Type, path: Path) -> None:
    _tamper(path, "UPDATE post SET text = 'never said' WHERE message_id = 2")
    verified = type_("verify")
    assert verified.status == 1
    assert "Note one now" not in verified.out
    assert "✗ Content changed: entry 2, t.me/channel1/2, revision 0: " in verified.out
    found = json.loads(type_("verify", "--json").out)
    assert found["intact"] is False
    assert found["entries"] == 1
    assert {**found["break"], "words": ""} == {
        "kind": "content changed", "number": 2, "post": "t.me/channel1/2", "revision": 0, "words": "",
    }  # fmt: skip


def test_a_head_from_after_the_backup_that_was_restored_is_not_called_forged(type_: Type, path: Path) -> None:
    early = _head(type_)
    shutil.copy(path, path.with_suffix(".backup"))
    _say(path, 3)
    late = _head(type_)
    shutil.copy(path.with_suffix(".backup"), path)
    _say(path, 4)
    notes = path.with_name("heads.txt")
    notes.write_text(
        f"Mon: {early}\nTue: placewatch ledger: 3 entries, head {late}, newest entry …\n", "utf-8"
    )
    verified = type_("verify", "--heads", str(notes))
    assert verified.status == 1
    assert f"✓ Head {early}: entry 2 of this chain" in verified.out
    assert (
        f"✗ Head {late}: this head isn't in this chain. The archive may have been restored from a backup"
        in verified.out
    )
    assert "forged" not in verified.out
    heads = json.loads(type_("verify", "--heads", str(notes), "--json").out)["heads"]
    assert [(head["head"], head["in_chain"], head["number"]) for head in heads] == [
        (early, True, 2),
        (late, False, None),
    ]


@pytest.mark.usefixtures("path")
def test_a_head_noted_under_a_wrong_number_is_said(type_: Type) -> None:
    digits = _head(type_).partition("@")[0]
    verified = type_("verify", "--head", f"{digits}@7")
    assert verified.status == 1
    assert "it is in this chain, but as number 2" in verified.out


def test_what_can_not_be_read_is_status_2(type_: Type, tmp_path: Path, path: Path) -> None:
    assert type_("verify", "--head", "abc").status == 2
    assert "is no head" in type_("verify", "--head", "abc").err
    assert "can't be read" in type_("verify", "--heads", str(tmp_path / "none")).err
    (tmp_path / "empty").write_text("", "utf-8")
    assert "has no head in it" in type_("verify", "--heads", str(tmp_path / "empty")).err
    _tamper(path, "INSERT INTO proof_waiting(post_id) VALUES (5)")
    waiting = type_("verify")
    assert waiting.status == 2
    assert "1 post from before the ledger" in waiting.err
    path.unlink()
    missing = type_("verify")
    assert missing.status == 2
    assert "There is no archive" in missing.err


def test_posts_as_json_carry_their_place_in_the_ledger(type_: Type, path: Path) -> None:
    head = _head(type_)
    for found in (
        json.loads(type_("latest", "--json").out)[0],
        json.loads(type_("search", "день 2", "--json").out)[0],
        json.loads(type_("show", "https://t.me/channel1/2", "--json").out),
    ):
        assert found["ledger"]["entries"] == [2]
        assert found["ledger"]["head"] == head
        assert len(found["ledger"]["digest"]) == 64
    db = connect_writer(path)
    channel = follow(db)
    later = datetime(2025, 11, 2, 13, tzinfo=UTC)
    keep(db, post(channel, 2, "Бои", posted_at=later - timedelta(hours=1), edited_at=later), later)
    db.close()
    assert json.loads(type_("show", "https://t.me/channel1/2", "--json").out)["ledger"]["entries"] == [2, 3]


def test_an_archive_without_posts_has_nothing_to_attest(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    connect_writer(blank(tmp_path / "data" / "placewatch.db")).close()
    assert "Nothing has been kept yet" in type_("attest").err
    assert "✓ The ledger and the archive are empty." in type_("verify").out
