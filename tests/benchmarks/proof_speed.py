"""What the ledger costs: keeping with and without it, entering an older archive, verifying.

    python -m tests.benchmarks.proof_speed            # about a minute; --posts

Keeping: batches of 100 posts a commit, each in a savepoint as the store does it, alternately with and without the
ledger into one file; two thirds of the posts mention no place. Bare is `posts.keep` alone, whole is with the search for
40 places. Seconds are of processor time, as other work on the machine would count otherwise; the cheapest tenth
of the batches is compared.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from bot.alerts.owed import decide
from bot.copies import Copies
from bot.places import Matcher
from storage import examination, places, posts, proof, verifying
from storage.database import begin_ledger, connect_reader, connect_writer
from storage.records import Examination, Examined, Post, PostKey
from tests.benchmarks.archive import Size, generate
from tests.making import NOW, RULES, follow, track

_BATCH, _BATCHES = 100, 60


def keeping(db: sqlite3.Connection, *, whole: bool) -> tuple[float, float]:
    """Seconds a post without the ledger, and with it."""
    chance = random.Random(1)
    words = ["".join(chance.choices("абвгдежзиклмнопрст", k=chance.randint(3, 9))) for _ in range(5000)]
    names = sorted(
        {
            "".join(chance.choices(("ба", "во", "ки", "лу", "не", "ро"), k=3)).capitalize() + "ск"
            for _ in range(40)
        }
    )
    channel = follow(db)
    for name in names:
        track(db, name, name=name)
    matcher = Matcher([n for p in places.tracked(db) for n in p.names])
    generation = examination.generation_wanted(db)
    find_copy = Copies().find
    took: dict[bool, list[float]] = {False: [], True: []}
    number = 0
    for batch in range(2 * _BATCHES):
        entered = batch % 4 in (0, 3)
        said = []
        for _ in range(_BATCH):
            number += 1
            text = " ".join(chance.choices(words, k=chance.randint(15, 60)))
            if whole and chance.random() < 0.35:
                text += f" в {chance.choice(names)}е"
            at = NOW + timedelta(seconds=number)
            said.append(Post(key=PostKey(channel.id, number), posted_at=at, text=text, views=3, forwards=1))
        with patch.object(proof, "kept", proof.kept if entered else lambda *_, **__: None):
            began = time.process_time()
            db.execute("BEGIN IMMEDIATE")
            for post in said:
                found = matcher.find(post.searchable) if whole else ()
                looked = Examination(state=Examined.YES, mentions=found, generation=generation)
                db.execute("SAVEPOINT call")
                told = partial(decide, rules=RULES)
                posts.keep(db, post, looked, now=NOW, decide=told, find_copy=find_copy)
                db.execute("RELEASE call")
            db.execute("COMMIT")
            took[entered].append((time.process_time() - began) / _BATCH)
    tenth = _BATCHES // 10
    return sorted(took[False])[tenth], sorted(took[True])[tenth]


def verify(path: Path) -> tuple[int, float, float]:
    """Entries, and seconds of processor and of the clock, in the best of three runs."""
    best = (0, 1e9, 1e9)
    for _ in range(3):
        db = connect_reader(path)
        walk, began, clock = verifying.Walk(), time.process_time(), time.perf_counter()
        for step in (
            partial(verifying.entries, db, walk, frozenset(), 5000),
            partial(verifying.posts, db, walk, 5000),
        ):
            while step():
                pass
        took = time.process_time() - began, time.perf_counter() - clock
        db.close()
        if walk.broken is not None:
            raise SystemExit(str(walk.broken))
        best = min(best, (walk.number, *took), key=lambda one: one[1])
    return best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=60_000, help="of the older archive")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for whole in (False, True):
            db = connect_writer(Path(folder) / f"{whole}.db")
            without, with_it = keeping(db, whole=whole)
            db.close()
            print(
                f"keeping, {'whole' if whole else 'bare'}: {without * 1e6:.0f} µs a post without the ledger, "
                f"{with_it * 1e6:.0f} µs with it: {with_it / without - 1:+.0%}"
            )
        path = Path(folder) / "older.db"
        generate(path, Size(posts=chosen.posts, channels=50, places=50, words=5000))
        size, db = path.stat().st_size, connect_writer(path)
        db.execute("INSERT INTO proof_waiting(post_id) SELECT id FROM post ORDER BY received_at, id")
        memory, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        begin_ledger(db)
        took = time.process_time() - began
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        count, seconds, clock = verify(path)
        print(
            f"entering {count:,} entries of an older archive: {count / took:,.0f}/s of processor time, "
            f"{(path.stat().st_size - size) / count:.0f} bytes an entry, memory {grown / 1024:+.1f} MB\n"
            f"verifying: {count / seconds:,.0f}/s of processor time, {count / clock:,.0f}/s by the clock"
        )


if __name__ == "__main__":
    main()
