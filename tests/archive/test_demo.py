"""Searching the demo's archive: each query finds exactly the posts that it should."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.archive.answer import answer
from bot.claims import load
from bot.demo import play
from storage.database import connect_reader
from storage.lock import DATABASE


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder: Path = tmp_path_factory.mktemp("demo") / "demo"
    asyncio.run(play(folder, Console(file=io.StringIO()), slow=False))
    with closing(connect_reader(folder / DATABASE)) as db:
        yield db


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Мирноград", {3107, 77}),
        ("родинське", {3107, 77}),
        ("покровский собор", {89}),
        ("бой", {501, 88}),
        ("сдача", {501, 88}),
        ("сдаться", {501}),
        ("плен", {501, 88}),
        ("войско OR військо", {77}),
        ("атака", {3107}),
        ("напрямок", {3107}),
        ("школа", {501}),
        ("station stop", {12}),
        ("train", {12}),
        ("place:Pokrovsk", {501, 88, 3107, 12, 77}),
        ("place:Pokrovsk is:deleted", {88}),
        ("доклад", {501, 88}),  # of 501 only an earlier version has it
        ("доклад -is:edited", {88}),
        ("claim:encirclement", set()),
    ],
)
def test_a_query_finds_its_posts_in_the_demo_and_no_others(
    demo: sqlite3.Connection, query: str, found: set[int]
) -> None:
    answered = answer(
        demo,
        query,
        now=datetime(2025, 11, 3, tzinfo=UTC),
        zone=ZoneInfo("Europe/Kyiv"),
        min_confidence=0.5,
        table=load(None),
        limit=20,
        counted=20,
    )
    ids = [hit.post_id for hit in answered.hits]
    numbers = {demo.execute("SELECT message_id FROM post WHERE id = ?", (i,)).fetchone()[0] for i in ids}
    assert numbers == found
    assert answered.total == len(ids)
