"""How fast the chat is answered from an archive of a million posts.

    python -m tests.benchmarks.answers                       # about 5 minutes, most of them for making the archive
    python -m tests.benchmarks.answers --archive big.db      # one that tests.benchmarks.archive made

Measured is what the desk does for a command, from the parsed command to the composed answer within the transaction;
not the commit, and not Telegram. Beside it, in the same run and on the same connection, an ordinary way to the same
rows: `LIKE`, counting everything, a join that groups by date.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot import claims
from bot.alerts.owed import Rules, decide
from bot.desk import Outside, paging
from bot.desk.registry import COMMANDS
from bot.desk.room import Room
from bot.incoming import Incoming
from bot.lookout import Lookout
from bot.tracking import Tracking
from storage.database import connect_writer
from storage.store import Store
from tests.benchmarks.archive import CHAT, END, Size, generate, words_by_rank

_ZONE = ZoneInfo("Europe/Kyiv")
_SPANS = {"1d": 1, "7d": 7, "30d": 30, "1y": 365}


class _Case(NamedTuple):
    what: str
    asked: Sequence[str]  # commands as typed, or "view argument page" to turn to
    rival: str
    other: Callable[[sqlite3.Connection, int], object]  # the same by an ordinary way, for the nth of `asked`


def _rows(db: sqlite3.Connection, sql: str, *values: object) -> list[tuple[object, ...]]:
    return db.execute(sql, values).fetchall()


def _cases(places: Sequence[str], words: dict[str, list[str]]) -> list[_Case]:
    every = ",".join(str(n + 1) for n in range(len(places)))
    start = int(END.timestamp())

    def newest(db: sqlite3.Connection, ids: str, skip: int = 0) -> None:
        _rows(
            db, f"SELECT DISTINCT post_id FROM post_place WHERE place_id IN ({ids}) AND confidence >= .2 "
            f"ORDER BY post_id DESC LIMIT 5 OFFSET {skip}",
        )  # fmt: skip
        _rows(
            db,
            f"SELECT count(DISTINCT post_id) FROM post_place WHERE place_id IN ({ids}) AND confidence >= .2",
        )

    def like(db: sqlite3.Connection, asked: str) -> None:
        tests = " AND ".join(f"text LIKE '%{word.removesuffix('ами')}%'" for word in asked.split())
        _rows(db, f"SELECT id FROM post WHERE {tests} ORDER BY id DESC LIMIT 5")

    def grouped(db: sqlite3.Connection, place: int, days: int) -> None:
        _rows(
            db,
            "SELECT date(p.seen_at / 1000, 'unixepoch'), p.channel_id, count(*) FROM post_place m JOIN post p "
            "ON p.id = m.post_id WHERE m.place_id = ? AND p.seen_at >= ? GROUP BY 1, 2",
            place,
            (start - days * 86400) * 1000,
        )
        _rows(
            db,
            "SELECT min(p.seen_at) FROM post_place m JOIN post p ON p.id = m.post_id WHERE m.place_id = ?",
            place,
        )

    some = [n * 3 for n in range(20)]
    cases = [
        _Case("/latest, 300 places", ["/latest"] * 10, "distinct and count", lambda db, _: newest(db, every)),
        _Case(
            "/latest, page 150 of 200", ["latest  149"] * 10, "distinct and count",
            lambda db, _: newest(db, every, 745),
        ),
        _Case(
            "/latest PLACE", [f"/latest {places[n]}" for n in some], "distinct and count",
            lambda db, n: newest(db, str(some[n] + 1)),
        ),
    ]  # fmt: skip
    cases += [
        _Case(
            f"/timeline PLACE {span}", [f"/timeline {places[n]} {span}" for n in some], "join, group by date",
            lambda db, n, days=days: grouped(db, some[n] + 1, days),
        )
        for span, days in _SPANS.items()
    ]  # fmt: skip
    cases += [
        _Case(
            f"/search, {what}", [f"/search {one}" for one in asked], "LIKE, no count",
            lambda db, n, asked=asked: like(db, asked[n]),
        )
        for what, asked in words.items()
    ]  # fmt: skip
    cases.append(_Case("/status", ["/status"] * 5, "", lambda *_: None))
    return cases


async def measure(path: Path, posts: int, seed: int) -> None:
    """Print a line a case: p50 and p95 of the desk and of the other way."""
    size = Size(posts=posts)
    db = connect_writer(path)
    places = [row[0] for row in db.execute("SELECT name FROM place ORDER BY id")]
    words = {
        "a frequent word": words_by_rank(size, seed, list(range(0, 40, 4))),
        "a word of the middle": words_by_rank(size, seed, list(range(500, 1000, 50))),
        "a rare word": words_by_rank(size, seed, list(range(15_000, 20_000, 500))),
    }
    words["two frequent words"] = [
        f"{a} {b}" for a, b in zip(words["a frequent word"], words["a frequent word"][1:], strict=False)
    ]
    words["a place"] = [f"{name}ами" for name in places[:40:4]]
    store = await Store.open(path, write=True)
    try:
        room = await _room(store)
        await room.tracking.refresh()
        numbers = count(1)
        together: dict[str, list[float]] = defaultdict(list)
        print(
            f"{'':28}{'p50 ms':>8}{'p95 ms':>8}   beside it{'':16}{'p50 ms':>9}{'p95 ms':>9}{'ratio of p50':>14}"
        )
        for case in _cases(places, words):
            ours = [await _ask(room, db, asked, next(numbers)) for asked in case.asked for _ in range(3)]
            others = (
                [_timed(partial(case.other, db, n)) for n in range(len(case.asked))] if case.rival else []
            )
            line = f"{case.what:28}{_at(ours, 0.5):8.1f}{_at(ours, 0.95):8.1f}"
            if others:
                ratio = _at(others, 0.5) / _at(ours, 0.5)
                line += f"   {case.rival:25}{_at(others, 0.5):9.1f}{_at(others, 0.95):9.1f}{ratio:14.1f}"
            print(line, flush=True)
            together[case.what.split()[0].rstrip(",")] += ours
        for command, all_of_it in together.items():
            print(f"all {command:24}{_at(all_of_it, 0.5):8.1f}{_at(all_of_it, 0.95):8.1f}")
    finally:
        await store.close()
        db.close()


async def _room(store: Store) -> Room:
    lookout = Lookout(store, lambda: END)
    outside = Outside(_never, _never, _never, list, lambda: None, _never, _never)  # type: ignore[arg-type]
    return Room(
        store=store,
        tracking=Tracking(store, lookout, lambda: END),
        outside=outside,
        zone=_ZONE,
        now=lambda: END,
        decide=partial(decide, rules=Rules(min_confidence=0.5, zone=_ZONE)),
        claims=claims.load(None),
    )


async def _never(*_: object) -> None:
    raise AssertionError("the archive alone answers")


async def _ask(room: Room, db: sqlite3.Connection, asked: str, number: int) -> float:
    """Milliseconds from a command to its answer; what it would have written is rolled back."""
    db.execute("BEGIN IMMEDIATE")
    began = time.perf_counter()
    try:
        if asked.startswith("/"):
            name, _, argument = asked.removeprefix("/").partition(" ")
            incoming = Incoming(CHAT, number, 7, "Olena", asked, END)
            effect = await COMMANDS[name].run(room, incoming, argument)
            reply = effect(db)
        else:
            view, argument, page = asked.split(" ")
            reply = paging.show(room, db, CHAT, view, argument, int(page))
        took = (time.perf_counter() - began) * 1000
    finally:
        db.execute("ROLLBACK")
    assert reply.html, asked
    return took


def _timed(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return (time.perf_counter() - began) * 1000


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Make an archive, or take one, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--archive", type=Path)
    chosen = parser.parse_args()
    print(f"{chosen.posts:,} posts, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.archive or Path(folder) / "archive.db"
        if chosen.archive is None:
            began = time.perf_counter()
            generate(path, Size(posts=chosen.posts), seed=chosen.seed)
            print(f"made in {time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e6:,.0f} MB")
        asyncio.run(measure(path, chosen.posts, chosen.seed))


if __name__ == "__main__":
    main()
