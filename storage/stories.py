"""Stories: a statement and the posts that repeat it. A story is known by the post it began with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from storage import channels
from storage.reading import kept_by_ids
from storage.records import Joined, Kept, Member, Post, PostKey, subject_of
from storage.times import first_id


class Joins(NamedTuple):
    """A kept post that a new one repeats, how, and why we think so."""

    post_id: int
    how: Joined
    why: str


# Is the post (by its row id) a copy of one that was kept lately? And remember it for those to come.
FindCopy = Callable[[sqlite3.Connection, int, Post], Joins | None]


def join(db: sqlite3.Connection, post_id: int, post: Post, find_copy: FindCopy) -> None:
    """Put a post that mentions a place into the story that it repeats, if it repeats one.

    Only stories about one of its places are joined. What stands in a story already stays there.
    """
    album = [post_id] if post.grouped_id is None else album_of(db, post_id)
    if _in_story(db, album) or _has_alert(db, post):
        return
    found = _related(db, post, album) or find_copy(db, post_id, post)
    if found is None or found.post_id in album or not _share_a_place(db, album, found.post_id):
        return
    row = db.execute("SELECT first_id FROM story_member WHERE post_id = ?", (found.post_id,)).fetchone()
    db.execute(
        "INSERT OR IGNORE INTO story_member(post_id, first_id, how, why) VALUES (?, ?, ?, ?)",
        (post_id, row[0] if row else found.post_id, found.how, found.why),
    )


def _in_story(db: sqlite3.Connection, ids: Sequence[int]) -> bool:
    marks = ",".join("?" * len(ids))
    return (
        db.execute(
            f"SELECT 1 FROM story_member WHERE post_id IN ({marks}) OR first_id IN ({marks}) LIMIT 1",
            (*ids, *ids),
        ).fetchone()
        is not None
    )


def _has_alert(db: sqlite3.Connection, post: Post) -> bool:
    row = db.execute(
        "SELECT 1 FROM owed WHERE subject = ? AND kind = 'alert' LIMIT 1", (post.subject,)
    ).fetchone()
    return row is not None


def _related(db: sqlite3.Connection, post: Post, album: Sequence[int]) -> Joins | None:
    """The post's origin, another forward of the same origin, or a forward of this post that came earlier."""
    marks = ",".join("?" * len(album))
    forward = post.forward
    if forward is not None and forward.telegram_id is not None and forward.message_id is not None:
        row = db.execute(
            "SELECT p.id FROM post p JOIN channel c ON c.id = p.channel_id WHERE c.telegram_id = ? AND p.message_id = ?",
            (forward.telegram_id, forward.message_id),
        ).fetchone()
        if row is not None:
            return Joins(row[0], Joined.FORWARD, "a forward of the first post")
        row = db.execute(
            "SELECT id FROM post WHERE forward_telegram_id = ? AND forward_message_id = ? "
            f"AND id NOT IN ({marks}) ORDER BY id LIMIT 1",
            (forward.telegram_id, forward.message_id, *album),
        ).fetchone()
        return None if row is None else Joins(row[0], Joined.FORWARD, "a forward of the same post")
    row = db.execute(
        "SELECT f.id FROM post f JOIN channel c ON c.telegram_id = f.forward_telegram_id "
        "WHERE c.id = ? AND f.forward_message_id = ? ORDER BY f.id LIMIT 1",
        (post.key.channel_id, post.key.message_id),
    ).fetchone()
    return None if row is None else Joins(row[0], Joined.ORIGINAL, "what the first post forwards")


def _share_a_place(db: sqlite3.Connection, album: Sequence[int], other: int) -> bool:
    marks = ",".join("?" * len(album))
    row = db.execute(
        f"SELECT 1 FROM post_place a JOIN post_place b ON b.place_id = a.place_id WHERE a.post_id IN ({marks}) "
        "AND b.post_id = ? LIMIT 1",
        (*album, other),
    ).fetchone()
    return row is not None


def album_of(db: sqlite3.Connection, post_id: int) -> list[int]:
    """Row ids of the parts of the album that a post is a part of, in order of message id; else itself alone."""
    channel_id, grouped_id = db.execute(
        "SELECT channel_id, grouped_id FROM post WHERE id = ?", (post_id,)
    ).fetchone()
    if grouped_id is None:
        return [post_id]
    rows = db.execute(
        "SELECT id FROM post WHERE channel_id = ? AND grouped_id = ? ORDER BY message_id",
        (channel_id, grouped_id),
    )
    return [row[0] for row in rows]


def first_of(db: sqlite3.Connection, post_id: int) -> int:
    """The row id of the post with which the story of a post began; the post's own where it repeats nothing."""
    album = album_of(db, post_id)
    marks = ",".join("?" * len(album))
    row = db.execute(
        f"SELECT first_id FROM story_member WHERE post_id IN ({marks}) LIMIT 1", album
    ).fetchone()
    return album[0] if row is None else album_of(db, row[0])[0]


class Outline(NamedTuple):
    """A statement of a story by the row ids of its parts, and how it came to the story."""

    parts: list[int]
    how: Joined | None
    why: str


def outline(db: sqlite3.Connection, first: int) -> list[Outline]:
    """The statements of the story that began with a post: that one, then the others by time."""
    album = album_of(db, first)
    marks = ",".join("?" * len(album))
    rows = db.execute(
        f"SELECT post_id, how, why FROM story_member WHERE first_id IN ({marks}) ORDER BY post_id", album
    ).fetchall()
    others = (Outline(album_of(db, post_id), Joined(how), why) for post_id, how, why in rows)
    return [Outline(album, None, ""), *others]


def subject(db: sqlite3.Connection, first: int) -> str:
    """What alerts about the story that began with a post are known by."""
    channel_id, message_id, grouped_id = db.execute(
        "SELECT channel_id, message_id, grouped_id FROM post WHERE id = ?", (first,)
    ).fetchone()
    return subject_of(PostKey(channel_id, message_id), grouped_id)


def members(db: sqlite3.Connection, first: int) -> tuple[Member, ...]:
    """The statements of the story that began with a post: that one, then the others by time."""
    return filled(db, outline(db, first))


def filled(db: sqlite3.Connection, statements: Iterable[Outline]) -> tuple[Member, ...]:
    """The statements of an outline with all that was said."""
    return tuple(_member(db, *statement) for statement in statements)


def _member(db: sqlite3.Connection, ids: list[int], how: Joined | None, why: str) -> Member:
    parts: list[Kept] = sorted(kept_by_ids(db, ids), key=lambda kept: kept.post.key)
    forward = parts[0].post.forward
    origin = None
    if forward is not None and forward.telegram_id is not None:
        origin = channels.by_telegram_id(db, forward.telegram_id)
    return Member(parts=tuple(parts), how=how, why=why, origin=origin)


def keep_fingerprint(db: sqlite3.Connection, post_id: int, data: bytes) -> None:
    """Remember what copies of a post are found by."""
    db.execute(
        "INSERT INTO fingerprint(post_id, data) VALUES (?, ?) ON CONFLICT DO UPDATE SET data = excluded.data",
        (post_id, data),
    )


def fingerprints(db: sqlite3.Connection, since: datetime) -> list[tuple[int, bytes]]:
    """(row id, fingerprint) of the posts since a time, oldest first."""
    rows = db.execute(
        "SELECT post_id, data FROM fingerprint WHERE post_id >= ? ORDER BY post_id", (first_id(since),)
    )
    return rows.fetchall()


def forget_fingerprints(db: sqlite3.Connection, before: datetime) -> None:
    """Posts before a time are not looked for as originals of copies any more."""
    db.execute("DELETE FROM fingerprint WHERE post_id < ?", (first_id(before),))


def exists(db: sqlite3.Connection, post_id: int) -> bool:
    """Whether a post of that row id is kept."""
    return db.execute("SELECT 1 FROM post WHERE id = ?", (post_id,)).fetchone() is not None
