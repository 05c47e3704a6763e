"""The story that a post belongs to, for people who ask: who said it first, and who repeated it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from storage.reading import kept_by_ids
from storage.records import Kept
from storage.times import from_ms


class Told(NamedTuple):
    """A post of a story; `how` it repeats the first one, and why we think so, both empty for the first."""

    kept: Kept
    how: str
    why: str


def story_of(db: sqlite3.Connection, ids: Sequence[int]) -> list[Told]:
    """The posts of the story that these posts belong to, by time; [] where nothing was repeated."""
    marks = ",".join("?" * len(ids))
    row = db.execute(
        f"SELECT first_id FROM story_member WHERE post_id IN ({marks}) OR first_id IN ({marks}) LIMIT 1",
        (*ids, *ids),
    ).fetchone()
    if row is None:
        return []
    repeats = {
        post_id: (how, why)
        for post_id, how, why in db.execute(
            "SELECT post_id, how, why FROM story_member WHERE first_id = ?", (row[0],)
        )
    }
    posts = kept_by_ids(db, sorted({row[0], *repeats}))
    return [Told(kept, *repeats.get(kept.id, ("", ""))) for kept in posts]


def alerts_in(db: sqlite3.Connection, chat_id: int, subject: str) -> list[tuple[datetime, int | None]]:
    """When a chat was given alerts about a statement, and in which messages; None where that never became known."""
    rows = db.execute(
        "SELECT delivered_at, nullif(message_id, 0) FROM owed WHERE subject = ? AND chat_id = ? AND kind = 'alert' "
        "AND delivered_at IS NOT NULL ORDER BY id",
        (subject, chat_id),
    )
    return [(from_ms(at), message_id) for at, message_id in rows]
