"""`placewatch search`, `timeline` and `show`, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import owed
from storage.database import connect_writer
from storage.records import Forward
from tests.cli.conftest import Printed
from tests.making import CHAT, follow, keep, minutes, post, track

Type = Callable[..., Printed]
LINK = "https://t.me/channel1/1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    path = tmp_path / "data" / "placewatch.db"
    db = connect_writer(path)
    track(db, "Покровск")
    first, second = follow(db, 1), follow(db, 2)
    keep(db, post(first, 1, "Покровск взят под контроль"))
    keep(db, post(first, 1, "Покровск держится под обстрелом", edited_at=minutes(5)), minutes(5))
    keep(
        db,
        post(
            second,
            7,
            "Покровск держится",
            posted_at=minutes(9),
            forward=Forward(telegram_id=501, message_id=1),
        ),
    )
    keep(db, post(second, 8, "Погода", posted_at=minutes(11)))
    db.execute("UPDATE owed SET delivered_at = 1762085000000, message_id = 77 WHERE kind = 'alert'")
    post_id = db.execute("SELECT id FROM post WHERE message_id = 1").fetchone()[0]
    db.execute(
        "INSERT INTO review(post_id, place_id, state, actor, at) VALUES (?, 1, 'relevant', 'Olena', 1762085000000)",
        (post_id,),
    )
    assert owed.alerts_sent(db, ["post:1:1"])[0].chat_id == CHAT
    db.close()
    return path


@pytest.mark.usefixtures("path")
def test_search_shows_the_version_that_was_found_and_how_many_there_are(type_: Type) -> None:
    printed = type_("search", "взять", "Покровск")
    assert "Покровск взят под контроль" in printed.out
    assert "✎ edited, in an earlier version" in " ".join(printed.out.split())
    assert "1 of 1" in printed.out
    assert "1 of 2: --limit shows more" in type_("search", "Покровском", "--limit", "1").out
    assert type_("search", "держаться", "--sort", "oldest").out.index("обстрелом") < 200


@pytest.mark.usefixtures("path")
def test_search_prints_its_hits_for_programs(type_: Type) -> None:
    [found] = json.loads(type_("search", "claim:capture", "взяли", "--json").out)
    assert found["found_in_revision"] == 0
    text = found["revisions"][0]["text"]
    assert [text[a:b] for a, b in found["hits"]] == ["взят"]


@pytest.mark.usefixtures("path")
def test_a_query_that_can_not_be_read_says_where_and_help_explains_the_language(type_: Type) -> None:
    printed = type_("search", "плохо place:Pokrovks")
    assert printed.status == 1
    assert "at “place:Pokrovks”" in printed.err
    shown = type_("search", "--help").out
    for part in ("has:photo", "-учения", "claim:capture", "sort:newest"):
        assert part in shown


@pytest.mark.usefixtures("path")
def test_show_tells_what_an_edit_changed_who_repeated_it_and_what_came_of_it(type_: Type) -> None:
    shown = type_("show", LINK).out
    assert "Покровск взят держится под контроль обстрелом" in shown
    assert "→ Pokrovsk" in shown
    assert "Story: 2 posts say this" in shown
    assert "https://t.me/channel2/7" in shown
    assert f"({CHAT}), message 77" in shown
    assert "Review: Pokrovsk: relevant, by Olena" in shown
    found = json.loads(type_("show", LINK, "--json").out)
    assert ["gone", "взят "] in found["edits"][0]
    assert found["alerts"][0]["message_id"] == 77
    assert found["reviews"][0]["verdict"] == "relevant"
    assert len(found["story"]) == 2
    assert json.loads(type_("show", str(found["id"]), "--json").out) == found


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("link", ["5", "9" * 40, "https://t.me/channel1/99"])
def test_a_post_that_is_not_there_is_said_to_be_missing(type_: Type, link: str) -> None:
    printed = type_("show", link)
    assert printed.status == 1
    assert "is not in the archive" in printed.err


def test_a_timeline_has_bars_and_says_what_was_not_read(path: Path, type_: Type) -> None:
    db = connect_writer(path)
    channel = follow(db, 3)
    now = datetime.now(UTC)
    for number in range(3):
        at = now - timedelta(hours=1 + number)
        keep(db, post(channel, number + 1, "Бои в Покровске", posted_at=at), at)
    db.close()
    shown = type_("timeline", "Покровск", "2d").out
    assert "3 statements" in shown
    assert "█" in shown
    assert "By channel: @channel3 3" in shown or "By channel: channel3 3" in shown
    found = json.loads(type_("timeline", "Pokrovsk", "2d", "--json").out)
    assert sum(bar["statements"] or 0 for bar in found["bars"]) == 3
    assert found["unit"] == "hour"
    assert found["first_ever"] == LINK


@pytest.mark.usefixtures("path")
def test_a_timeline_of_no_tracked_place_says_which_there_are(type_: Type) -> None:
    printed = type_("timeline", "Рим")
    assert printed.status == 1
    assert "Рим is not tracked; tracked places: Pokrovsk" in printed.err
    assert "can't read a length of time" in type_("timeline", "Pokrovsk", "7 days").err
