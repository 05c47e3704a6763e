"""`placewatch feeds …`, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from storage.database import connect_writer
from tests.blank import blank
from tests.cli.conftest import Printed
from tests.making import track


def test_a_feed_is_made_listed_and_closed_and_its_address_is_told_once(
    tmp_path: Path, type_: Callable[..., Printed]
) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    with closing(connect_writer(blank(tmp_path / "data" / "placewatch.db"))) as db:
        track(db, "Покровск")
    made = json.loads(type_("feeds", "add", "Покровск", "--json").out)
    assert made["query"] == "place:Pokrovsk"
    assert made["atom"].startswith("http://127.0.0.1:8420/feeds/")
    secret = made["atom"].rpartition("/")[2].removesuffix(".atom")
    assert len(secret) == 32
    listed = type_("feeds", "list").out
    assert "1: place:Pokrovsk" in listed
    assert secret not in listed
    assert "did you mean" in type_("feeds", "add", "plase:Pokrovsk").err
    assert "Feed 1 is closed" in type_("feeds", "remove", "1").out
    assert "There is no feed 1" in type_("feeds", "remove", "1").err
    assert "is not the number of a feed" in type_("feeds", "remove", "x").err
    assert "No feeds yet" in type_("feeds", "list").out
