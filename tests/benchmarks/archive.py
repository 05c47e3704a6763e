"""A made-up archive of any size, in the real schema: for benchmarks, never for tests of behaviour.

    python -m tests.benchmarks.archive /tmp/big.db --posts 1000000

Words follow Zipf's law and have the endings of Russian, so that a search by their beginnings meets as many forms as
in life; some channels and some places are far busier than others; 2 posts in 100 were edited, 1 was deleted. The same
seed gives the same archive.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from bot.places import MATCHER_VERSION
from storage.database import connect_writer
from storage.folding import fold
from storage.times import NUMBER_BITS

END = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
CHAT = -1001
_SPAN = timedelta(days=730)
ENDINGS = ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
_SYLLABLES = [c + v for c in "бвгджзклмнпрстфхцчш" for v in "аеиоуыя"]
_BATCH = 20_000
_SIDES = ("Ukraine", "Russia", "Observers", None)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything."""

    posts: int = 1_000_000
    channels: int = 100
    places: int = 300
    words: int = 20_000  # different stems
    mentioning: float = 0.35  # share of the posts that mention a place


@dataclass
class World:
    """What posts are made of."""

    size: Size
    rng: random.Random
    sentences: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = self.rng
        stems = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(self.size.words)]
        weights = list(accumulate(1 / (rank + 3) for rank in range(len(stems))))
        for _ in range(60_000):
            words = rng.choices(stems, cum_weights=weights, k=rng.randint(5, 11))
            self.sentences.append(" ".join(word + rng.choice(ENDINGS) for word in words))
        self.places = [
            ("".join(rng.choices(_SYLLABLES, k=3)) + "ск").capitalize() for _ in range(self.size.places)
        ]


def words_by_rank(size: Size, seed: int, ranks: list[int]) -> list[str]:
    """The words whose frequency has these ranks, in one of their forms."""
    rng = random.Random(seed)
    stems = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(size.words)]
    return [stems[rank] + "ами" for rank in ranks]


def generate(path: Path, size: Size | None = None, *, seed: int = 1) -> list[str]:
    """Make the archive; the names of its places, the busiest first, whose row ids are 1, 2, 3, …"""
    size = size or Size()
    world = World(size, random.Random(seed))
    db = connect_writer(path)
    try:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -200000")
        db.execute("BEGIN")
        _cast(db, world)
        db.execute("COMMIT")
        rows = made_posts(world)
        for _ in range(0, size.posts, _BATCH):
            _write(db, [row for _, row in zip(range(_BATCH), rows, strict=False)])
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA optimize")
    finally:
        db.close()
    return world.places


def _cast(db: sqlite3.Connection, world: World) -> None:
    """Channels, places and a chat that watches them all; everything counts as examined."""
    began = int((END - _SPAN).timestamp() * 1000)
    now = int(END.timestamp() * 1000)
    db.execute("INSERT INTO chat(id, title, added_at) VALUES (?, 'Team', ?)", (CHAT, began))
    for number in range(1, world.size.channels + 1):
        db.execute(
            "INSERT INTO channel(telegram_id, username, title, side, cursor, added_at, read_at) "
            "VALUES (?, ?, ?, ?, 1, ?, ?)",
            (500 + number, f"channel{number}", f"Channel {number}", _SIDES[number % 4], began, now),
        )
    for number, name in enumerate(world.places, start=1):
        db.execute(
            "INSERT INTO place(id, name, region, latitude, longitude, added_at) "
            "VALUES (?, ?, 'Donetsk Oblast', ?, ?, ?)",
            (number, name, 47 + number % 17 / 10, 36 + number % 19 / 10, began),
        )
        db.execute(
            "INSERT INTO place_name(place_id, text, language, kind, source) VALUES (?, ?, 'ru', 'official', 'given')",
            (number, name),
        )
        db.execute("INSERT INTO watch(chat_id, place_id, since) VALUES (?, ?, ?)", (CHAT, number, began))
    db.execute(
        "INSERT INTO examination(generation, matcher_version, started_at, reached, examined, total, finished_at) "
        "VALUES (1, ?, ?, 0, ?, ?, ?)",
        (MATCHER_VERSION, now, world.size.posts, world.size.posts, now),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    channel: int
    message: int
    text: str
    mentions: list[tuple[int, int, str, float]]  # start, place, surface, confidence
    edited: bool
    deleted: bool


def made_posts(world: World) -> Iterator[_Row]:
    """Posts by time, as many in each second as come."""
    rng, size = world.rng, world.size
    start = (END - _SPAN).timestamp()
    step = _SPAN.total_seconds() / size.posts
    busy_channels = list(accumulate(1 / (n + 5) for n in range(size.channels)))
    busy_places = list(accumulate(1 / (n + 3) for n in range(size.places)))
    channels, numbers = range(size.channels), range(size.places)
    second, within = 0, 0
    for number in range(size.posts):
        now = int(start + number * step)
        second, within = (now, 0) if now != second else (second, within + 1)
        text = ". ".join(rng.choices(world.sentences, k=rng.randint(1, 4)))
        mentions = []
        if rng.random() < size.mentioning:
            for place in set(rng.choices(numbers, cum_weights=busy_places, k=rng.choice((1, 1, 1, 2, 3)))):
                surface = world.places[place] + rng.choice(("", "а", "у", "ом", "е"))
                sure = rng.choice((0.97, 0.97, 0.9, 0.7, 0.38))
                mentions.append((len(text) + 4, place + 1, surface, sure))
                text += f". В {surface}"
        [channel] = rng.choices(channels, cum_weights=busy_channels)
        chance = rng.random()
        yield _Row(
            id=(second << NUMBER_BITS) + within,
            channel=channel + 1,
            message=number + 1,
            text=text,
            mentions=mentions,
            edited=chance < 0.02,
            deleted=0.02 <= chance < 0.03,
        )


def _write(db: sqlite3.Connection, rows: list[_Row]) -> None:
    db.execute("BEGIN")
    posts = []
    for row in rows:
        ms = (row.id >> NUMBER_BITS) * 1000
        edited, deleted = (ms + 60_000 if row.edited else None), (ms + 90_000 if row.deleted else None)
        posts.append(
            (row.id, row.channel, row.message, ms + 800, int(row.edited), ms, edited, edited, deleted, row.text)
        )  # fmt: skip
    db.executemany(
        "INSERT INTO post(id, channel_id, message_id, received_at, rev, seen_at, edited_at, changed_at, deleted_at, text, "
        "preview, entities, protected, examined) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '[]', 0, 'yes')",
        posts,
    )
    db.executemany(
        "INSERT INTO post_fts(rowid, text) VALUES (?, ?)", [(row.id, fold(row.text)) for row in rows]
    )
    db.executemany(
        "INSERT INTO revision(post_id, number, seen_at, text, preview, entities) VALUES (?, 0, ?, ?, '', '[]')",
        [(row.id, (row.id >> NUMBER_BITS) * 1000, row.text) for row in rows if row.edited],
    )
    mentions = [
        (row.id, int(row.edited), start, start + len(surface), place, surface, surface, sure, row.channel)
        for row in rows
        for start, place, surface, sure in row.mentions
    ]
    db.executemany(
        "INSERT INTO mention(post_id, rev, start, end, place_id, kind, name, surface, confidence, why, rivals) "
        "VALUES (?, ?, ?, ?, ?, 'name', ?, ?, ?, 'made up', '[]')",
        [m[:8] for m in mentions],
    )
    db.executemany(
        "INSERT INTO post_place(place_id, post_id, confidence, channel_id) VALUES (?, ?, ?, ?)",
        [(m[4], m[0], m[7], m[8]) for m in mentions],
    )
    db.execute("COMMIT")


def main() -> None:
    """Make an archive at a path."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.perf_counter()
    generate(chosen.path, Size(posts=chosen.posts), seed=chosen.seed)
    print(
        f"{chosen.posts:,} posts in {time.perf_counter() - began:.0f} s, {chosen.path.stat().st_size / 1e6:,.0f} MB"
    )


if __name__ == "__main__":
    main()
