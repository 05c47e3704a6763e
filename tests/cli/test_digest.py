"""`placewatch digest`: the archive's last day, place by place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import connect_writer
from tests.cli.conftest import Printed
from tests.making import CHAT, follow, keep, post, track

Type = Callable[..., Printed]


@pytest.fixture
def archive(tmp_path: Path) -> None:
    """Pokrovsk was mentioned an hour ago, Lyman never."""
    (tmp_path / "data").mkdir(mode=0o700)
    db = connect_writer(tmp_path / "data" / "placewatch.db")
    _fill(db)
    db.close()


def _fill(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    track(db, "Лиман", name="Lyman")
    channel = follow(db)
    ago = datetime.now(UTC) - timedelta(hours=1)
    keep(db, post(channel, 7, "Бои в Покровске. Покровск не взят.", posted_at=ago), ago)


@pytest.mark.usefixtures("archive")
def test_a_digest_is_printed_for_people_and_for_programs(type_: Type) -> None:
    shown = type_("digest")
    assert shown.status == 0, shown.err
    assert "Pokrovsk: 1 statement by 1 source" in shown.out
    assert "«Бои в Покровске. Покровск не взят.»" in shown.out
    assert "• capture (negated) — @channel1" in shown.out
    assert "nothing about: Lyman" in shown.out
    assert "Channel 1 (@channel1): not read yet" in shown.out
    found = json.loads(type_("digest", "--chat", str(CHAT), "--json").out)
    assert {place["place"]: place["statements"] for place in found["places"]} == {"Lyman": 0, "Pokrovsk": 1}
    assert [place["newest"] for place in found["places"]].count(["https://t.me/channel1/7"]) == 1
    (claims,) = [place["claims"] for place in found["places"] if place["claims"]]
    assert {
        "claim": "captured",
        "modality": "negated",
        "sources": 1,
        "copies": 0,
        "sides": [],
        "first": "https://t.me/channel1/7",
        "newest": "https://t.me/channel1/7",
        "contradicted_by": [],
    } in claims
    [gap] = json.loads(type_("digest", "--json").out)["not_read"]
    assert (gap["channel"], gap["until"], gap["why"]) == ("@channel1", None, "it has not been read yet")
    earlier = json.loads(type_("digest", "--since", "30m", "--json").out)
    assert {place["statements"] for place in earlier["places"]} == {0}


@pytest.mark.usefixtures("archive")
def test_a_chat_that_is_not_known_and_a_time_that_can_not_be_read_are_answered(type_: Type) -> None:
    unknown = type_("digest", "--chat", "-5")
    assert unknown.status == 1
    assert f"known chats: {CHAT}" in unknown.err
    assert "Give a span like" in type_("digest", "--since", "lately").err


def test_at_a_prompt_it_names_commands_that_can_be_typed_there(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    connect_writer(tmp_path / "data" / "placewatch.db").close()
    shown = type_("digest").out
    assert "placewatch places add Pokrovsk" in shown
    assert "placewatch channels add" in shown
    assert "/watch" not in shown
