"""How fast posts are kept, against one bare `executemany` transaction of the same rows in a copy of the same archive.

    python -m tests.benchmarks.ingest --posts 1000000            # makes the archive first
    python -m tests.benchmarks.ingest --archive /tmp/big.db      # made by tests.benchmarks.archive

In one run, so that ratios travel: posts that are handed in together, one post a transaction, then the bare transaction
with the very rows that came of them, in all tables, the ledger's hashes and the alerts' texts too, made before, and the
same with a transaction for each post, which waits for the disk as often as keeping one by one does; from
call to durable at 20 and 200 posts a second; the lag of the event loop at full speed; the largest write-ahead log.
First rows alone, about which nobody asks; then news: of 35 in 100 it is asked whether they repeat another post, and
they owe an alert. By the clock, and by processor time, which a busy machine disturbs less, of all threads. The best of
the rounds is shown. Finding places comes before all this (`places_speed`).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.alerts.owed import Rules, decide
from bot.copies import Copies
from storage import posts
from storage.database import connect_writer
from storage.folding import fold
from storage.records import Examination, Examined, Mention, MentionKind, Post, PostKey
from storage.store import Store
from storage.stories import Joins
from tests.benchmarks.archive import END, Size, World, generate, made_posts

_RULES = Rules(min_confidence=0.5, zone=ZoneInfo("Europe/Kyiv"))


@dataclass(frozen=True, slots=True)
class Made:
    """A post as the monitor hands it on."""

    post: Post
    looked: Examination


def make(number: int, first_message: int, seed: int) -> list[Made]:
    """Posts after the end of the archive, with the mentions that the matcher would find."""
    world = World(Size(posts=number), random.Random(seed))
    found = []
    for n, row in enumerate(made_posts(world)):
        at = END + timedelta(seconds=n // 20)
        mentions = tuple(
            Mention(
                start=start,
                end=start + len(surface),
                surface=surface,
                place_id=place,
                name=surface,
                kind=MentionKind.NAME,
                confidence=sure,
                why="made up",
            )
            for start, place, surface, sure in row.mentions
        )
        post = Post(
            key=PostKey(row.channel, first_message + n), posted_at=at, text=row.text, views=10, forwards=1
        )
        found.append(Made(post, Examination(state=Examined.YES, mentions=mentions, generation=1)))
    return found


_ALONE = 500  # posts that are kept one by one
_TABLES = (
    "post", "post_stat", "mention", "post_place", "proof", "fingerprint", "story_member", "owed", "attachment"
)  # fmt: skip


def rows_kept(path: Path, first_message: int) -> dict[str, list[tuple[object, ...]]]:
    """By a statement that inserts them: all rows that came of the posts from a message id on."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TEMP TABLE new AS SELECT id FROM post WHERE message_id >= ?", (first_message,))
        # The archive itself owes nothing.
        mine = {"post": "id IN new", "owed": "1", "attachment": "1"}
        for table in _TABLES:
            # Without the columns that SQLite makes itself.
            names = [row[1] for row in db.execute(f"PRAGMA table_xinfo({table})") if row[6] == 0]
            rows = db.execute(
                f"SELECT {', '.join(names)} FROM {table} WHERE {mine.get(table, 'post_id IN new')} ORDER BY rowid"
                if table not in ("mention", "post_place")
                else f"SELECT {', '.join(names)} FROM {table} WHERE post_id IN new ORDER BY post_id"
            ).fetchall()
            found[f"INSERT INTO {table}({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"] = rows
        searched = db.execute("SELECT id, text FROM post WHERE id IN new").fetchall()
        found["INSERT INTO post_fts(rowid, text) VALUES (?, ?)"] = [(i, fold(text)) for i, text in searched]
    return found


def bare(path: Path, rows: dict[str, list[tuple[object, ...]]]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, of one transaction of `executemany` for these rows."""
    with closing(connect_writer(path)) as db:
        began, worked = time.perf_counter(), time.process_time()
        db.execute("BEGIN IMMEDIATE")
        for statement, values in rows.items():
            db.executemany(statement, values)
        db.execute("COMMIT")
        return time.perf_counter() - began, time.process_time() - worked


def bare_each(path: Path, rows: dict[str, list[tuple[object, ...]]], number: int) -> list[float]:
    """Milliseconds by the clock of the first so many posts, each in a transaction of its own: what the disk takes.

    Without what they owe, which is not theirs alone.
    """
    by_post: dict[object, list[tuple[str, tuple[object, ...]]]] = {}
    for statement, values in rows.items():
        names = statement.partition("(")[2].partition(")")[0].split(", ")
        at = next(names.index(name) for name in ("post_id", "id", "rowid", "owed_id") if name in names)
        if "INTO post(" in statement:
            by_post = {row[at]: [] for row in values[:number]}
        for row in values:
            if row[at] in by_post and not any(
                f"INTO {table}(" in statement for table in ("owed", "attachment")
            ):
                by_post[row[at]].append((statement, row))
    with closing(connect_writer(path)) as db:
        took = []
        for mine in by_post.values():
            began = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            for statement, row in mine:
                db.execute(statement, row)
            db.execute("COMMIT")
            took.append((time.perf_counter() - began) * 1000)
        return took


class Keeping:
    """The monitor's way of keeping posts, after the matcher."""

    def __init__(self, store: Store, *, news: bool) -> None:
        self.store = store
        find = Copies().find if news else _no_copy
        self._keep = partial(posts.keep, decide=partial(decide, rules=_RULES), find_copy=find)

    async def one(self, made: Made) -> None:
        await self.store.write(self._keep, made.post, made.looked, now=made.post.posted_at)

    async def batches(self, made: Sequence[Made], size: int) -> float:
        """Seconds for all, so many handed in together, as a page of history is."""
        began = time.perf_counter()
        for at in range(0, len(made), size):
            await self.store.write_each(
                [
                    partial(self._keep, post=m.post, looked=m.looked, now=m.post.posted_at)
                    for m in made[at : at + size]
                ]
            )
        return time.perf_counter() - began

    async def latencies(self, made: Sequence[Made], per_second: float) -> list[float]:
        """Milliseconds from call to durable for posts that come at random moments."""
        chance = random.Random(1)
        tasks = []
        took: list[float] = []

        async def timed(m: Made) -> None:
            began = time.perf_counter()
            await self.one(m)
            took.append((time.perf_counter() - began) * 1000)

        for m in made:
            tasks.append(asyncio.create_task(timed(m)))
            await asyncio.sleep(chance.expovariate(per_second))
        await asyncio.gather(*tasks)
        return took


async def lag(stop: asyncio.Event) -> list[float]:
    """Milliseconds by which the event loop was late, asked every 2 ms."""
    late = []
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        due = loop.time() + 0.002
        await asyncio.sleep(0.002)
        late.append((loop.time() - due) * 1000)
    return late


def percentiles(values: Sequence[float]) -> str:
    """p50/p95/p99."""
    cut = statistics.quantiles(values, n=100)
    return f"{cut[49]:.2f}/{cut[94]:.2f}/{cut[98]:.2f}"


def _no_copy(_: sqlite3.Connection, __: int, ___: Post) -> Joins | None:
    return None


def fresh(archive: Path, copy: Path, *, watched: bool) -> None:
    """Copy an archive; unless `watched` nobody asks for anything, and posts owe nothing, as old ones do."""
    shutil.copyfile(archive, copy)
    if not watched:
        with closing(sqlite3.connect(copy)) as db:
            db.execute("DELETE FROM watch")
            db.commit()


async def measure(path: Path, made: list[Made], size: int, *, news: bool) -> dict[str, float]:
    """Posts a second and ratios for batches, one by one, and what it costs others."""
    store = await Store.open(path, write=True)
    keeping = Keeping(store, news=news)
    try:
        alone, many = made[:_ALONE], made[_ALONE:]
        stop = asyncio.Event()
        watching = asyncio.create_task(lag(stop))
        began, worked = time.perf_counter(), time.process_time()
        await keeping.batches(many, size)
        seconds, work = time.perf_counter() - began, time.process_time() - worked
        stop.set()
        late = statistics.quantiles(await watching, n=100)[98]
        worked = time.process_time()
        one = await keeping.batches(alone, 1)
        one_work = time.process_time() - worked
        return {
            "together/s": len(many) / seconds,
            "one by one/s": len(alone) / one,
            "µs of processor a post": work / len(many) * 1e6,
            "one by one": one_work / len(alone) * 1e6,
            "loop lag p99 ms": late,
            "wal MB": path.with_name(path.name + "-wal").stat().st_size / 1e6,
        }
    finally:
        await store.close()


async def latencies(path: Path, made: list[Made]) -> None:
    """From call to durable, at the pace of life."""
    store = await Store.open(path, write=True)
    keeping = Keeping(store, news=True)
    try:
        rows = iter(made)
        for per_second, seconds in ((20, 20), (200, 10)):
            took = await keeping.latencies(list(islice(rows, per_second * seconds)), per_second)
            print(f"call to durable at {per_second}/s, p50/p95/p99 ms: {percentiles(took)}")
    finally:
        await store.close()


def run(archive: Path, folder: Path, number: int, rounds: int, size: int) -> None:
    """Measure on copies of an archive, and print."""
    with closing(sqlite3.connect(archive)) as db:
        kept, first = db.execute("SELECT count(*), max(message_id) + 1 FROM post").fetchone()
    print(f"archive: {kept:,} posts, {archive.stat().st_size / 1e6:,.0f} MB; {number:,} posts a round")
    for news in (False, True):
        best: dict[str, float] = {}
        for turn in range(rounds):
            made = make(number, first, seed=100 + turn)
            copy = folder / "copy.db"
            fresh(archive, copy, watched=news)
            found = asyncio.run(measure(copy, made, size, news=news))
            rows = rows_kept(copy, first)
            fresh(archive, copy, watched=news)
            clock, work = (seconds / len(made) for seconds in bare(copy, rows))
            fresh(archive, copy, watched=news)
            each = bare_each(copy, rows, _ALONE)
            found |= {
                "bare/s": 1 / clock,
                "bare µs of processor a post": work * 1e6,
                "of bare": found["together/s"] * clock,
                "of bare by processor": work * 1e6 / found["µs of processor a post"],
                "one of bare": found["one by one/s"] * clock,
                "one of bare one by one": found["one by one/s"] * statistics.mean(each) / 1000,
                "one of bare by processor": work * 1e6 / found["one by one"],
            }
            disk = percentiles(each)
            better = not best or found["of bare by processor"] > best["of bare by processor"]
            best = found if better else best
        print(
            f"{'news' if news else 'rows alone'}: "
            + ", ".join(f"{name} {value:,.2f}" for name, value in best.items())
        )
    print(f"a bare transaction of a post's rows, p50/p95/p99 ms: {disk}")
    asyncio.run(latencies(folder / "copy.db", make(2500, first + 10_000_000, seed=7)))


def main() -> None:
    """The benchmark, from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=500, help="posts handed in together")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = chosen.archive or Path(folder) / "archive.db"
        if chosen.archive is None:
            generate(archive, Size(posts=chosen.posts))
        run(archive, Path(folder), chosen.number, chosen.rounds, chosen.batch)


if __name__ == "__main__":
    main()
