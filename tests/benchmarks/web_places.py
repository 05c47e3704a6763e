"""How fast the pages about places are: in the store, and whole over HTTP, beside a GROUP BY straight over the posts.

    python -m tests.benchmarks.web_places                        # makes an archive of a million posts first
    python -m tests.benchmarks.web_places --archive big.db       # one that tests.benchmarks.archive made
    python -m tests.benchmarks.web_places --writing 50           # while another process keeps 50 posts a second

The alternative answers the same question from the posts, their channels and their mentions as they lie, in one
statement: that is what a page would ask without the channel beside each place's posts and without counted names.
On a machine that others use too, the processor's time says more than the clock does.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from bot import claims
from bot.commands.period import window
from bot.web.app import create
from bot.web.site import Site
from config.settings import Settings
from storage import mentioned, places, uses
from storage.database import connect_reader, connect_writer
from storage.store import Store
from storage.times import first_id
from tests.benchmarks.archive import END, Size, generate
from tests.benchmarks.search_speed import writing

_ZONE = ZoneInfo("Europe/Kyiv")
_SURE = 0.5
_PLACES = (1, 2, 3, 10, 30, 100, 250)  # the busiest first


def _grouped(db: sqlite3.Connection, place: int, first: int, last: int) -> None:
    db.execute(
        "SELECT (p.id >> 20) / 86400 AS day, c.side, count(DISTINCT p.id) FROM post p JOIN channel c ON c.id = p.channel_id "
        "JOIN mention m ON m.post_id = p.id WHERE m.place_id = ? AND m.confidence >= ? AND p.id >= ? AND p.id < ? "
        "GROUP BY 1, 2",
        (place, _SURE, first, last),
    ).fetchall()


def _joined(db: sqlite3.Connection, place: int, first: int, last: int) -> None:
    db.execute(
        "SELECT (p.id >> 20) / 86400 AS day, c.side, count(*) FROM post_place x JOIN post p ON p.id = x.post_id "
        "JOIN channel c ON c.id = p.channel_id WHERE x.place_id = ? AND x.confidence >= ? AND x.post_id >= ? "
        "AND x.post_id < ? GROUP BY 1, 2",
        (place, _SURE, first, last),
    ).fetchall()


def _named(db: sqlite3.Connection, place: int) -> None:
    db.execute(
        "SELECT m.name, m.kind, count(DISTINCT m.post_id) FROM post_place x JOIN mention m ON m.post_id = x.post_id "
        "AND m.place_id = x.place_id WHERE x.place_id = ? GROUP BY 1, 2",
        (place,),
    ).fetchall()


def _say(what: str, taken: list[tuple[float, float]]) -> None:
    wall, cpu = sorted(one[0] for one in taken), sorted(one[1] for one in taken)
    at = int(len(wall) * 0.95)
    print(
        f"{what:50}{wall[len(wall) // 2]:9.1f}{wall[at]:9.1f}{cpu[len(cpu) // 2]:9.1f}{cpu[at]:9.1f}",
        flush=True,
    )


def _case(what: str, rounds: int, ask: Callable[[int], Any]) -> None:
    taken = []
    for _ in range(rounds):
        for place in _PLACES:
            began, used = time.perf_counter(), time.process_time()
            ask(place)
            taken.append(((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000))
    _say(what, taken)


def in_store(path: Path, rounds: int) -> None:
    """Print a line for each question."""
    year = window(timedelta(days=365), END, _ZONE)
    days = window(timedelta(days=90), END, _ZONE)
    week = window(timedelta(days=7), END, _ZONE)
    first, last = first_id(year.start), first_id(year.end)
    with closing(connect_reader(path)) as db:
        every = [place.id for place in places.tracked(db)]
        _case(
            "a place's year by week and channel",
            rounds,
            lambda p: mentioned.by_channel(db, p, year.edges, sure=_SURE),
        )
        _case("  GROUP BY over its posts and their channels", rounds, lambda p: _joined(db, p, first, last))
        _case("  GROUP BY straight over posts and mentions", 1, lambda p: _grouped(db, p, first, last))
        _case(
            "90 days by day and channel",
            rounds,
            lambda p: mentioned.by_channel(db, p, days.edges, sure=_SURE),
        )
        _case("a place's names with their use", rounds, lambda p: uses.of_place(db, p))
        _case("  GROUP BY over its mentions", 2, lambda p: _named(db, p))
        for what, edges in (
            ("week", (week.start, week.end)),
            ("year", (year.start, year.end)),
            ("week by day", week.edges),
        ):
            _case(
                f"the map of {len(every)} places, {what}",
                1,
                lambda _, edges=edges: mentioned.by_place(db, every, edges, None, sure=_SURE),  # type: ignore[misc]
            )


async def over_http(path: Path, rounds: int) -> None:
    """Print a line for each page, as a client in this process sees it."""
    settings = Settings.model_validate({"data": path.parent})

    async def ask(name: str, given: dict[str, Any]) -> None:
        raise AssertionError(name, given)

    store = await Store.open(path, write=False)
    try:
        site = Site(
            store=store, ask=ask, settings=settings, claims=claims.load_or_embedded(None), now=lambda: END
        )
        transport = httpx2.ASGITransport(app=create(site))
        async with httpx2.AsyncClient(transport=transport, base_url="http://archive.test") as client:
            for what, address in (
                ("a place's page, 30 days", "/place/{}"),
                ("a place's page, a year", "/place/{}?from=2025-11-02"),
                ("a place's page, a day by hour", "/place/{}?from=2026-10-20&to=2026-10-20"),
                ("the map, 7 days", "/map"),
                ("the map, a year", "/map?from=2025-11-02"),
                ("the map's numbers, 7 days by day", "/map/data"),
                ("the map's numbers, a year in 27 steps", "/map/data?from=2025-11-02"),
                ("places", "/places"),
                ("channels", "/channels"),
            ):
                taken = []
                for _ in range(rounds):
                    for place in _PLACES:
                        began, used = time.perf_counter(), time.process_time()
                        answer = await client.get(address.format(place))
                        taken.append(
                            ((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000)
                        )
                        answer.raise_for_status()
                _say(what, taken)
    finally:
        await store.close()


def main() -> None:
    """Measure an archive, made if none is given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--writing", type=int, default=0, metavar="POSTS", help="a second")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.archive or Path(folder) / "placewatch.db"
        if chosen.archive is None:
            generate(path, Size(posts=chosen.posts), seed=chosen.seed)
        connect_writer(path).close()  # an older file is brought to the newest schema
        print(f"{'ms':50}{'p50':>9}{'p95':>9}{'CPU p50':>9}{'CPU p95':>9}")
        with writing(path, chosen.writing):
            in_store(path, chosen.rounds)
            asyncio.run(over_http(path, chosen.rounds))


if __name__ == "__main__":
    main()
