"""Looking at a ledger, and verifying it in small batches."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from storage import proof, verifying
from storage.records import Break

# What hangs on a post, in the order in which it may be removed.
_ON_POSTS = ("mention", "post_place", "post_stat", "unexamined", "fingerprint", "story_member", "revision")


def rows(db: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


def ledger(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """(number, kind, message id, revision) of each entry."""
    return rows(db, "SELECT number, kind, message_id, rev FROM proof ORDER BY number")


def walked(db: sqlite3.Connection, batch: int = 3) -> verifying.Walk:
    walk = verifying.Walk()
    while verifying.entries(db, walk, frozenset(), batch):
        pass
    while walk.broken is None and verifying.posts(db, walk, batch):
        pass
    return walk


def broken(db: sqlite3.Connection) -> Break | None:
    """The first break; None where there is none."""
    return walked(db).broken


def forget(db: sqlite3.Connection, message_id: int, now: datetime) -> None:
    """Remove a post's content on purpose."""
    (post_id,) = db.execute("SELECT id FROM post WHERE message_id = ?", (message_id,)).fetchone()
    proof.pruned(db, [post_id], now=now)
    for table in _ON_POSTS:
        db.execute(f"DELETE FROM {table} WHERE post_id = ?", (post_id,))
    db.execute("DELETE FROM post WHERE id = ?", (post_id,))
