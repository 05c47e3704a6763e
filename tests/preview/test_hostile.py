"""Pages damaged at random never break the reader, nor hold it up."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.database import connect_writer
from tests.blank import blank
from tests.fuzz.preview import damaged, tried
from tests.making import follow, keep


@settings(max_examples=300, deadline=2000)
@given(st.randoms(use_true_random=False))
def test_a_damaged_page_is_read_or_refused_with_its_reason(random: Random) -> None:
    page, reason = tried(damaged(random))
    assert page is not None or reason


@settings(max_examples=200, deadline=2000)
@given(st.binary(max_size=2000), st.booleans())
def test_any_bytes_are_refused_or_read(body: bytes, ended: bool) -> None:
    page, reason = tried(body + (b"</html>" if ended else b""))
    assert page is not None or reason


@pytest.mark.parametrize(
    "nested",
    [
        b"<div>" * 100_000,
        b"<font color=1>" * 100_000,
        b"<p>" + b"<b>" * 500 + b"</p>" + b"<p>x</p>" * 50_000,
        b"<table>" * 50_000 + b"<a>" * 50_000,
    ],
)
def test_nesting_costs_no_time(nested: bytes) -> None:
    started = time.perf_counter()
    tried(b"<html><section class='tgme_channel_history'>" + nested + b"</section></html>")
    assert time.perf_counter() - started < 5


def test_what_damaged_pages_give_can_be_stored(tmp_path: Path) -> None:
    db: sqlite3.Connection = connect_writer(blank(tmp_path / "placewatch.db"))
    db.execute("BEGIN")
    try:
        channels = [follow(db, number) for number in range(1, 4)]
        for number in range(150):
            page, _ = tried(damaged(Random(number)))
            for post in page.posts if page else ():
                keep(db, post, post.changed_at or post.posted_at)
        (kept,) = db.execute("SELECT count(*) FROM post").fetchone()
        assert kept > 30
        assert channels[2].id == 3
    finally:
        db.execute("ROLLBACK")
        db.close()
