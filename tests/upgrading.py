"""Archives as a placewatch of an earlier schema left them, and whether an upgrade lost anything.

What is kept is written in the oldest schema's own words, as its code wrote them, and then brought to the schema that
is asked for: so every table that existed from the start has rows whatever the schema, and the tables that came later
are as their migrations fill them.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from storage import earlier
from storage.database import APPLICATION_ID, _statements, migrations
from storage.folding import fold

DAY = 86_400_000
START = 1_735_689_600_000  # 2025-01-01T00:00:00Z
CHANNELS, PLACES = 20, 50
_WORDS = [
    "сводка",
    "бои",
    "вечером",
    "утром",
    "сообщает",
    "глава",
    "штаб",
    "обстановка",
    "направление",
    "село",
    "посёлок",
    "занят",
    "оставлен",
    "дорога",
]

# What must be the same afterwards, in the oldest schema's columns.
KEPT = {
    "channel": "id, telegram_id, username, title, label, state, problem, joined, cursor, added_at, read_at",
    "channel_access": "account, channel_id, access_hash",
    "place": "id, name, region, latitude, longitude, geonames_id, population, everywhere, added_at, removed_at",
    "place_name": "id, place_id, text, language, kind, since, until, source, active",
    "post": "id, channel_id, message_id, received_at, rev, seen_at, edited_at, changed_at, deleted_at, text, preview, "
    "entities, author, forward_telegram_id, forward_message_id, forward_name, forward_posted_at, reply_to, grouped_id, "
    "media, protected, examined",
    "revision": "post_id, number, seen_at, edited_at, text, preview, entities, media",
    "post_stat": "post_id, views, forwards, sampled_at",
    "mention": "post_id, rev, start, end, place_id, kind, name, surface, confidence, why, rivals",
    "post_place": "place_id, post_id, confidence",
    "chat": "id, title, added_at, held_until, problem, problem_at",
    "watch": "chat_id, place_id, since, ended_at",
    "owed": "id, chat_id, kind, subject, wanted, first, shown, random_id, message_id, reply_to, silent, plain, "
    "attempts, not_before, created_at, delivered_at",
    "audit": "id, at, chat_id, message_id, actor, command, outcome",
}


def make(path: Path, schema: int, posts: int) -> None:
    """An archive of that schema with so many posts, a twentieth of them edited and a fifth with a mention."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("PRAGMA journal_mode = WAL")
        earlier.know_folding(db)
        for step in migrations()[:schema]:
            db.execute("BEGIN")
            for statement in _statements(step.sql):
                db.execute(statement)
            row = (step.version, step.name, step.sha256, START)
            db.execute(
                "INSERT INTO schema_migration(version, name, sha256, applied_at) VALUES (?, ?, ?, ?)", row
            )
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {step.version}")
            if step.version == 1:
                _fill(db, posts)
            db.execute("COMMIT")


def _fill(db: sqlite3.Connection, posts: int) -> None:
    chance = random.Random(7)
    for n in range(1, CHANNELS + 1):
        db.execute(
            "INSERT INTO channel(id, telegram_id, username, title, label, joined, cursor, added_at, read_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                n,
                1000 + n,
                f"channel{n}",
                f"Channel {n}",
                "штаб" if n % 3 else None,
                n % 2,
                posts,
                START,
                START + DAY,
            ),
        )
        db.execute("INSERT INTO channel_access VALUES ('reader', ?, ?)", (n, n * 77))
    for n in range(1, PLACES + 1):
        db.execute(
            "INSERT INTO place(id, name, everywhere, added_at) VALUES (?, ?, 1, ?)", (n, f"Село{n}", START)
        )
        db.execute(
            "INSERT INTO place_name(place_id, text, language, kind, source) VALUES (?, ?, 'ru', 'official', 'typed')",
            (n, f"Село{n}"),
        )
    db.execute("INSERT INTO chat(id, title, added_at) VALUES (-1001, 'Team', ?)", (START,))
    for n in range(1, PLACES + 1):
        db.execute("INSERT INTO watch(chat_id, place_id, since) VALUES (-1001, ?, ?)", (n, START))
    for n in range(posts):
        _post(db, n, chance)
    db.execute(
        "INSERT INTO audit(at, chat_id, message_id, actor, command, outcome) "
        "VALUES (?, -1001, 1, 'Olena', '/watch Село1', 'watched')",
        (START,),
    )


def _post(db: sqlite3.Connection, n: int, chance: random.Random) -> None:
    at = START + n * 60_000 + chance.randrange(60_000)
    id_ = at // 1000 << 20 | n % 1000
    place = n % PLACES + 1 if n % 5 == 0 else None
    words = " ".join(chance.choices(_WORDS, k=chance.randrange(8, 60)))
    text = f"{words} Село{place} {n}" if place else f"{words} {n}"
    edited = n % 20 == 0
    db.execute(
        "INSERT INTO post(id, channel_id, message_id, received_at, rev, seen_at, edited_at, changed_at, deleted_at, text, "
        "preview, entities, grouped_id, media, protected, examined) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '[]', ?, ?, 0, 'yes')",
        (
            id_, n % CHANNELS + 1, n + 1, at + 900, int(edited), at + 900 + 5000 * edited, at + 4000 if edited else None,
            at, at + DAY if n % 97 == 0 else None, text, n // 3 if n % 11 == 0 else None,
            json.dumps({"kind": "photo"}) if n % 7 == 0 else None,
        ),
    )  # fmt: skip
    db.execute("INSERT INTO post_fts(rowid, text) VALUES (?, ?)", (id_, fold(text)))
    db.execute("INSERT INTO post_stat VALUES (?, ?, ?, ?)", (id_, n, n // 2, at + 900))
    if edited:
        db.execute(
            "INSERT INTO revision(post_id, number, seen_at, text, preview, entities) VALUES (?, 0, ?, ?, '', '[]')",
            (id_, at + 900, f"{words} раньше {n}"),
        )
    if place:
        start = len(words) + 1
        surface = f"Село{place}"
        db.execute(
            "INSERT INTO mention(post_id, rev, start, end, place_id, kind, name, surface, confidence, why, rivals) "
            "VALUES (?, ?, ?, ?, ?, 'official', ?, ?, 0.9, 'the name', '[]')",
            (id_, int(edited), start, start + len(surface), place, surface, surface),
        )
        db.execute("INSERT INTO post_place VALUES (?, ?, 0.9)", (place, id_))
        db.execute(
            "INSERT INTO owed(chat_id, kind, subject, wanted, first, shown, random_id, message_id, not_before, "
            "created_at, delivered_at) VALUES (-1001, 'alert', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (f"{id_}", text, text, text, n + 1, n + 1, at, at, at + 1000),
        )


def kept(path: Path) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and the hash of all of them in order."""
    with closing(sqlite3.connect(path)) as db:
        return {table: _hashed(db, table, columns) for table, columns in KEPT.items()}


def _hashed(db: sqlite3.Connection, table: str, columns: str) -> tuple[int, str]:
    count, digest = 0, sha256()
    for row in db.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3"):
        count += 1
        digest.update(repr(row).encode())
    return count, digest.hexdigest()


def found(path: Path, words: list[str]) -> Iterator[int]:
    """How many posts the search index has for each word."""
    with closing(sqlite3.connect(path)) as db:
        for word in words:
            sql = "SELECT count(*) FROM post_fts WHERE post_fts MATCH ?"
            yield db.execute(sql, (f'"{fold(word)}"',)).fetchone()[0]
