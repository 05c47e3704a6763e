"""Feeds by their secret addresses; of a secret only the hash is kept."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import datetime
from hashlib import sha256

from storage.records.feed import Feed
from storage.times import from_ms, to_ms

_BYTES = 24  # of a secret: as good as a key that nobody guesses, so that a plain hash is enough


def add(db: sqlite3.Connection, query: str, *, now: datetime) -> tuple[Feed, str]:
    """A new feed, and its secret, which can't be learned again."""
    secret = secrets.token_urlsafe(_BYTES)
    (feed_id,) = db.execute(
        "INSERT INTO feed(query, secret, added_at) VALUES (?, ?, ?) RETURNING id",
        (query, _hash(secret), to_ms(now)),
    ).fetchone()
    return Feed(feed_id, query, now, None), secret


def in_use(db: sqlite3.Connection) -> list[Feed]:
    """Every feed that can be read, the oldest first."""
    rows = db.execute("SELECT id, query, added_at FROM feed WHERE ended_at IS NULL ORDER BY id")
    return [Feed(feed_id, query, from_ms(added), None) for feed_id, query, added in rows]


def by_secret(db: sqlite3.Connection, secret: str) -> Feed | None:
    """The feed at a secret address; None where there is none, or none any more."""
    row = db.execute(
        "SELECT id, query, added_at FROM feed WHERE secret = ? AND ended_at IS NULL", (_hash(secret),)
    ).fetchone()
    return None if row is None else Feed(row[0], row[1], from_ms(row[2]), None)


def end(db: sqlite3.Connection, feed_id: int, *, now: datetime) -> Feed | None:
    """Nobody can read the feed of that number from now on; None where there is none."""
    row = db.execute(
        "UPDATE feed SET ended_at = ? WHERE id = ? AND ended_at IS NULL RETURNING query, added_at",
        (to_ms(now), feed_id),
    ).fetchone()
    return None if row is None else Feed(feed_id, row[0], from_ms(row[1]), now)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "replace")).digest()
