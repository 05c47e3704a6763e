"""Files of posts: which are wanted, which are kept, and where. The same content is kept once.

A file is in its place, whole and durable, before its row says so; and that its row is gone is durable before the file
is. `drop` and `keep` look at both within the writer's transaction, so a content that another post brings meanwhile stays.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from storage.records import KeptFile, MediaState, PostFile
from storage.times import from_ms, to_ms

FOLDER = "media"  # beside the database

_COLUMNS = (
    "m.post_id, m.file_id, p.channel_id, p.message_id, m.state, m.reason, m.sha256, f.size, m.attempts "
    "FROM media m JOIN post p ON p.id = m.post_id LEFT JOIN media_file f ON f.sha256 = m.sha256"
)
_CHUNK = 500  # values of one statement


def path(data: Path, sha256: str) -> Path:
    """Where that content lies in a data folder."""
    return data / FOLDER / sha256[:2] / sha256


def want(db: sqlite3.Connection, post_id: int, file_id: int, *, now: datetime) -> None:
    """A post carries a file that is to be kept; nothing changes where that is known."""
    db.execute(
        "INSERT OR IGNORE INTO media(post_id, file_id, not_before) VALUES (?, ?, ?)",
        (post_id, file_id, to_ms(now)),
    )


def due(db: sqlite3.Connection, account: str, now: datetime, limit: int) -> list[PostFile]:
    """Files of one channel that the account reads, to be fetched now, those that wait longest first."""
    row = db.execute(
        "SELECT p.channel_id FROM media m JOIN post p ON p.id = m.post_id JOIN channel c ON c.id = p.channel_id "
        "WHERE m.state = 'wanted' AND m.not_before <= ? AND c.account = ? ORDER BY m.not_before LIMIT 1",
        (to_ms(now), account),
    ).fetchone()
    if row is None:
        return []
    return _select(
        db,
        "m.state = 'wanted' AND m.not_before <= ? AND p.channel_id = ? ORDER BY m.not_before, m.post_id LIMIT ?",
        (to_ms(now), row[0], limit),
    )


def wanted(db: sqlite3.Connection) -> set[int]:
    """Telegram's numbers of all files that are still to be fetched."""
    return {row[0] for row in db.execute("SELECT file_id FROM media WHERE state = 'wanted'")}


def known_as(db: sqlite3.Connection, file_id: int) -> KeptFile | None:
    """The content of a file of Telegram's that another post brought already."""
    row = db.execute(
        "SELECT f.sha256, f.size, f.kept_at FROM media m JOIN media_file f ON f.sha256 = m.sha256 "
        "WHERE m.file_id = ? AND m.sha256 IS NOT NULL LIMIT 1",
        (file_id,),
    ).fetchone()
    return None if row is None else KeptFile(sha256=row[0], size=row[1], kept_at=from_ms(row[2]))


def keep(
    db: sqlite3.Connection, file: PostFile, data: Path, sha256: str, size: int, *, now: datetime
) -> bool:
    """The file's content is in its place under `data`; False, and nothing changes, where it is there no more.

    Nor where the post was forgotten while the file was fetched: then it is dropped.
    """
    if not path(data, sha256).is_file():
        return False
    wanted = "SELECT 1 FROM media WHERE post_id = ? AND file_id = ?"
    if db.execute(wanted, (file.post_id, file.file_id)).fetchone() is None:
        drop(db, data, [sha256])
        return False
    db.execute(
        "INSERT OR IGNORE INTO media_file(sha256, size, kept_at) VALUES (?, ?, ?)", (sha256, size, to_ms(now))
    )
    db.execute(
        "UPDATE media SET state = 'kept', reason = NULL, sha256 = ? WHERE post_id = ? AND file_id = ?",
        (sha256, file.post_id, file.file_id),
    )
    return True


def leave(db: sqlite3.Connection, file: PostFile, reason: str) -> None:
    """The file is not to be had, or not wanted."""
    db.execute(
        "UPDATE media SET state = 'left', reason = ? WHERE post_id = ? AND file_id = ? AND state = 'wanted'",
        (reason, file.post_id, file.file_id),
    )


def put_off(
    db: sqlite3.Connection, files: Sequence[PostFile], reason: str, until: datetime, *, failed: bool
) -> None:
    """Try these again, not before then; it is no failed attempt where Telegram only asked to wait."""
    db.executemany(
        "UPDATE media SET attempts = attempts + ?, reason = ?, not_before = ? "
        "WHERE post_id = ? AND file_id = ? AND state = 'wanted'",
        [(failed, reason, to_ms(until), file.post_id, file.file_id) for file in files],
    )


def files(db: sqlite3.Connection) -> list[KeptFile]:
    """Every content that is kept; `path` says where."""
    rows = db.execute("SELECT sha256, size, kept_at FROM media_file ORDER BY sha256")
    return [KeptFile(sha256=sha256, size=size, kept_at=from_ms(at)) for sha256, size, at in rows]


def of_post(db: sqlite3.Connection, post_id: int) -> list[PostFile]:
    """The files that a post carries or carried, the first one first."""
    return _select(db, "m.post_id = ? ORDER BY m.not_before, m.file_id", (post_id,))


def forget(db: sqlite3.Connection, post_ids: Sequence[int]) -> list[str]:
    """These posts have no files any more; the contents that no other post has, for the caller to drop."""
    dropped: set[str] = set()
    for begin in range(0, len(post_ids), _CHUNK):
        part = post_ids[begin : begin + _CHUNK]
        marks = ",".join("?" * len(part))
        rows = db.execute(f"DELETE FROM media WHERE post_id IN ({marks}) RETURNING sha256", part).fetchall()
        dropped |= {sha256 for (sha256,) in rows if sha256 is not None}
    unused = [
        sha256
        for sha256 in sorted(dropped)
        if db.execute("SELECT 1 FROM media WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone() is None
    ]
    db.executemany("DELETE FROM media_file WHERE sha256 = ?", [(sha256,) for sha256 in unused])
    return unused


def drop(db: sqlite3.Connection, data: Path, contents: Iterable[str]) -> None:
    """Remove the files of contents that no post has; called in a transaction after that which forgot them."""
    for sha256 in contents:
        if db.execute("SELECT 1 FROM media_file WHERE sha256 = ?", (sha256,)).fetchone() is None:
            path(data, sha256).unlink(missing_ok=True)


def _select(db: sqlite3.Connection, where: str, values: Sequence[object]) -> list[PostFile]:
    rows = db.execute(f"SELECT {_COLUMNS} WHERE {where}", tuple(values))
    return [
        PostFile(
            post_id=post_id,
            file_id=file_id,
            channel_id=channel_id,
            message_id=message_id,
            state=MediaState(state),
            reason=reason,
            sha256=sha256,
            size=size,
            attempts=attempts,
        )
        for post_id, file_id, channel_id, message_id, state, reason, sha256, size, attempts in rows
    ]
