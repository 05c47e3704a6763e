"""`placewatch latest` and `search`: an answer says what it can't know."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import channels, gaps
from storage.database import connect_writer
from tests.blank import blank
from tests.cli.conftest import Printed
from tests.making import follow, track

Type = Callable[..., Printed]


def test_where_nothing_is_found_it_is_said_since_when_nobody_has_read(tmp_path: Path, type_: Type) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    db = connect_writer(blank(tmp_path / "data" / "placewatch.db"))
    now = datetime.now(UTC)
    track(db, "Покровск")
    channel = follow(db)
    channels.read_through(db, channel.id, 7, now)
    gaps.live(db, now=now)
    assert "not read" not in type_("latest", "Pokrovsk").err
    ago = now - timedelta(minutes=20)
    channels.read_through(db, channel.id, 7, ago)
    gaps.live(db, now=ago)
    for question in (("latest", "Pokrovsk"), ("search", "эвакуация")):
        printed = type_(*question)
        assert printed.out.startswith("Nothing found in what was read so far")
        assert printed.err.startswith("not read: @channel1 since ")
        assert json.loads(type_(*question, "--json").out) == []
    db.close()
