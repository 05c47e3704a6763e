"""How fast a search is in the store, beside `LIKE '%word%'` in the same run.

    python -m tests.benchmarks.search_speed                       # makes an archive of a million posts first
    python -m tests.benchmarks.search_speed --archive big.db      # one that tests.benchmarks.archive made
    python -m tests.benchmarks.search_speed --writing 50          # while another process keeps 50 posts a second

Measured is a query from its text to the row ids of the first 50 posts: parsed, its words expanded to all their
forms, asked of both indexes (what posts say now and what they said before). No post is read. The words have ranks of
1 to 10,000 of 20,000, evenly by logarithm; no dictionary knows them, so that their forms are guessed by the ending,
which gives several times as many as a dictionary does. The ten that stand in the archive are asked for besides, as
made-up stems are declined by no rule.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from multiprocessing import Process
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.archive.search import prepared
from storage import channels, search
from storage.database import connect_reader, connect_writer
from tests.benchmarks.archive import END, ENDINGS, Size, generate, words_by_rank
from tests.making import keep, post

_ZONE = ZoneInfo("Europe/Kyiv")
_PAGE = 50


def _queries(size: Size, seed: int) -> list[str]:
    rng = random.Random(seed)
    ranks = sorted({round(10 ** rng.uniform(0, 4)) for _ in range(40)})
    stems = [word.removesuffix("ами") for word in words_by_rank(size, seed, ranks)]
    return [" OR ".join([f"{stem}ами", *(f'"{stem}{ending}"' for ending in ENDINGS)]) for stem in stems]


def _stem(query: str) -> str:
    return query.partition("ами")[0]


def _ask(db: sqlite3.Connection, query: str) -> None:
    search.page(db, prepared(db, query, now=END, zone=_ZONE, min_confidence=0.5), limit=_PAGE)


def _count(db: sqlite3.Connection, query: str) -> None:
    search.count(db, prepared(db, query, now=END, zone=_ZONE, min_confidence=0.5), most=1001)


def _like(db: sqlite3.Connection, query: str) -> None:
    word = _stem(query)
    db.execute(f"SELECT id FROM post WHERE text LIKE '%{word}%' ORDER BY id DESC LIMIT {_PAGE}").fetchall()


def measure(path: Path, seed: int, rounds: int) -> None:
    """Print a line for each kind of query."""
    connect_writer(path).close()  # an older file is brought to the newest schema
    with closing(connect_reader(path)) as db:
        size = Size()
        words = _queries(size, seed)
        (place,) = db.execute("SELECT name FROM place WHERE id = 10").fetchone()
        pairs = [f"({one}) ({other})" for one, other in zip(words, reversed(words), strict=True)]
        print(f"{'':34}{'p50':>8}{'p95':>8}{'worst':>8}  ms")
        _case("newest first", db, words, _ask, rounds)
        _case("newest first, two words", db, pairs, _ask, rounds)
        _case("a week a year ago", db, [f"{w} from:2025-11-01 to:2025-11-07" for w in words], _ask, rounds)
        _case("and a place", db, [f"{w} place:{place}" for w in words], _ask, rounds)
        _case("and a busy channel", db, [f"{w} channel:@channel1" for w in words], _ask, rounds)
        _case("and a quiet channel", db, [f"{w} channel:@channel100" for w in words], _ask, rounds)
        _case("and edited posts", db, [f"{w} is:edited" for w in words], _ask, rounds)
        _case("a beginning", db, [f"{w[:4]}*" for w in words], _ask, rounds)
        _case("by relevance", db, [f"{w} sort:relevance" for w in words], _ask, rounds)
        _case("counted to 1,001", db, words, _count, rounds)
        _case("LIKE '%word%', newest first", db, words, _like, 1)


def _case(
    what: str,
    db: sqlite3.Connection,
    queries: list[str],
    ask: Callable[[sqlite3.Connection, str], None],
    rounds: int,
) -> None:
    taken = []
    for _ in range(rounds):
        for query in queries:
            began = time.perf_counter()
            ask(db, query)
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    print(
        f"{what:34}{taken[len(taken) // 2]:8.1f}{taken[int(len(taken) * 0.95)]:8.1f}{taken[-1]:8.1f}",
        flush=True,
    )


def write(path: Path, per_second: int) -> None:
    """Keep posts, a commit each, until this process is ended."""
    db = connect_writer(path)
    channel = next(one for one in channels.known(db) if one.id == 1)
    began = time.monotonic()
    for number in count():
        time.sleep(max(0.0, began + number / per_second - time.monotonic()))
        now = datetime.now(UTC)
        said = post(channel, int(time.time() * 1000), f"Сводка {number}: обстрел и удар дрона", posted_at=now)
        db.execute("BEGIN IMMEDIATE")
        keep(db, said, now, tracked=[])
        db.execute("COMMIT")


@contextmanager
def writing(path: Path, per_second: int) -> Iterator[None]:
    """Another process keeps so many posts a second meanwhile."""
    if not per_second:
        yield
        return
    process = Process(target=write, args=(path, per_second), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def main() -> None:
    """Measure an archive, made if none is given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writing", type=int, default=0, metavar="POSTS", help="a second")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.archive or Path(folder) / "placewatch.db"
        if chosen.archive is None:
            generate(path, Size(posts=chosen.posts), seed=chosen.seed)
        with writing(path, chosen.writing):
            measure(path, chosen.seed, chosen.rounds)


if __name__ == "__main__":
    main()
