"""Forgetting old posts: with all that was made of them, but not that their ids are known, nor that they were told."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import index, media, proof
from storage.times import first_id

BATCH = 200  # posts a transaction: p95 66 ms for the writers that wait (STORAGE.md)
PAGES = 1000  # pages given back in one transaction

# Tables with a row or more for a post, by the column that names it.
_OF_A_POST = (
    "revision",
    "post_stat",
    "mention",
    "post_place",
    "unexamined",
    "fingerprint",
    "story_member",
    "review",
    "assignment",
    "tag",
    "note",
)

# What people decided on stays, with the whole statement: its copies and the parts of its albums.
_DECIDED = """
  EXISTS (SELECT 1 FROM post a LEFT JOIN story_member m ON m.post_id = a.id
          JOIN (SELECT post_id FROM review WHERE state IN ('relevant', 'second look') UNION ALL SELECT post_id FROM note) r
            ON r.post_id IN (a.id, m.first_id)
          WHERE a.id = p.id OR (p.grouped_id IS NOT NULL AND a.channel_id = p.channel_id AND a.grouped_id = p.grouped_id))
"""
# A statement that newer or other posts repeat stays as long as one of them does.
_REPEATED = """
  EXISTS (SELECT 1 FROM post a JOIN story_member m ON m.first_id = a.id JOIN post q ON q.id = m.post_id
          WHERE (a.id = p.id OR (p.grouped_id IS NOT NULL AND a.channel_id = p.channel_id AND a.grouped_id = p.grouped_id))
          AND (q.id >= :before OR (:channel IS NOT NULL AND q.channel_id <> :channel)))
"""
_WAITING = """
  EXISTS (SELECT 1 FROM owed o WHERE o.due = 1 AND o.subject IN
          ('post:' || p.channel_id || ':' || p.message_id, 'album:' || p.channel_id || ':' || p.grouped_id))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prunable:
    """What is older than a time, and what of it stays all the same."""

    posts: int  # that would go
    decided: int
    repeated: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What has gone."""

    posts: int
    files: tuple[str, ...]  # SHA-256 of the contents that no post has any more


def _old(channel_id: int | None) -> str:
    return "p.id >= :after AND p.id < :before" + (
        "" if channel_id is None else " AND p.channel_id = :channel"
    )


def prunable(
    db: sqlite3.Connection, before: datetime, *, channel_id: int | None = None, reviewed: bool = False
) -> Prunable:
    """How many posts would go, and how many stay because people decided on them, newer posts repeat them, or an alert waits."""
    values = {"after": 0, "before": first_id(before), "channel": channel_id}
    decided = "0" if reviewed else _DECIDED
    row = db.execute(
        f"SELECT count(*), coalesce(sum(d), 0), coalesce(sum(r AND NOT d), 0), coalesce(sum(w AND NOT d AND NOT r), 0) "
        f"FROM (SELECT {decided} AS d, {_REPEATED} AS r, {_WAITING} AS w FROM post p WHERE {_old(channel_id)})",
        values,
    ).fetchone()
    total, decided_, repeated, waiting = row
    return Prunable(
        posts=total - decided_ - repeated - waiting, decided=decided_, repeated=repeated, waiting=waiting
    )


def next_batch(
    db: sqlite3.Connection,
    before: datetime,
    after: int,
    *,
    channel_id: int | None = None,
    reviewed: bool = False,
    limit: int = BATCH,
) -> list[int]:
    """The row ids of the oldest posts above `after` that may go."""
    values = {"after": after + 1, "before": first_id(before), "channel": channel_id, "limit": limit}
    decided = "" if reviewed else f"AND NOT {_DECIDED}"
    rows = db.execute(
        f"SELECT p.id FROM post p WHERE {_old(channel_id)} {decided} AND NOT {_REPEATED} AND NOT {_WAITING} "
        "ORDER BY p.id LIMIT :limit",
        values,
    )
    return [row[0] for row in rows]


def forget(db: sqlite3.Connection, post_ids: Sequence[int], *, now: datetime) -> Forgotten:
    """Take posts out of the archive with all that was made of them.

    What stays: the ledger, that their ids are known, so that they are not read again, and that chats were told of them, without
    the words. Posts that repeat one of them begin a story of their own. The contents of files that no other post has
    are for the caller to drop, once this is durable.
    """
    marks = ",".join("?" * len(post_ids))
    rows = db.execute(
        f"SELECT id, channel_id, message_id, grouped_id, text, preview FROM post WHERE id IN ({marks})",
        post_ids,
    ).fetchall()
    proof.pruned(db, [row[0] for row in rows], now=now)
    for post_id, _, _, _, text, preview in rows:
        index.take_out(db, post_id, f"{text}\n{preview}" if preview else text)
    _lead_on(db, post_ids)
    files = media.forget(db, post_ids)
    for table in _OF_A_POST:
        db.execute(f"DELETE FROM {table} WHERE post_id IN ({marks})", post_ids)
    db.execute(f"DELETE FROM post WHERE id IN ({marks})", post_ids)
    subjects = {f"post:{channel}:{message}" for _, channel, message, *_ in rows}
    subjects |= {
        f"album:{channel}:{group}"
        for _, channel, _, group, *_ in rows
        if group is not None and not _has_parts(db, channel, group)
    }
    db.executemany(
        "UPDATE owed SET wanted = '', first = '', shown = '', brief = NULL, buttons = NULL, shown_buttons = NULL "
        "WHERE subject = ? AND due = 0 AND message_id IS NOT NULL",
        [(subject,) for subject in subjects],
    )
    return Forgotten(len(rows), tuple(files))


def _has_parts(db: sqlite3.Connection, channel_id: int, grouped_id: int) -> bool:
    found = db.execute(
        "SELECT 1 FROM post WHERE channel_id = ? AND grouped_id = ? LIMIT 1", (channel_id, grouped_id)
    )
    return found.fetchone() is not None


def _lead_on(db: sqlite3.Connection, gone: Sequence[int]) -> None:
    """The oldest post that stays leads each story whose first one goes."""
    marks = ",".join("?" * len(gone))
    rows = db.execute(
        f"SELECT first_id, min(post_id) FROM story_member WHERE first_id IN ({marks}) AND post_id NOT IN ({marks}) "
        "GROUP BY first_id",
        (*gone, *gone),
    ).fetchall()
    for first, heir in rows:
        db.execute("DELETE FROM story_member WHERE post_id = ?", (heir,))
        db.execute(
            "UPDATE story_member SET first_id = ? WHERE first_id = ? AND post_id <> ?", (heir, first, heir)
        )
    db.execute(f"DELETE FROM story_member WHERE first_id IN ({marks})", gone)


def free_pages(db: sqlite3.Connection) -> int:
    """How many pages of the file hold nothing."""
    return int(db.execute("PRAGMA freelist_count").fetchone()[0])


def give_back(db: sqlite3.Connection, pages: int = PAGES) -> int:
    """Give so many empty pages back to the disk; how many are left."""
    db.execute(f"PRAGMA incremental_vacuum({int(pages)})").fetchall()
    return free_pages(db)


def tidy_search(db: sqlite3.Connection) -> bool:
    """One step of throwing out of the search index what was forgotten; False where nothing is left to do."""
    return any(_merged(db, index) for index in ("post_fts", "earlier_fts"))


def _merged(db: sqlite3.Connection, index: str) -> bool:
    before = db.total_changes
    db.execute(f"INSERT INTO {index}({index}, rank) VALUES ('merge', -200)")
    return db.total_changes - before > 1


def size(db: sqlite3.Connection) -> int:
    """Bytes of the file, as SQLite counts its pages."""
    pages, page = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * page)
