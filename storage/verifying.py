"""Comparing the ledger with itself and with the archive, a batch a snapshot, so that a service beside us is not held.

What the ledger promises stands in `storage.proof`; here is what it looks like when a promise is broken.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from storage.proof import ENTRY, FRAME, NOTHING, WORDS, Row, content, entry_hash, mark
from storage.records import Break, BreakKind, EntryKind
from storage.times import from_ms

_MARKS: Final = (EntryKind.DELETED, EntryKind.ADOPTED_DELETION)
_ENTRY: Final = ", ".join(f"e.{name.strip()}" for name in ENTRY.split(","))
_HELD: Final = ", ".join(
    [*(f"p.{name}" for name in FRAME), *(f"{table}.{name}" for table in "pr" for name in WORDS)]
)
_JOINED: Final = (
    f"SELECT {_ENTRY}, p.id, p.channel_id, p.message_id, p.rev, p.deleted_at, r.number, {_HELD} "
    "FROM proof e LEFT JOIN post p ON p.id = e.post_id "
    "LEFT JOIN revision r ON r.post_id = e.post_id AND r.number = e.rev "
    "WHERE e.number > ? ORDER BY e.number LIMIT ?"
)


@dataclass(slots=True)
class Walk:
    """How far a verification has come."""

    number: int = 0
    hash: bytes = NOTHING
    began: int | None = (
        None  # when the first entry was made, and the newest that was verified: Unix milliseconds
    )
    at: int | None = None
    kinds: Counter[str] = field(default_factory=Counter)
    met: dict[bytes, tuple[int, datetime]] = field(default_factory=dict)  # heads that were looked for
    posts: int = 0
    post_id: int = -1
    broken: Break | None = None


def entries(db: sqlite3.Connection, walk: Walk, wanted: frozenset[bytes], limit: int) -> bool:
    """Verify the next entries against the one before each and against the archive; False where none are left."""
    known: dict[int, int | None] = dict(db.execute("SELECT id, telegram_id FROM channel").fetchall())
    row = None
    for row in db.execute(_JOINED, (walk.number, limit)):
        number, kind, at = row[0], row[1], row[2]
        walk.broken = _in_chain(db, row, walk) or _content(db, row, known)
        if walk.broken is not None:
            return False
        walk.number, walk.hash, walk.at = number, row[12], at
        walk.kinds[kind] += 1
        if row[12] in wanted:
            walk.met[row[12]] = number, from_ms(at)
        if walk.began is None:
            walk.began = at
    return row is not None


def posts(db: sqlite3.Connection, walk: Walk, limit: int) -> bool:
    """Verify that the next posts, their revisions and deletions have entries; False where no posts are left."""
    ids = db.execute("SELECT id FROM post WHERE id > ? ORDER BY id LIMIT ?", (walk.post_id, limit)).fetchall()
    # A revision without a post would lie between two posts, or after the last.
    until = ids[-1][0] if len(ids) == limit else 1 << 62
    walk.broken = _unentered(db, walk.post_id, until)
    walk.posts += len(ids)
    walk.post_id = until
    return walk.broken is None and len(ids) == limit


def _in_chain(db: sqlite3.Connection, entry: Row, walk: Walk) -> Break | None:
    number, previous, hash_ = entry[0], entry[11], entry[12]
    if entry_hash(entry) != hash_:
        stood = _stood(db, entry)
        if stood is not None:
            return _break(BreakKind.ORDER, entry, f"this entry was made as number {stood}")
        return _break(BreakKind.ENTRY, entry, "its hash is not that of what it holds")
    if number != walk.number + 1:
        missing = f"number {walk.number + 1}" + (f" to {number - 1}" if number > walk.number + 2 else "")
        return Break(
            kind=BreakKind.MISSING, number=walk.number + 1, post="", rev=None,
            words=f"{missing} is not there; number {number} follows",
        )  # fmt: skip
    if previous != walk.hash:
        return _break(
            BreakKind.CHAIN, entry, f"it does not follow number {walk.number}: another entry stood there"
        )
    return None


def _stood(db: sqlite3.Connection, entry: Row) -> int | None:
    """The number under which an entry was made, where it stands under another one now."""
    before = db.execute("SELECT number FROM proof WHERE hash = ?", (entry[11],)).fetchone()
    numbers = {1} if entry[11] == NOTHING else set()
    if before is not None:  # it was moved too, or stays
        numbers |= {before[0] - 1, before[0], before[0] + 1, before[0] + 2}
    numbers |= {entry[0] + step for step in (-2, -1, 1, 2)}
    for number in sorted(numbers):
        if entry_hash((number, *entry[1:])) == entry[12]:
            return number
    return None


def _content(db: sqlite3.Connection, row: Row, channels: Mapping[int, int | None]) -> Break | None:
    """What the archive holds for an entry, unless a later one has taken its place."""
    kind, there = row[1], row[13] is not None
    if kind == EntryKind.PRUNED:
        if not there or _later(db, row, "kind IN ('kept', 'adopted')"):
            return None
        return _break(BreakKind.UNPRUNED, row, "the archive still holds what was removed")
    if not there:
        if _later(db, row, "kind = 'pruned'"):
            return None
        return _break(
            BreakKind.POST,
            row,
            "the archive does not hold it any more, and no entry says that it was removed",
        )
    if kind == EntryKind.RETURNED:
        return None
    return _mark(db, row) if kind in _MARKS else _said(db, row, channels)


def _mark(db: sqlite3.Connection, row: Row) -> Break | None:
    details, deleted_at = row[10], row[17]
    replaced = "kind IN ('deleted', 'adopted deletion', 'returned', 'pruned')"
    if details == mark(deleted_at) or _later(db, row, replaced):
        return None
    gone = "the mark of its deletion is gone" if deleted_at is None else "the time of its deletion differs"
    return _break(BreakKind.CONTENT, row, gone)


def _said(db: sqlite3.Connection, row: Row, channels: Mapping[int, int | None]) -> Break | None:
    post_id, channel_id, telegram_id, _, message_id, rev, said, details = row[3:11]
    now_in, number, present, _, older = row[14:19]
    if rev != present and older is None:
        if _later(db, row, "kind = 'pruned'"):
            return None
        return _break(BreakKind.REVISION, row, f"the archive does not hold revision {rev} any more")
    here = content(post_id, number, rev, row[19:29], row[29:35] if rev == present else row[35:41])
    same_channel = now_in == channel_id and telegram_id in (None, channels.get(now_in))
    if here == (said, details) and same_channel and number == message_id:
        return None
    # The first later entry that took this one's place; it is held to what is there in its turn.
    later = _later(db, row, "(kind = 'pruned' OR kind IN ('detail', 'fuller') AND rev = ?)", rev)
    if later is not None and (later[1] in (EntryKind.PRUNED, EntryKind.FULLER) or later[2] == said):
        return None
    parts = (
        (not same_channel, "its channel"),
        (number != message_id, "its message id"),
        (here[0] != said and number == message_id, "what was said (text, time of posting)"),
        (here[1] != details, "details (times, preview, formatting, media, author, forward, album, source)"),
    )
    differs = "; ".join(words for is_so, words in parts if is_so)
    return _break(BreakKind.CONTENT, row, f"the archive holds other content than was entered: {differs}")


def _later(db: sqlite3.Connection, entry: Row, which: str, *values: object) -> tuple[Any, ...] | None:
    """(number, kind, said) of the first later entry of the same post of which that is true."""
    found: tuple[Any, ...] | None = db.execute(
        f"SELECT number, kind, said FROM proof WHERE post_id = ? AND number > ? AND {which} ORDER BY number LIMIT 1",
        (entry[3], entry[0], *values),
    ).fetchone()
    return found


# An entry counts for a post only if the post was not pruned since: row ids are given anew.
_ENTERED: Final = (
    "EXISTS (SELECT 1 FROM proof e WHERE e.post_id = {id} AND e.rev = {rev} AND e.said IS NOT NULL AND e.number > "
    "(SELECT coalesce(max(x.number), 0) FROM proof x WHERE x.post_id = {id} AND x.kind = 'pruned'))"
)
_UNENTERED: Final = f"""
  SELECT p.id, p.rev FROM post p WHERE p.id > ? AND p.id <= ? AND NOT {_ENTERED.format(id="p.id", rev="p.rev")}
"""
_UNENTERED_REVISION: Final = f"""
  SELECT r.post_id, r.number FROM revision r LEFT JOIN post p ON p.id = r.post_id WHERE r.post_id > ? AND r.post_id <= ?
  AND (p.id IS NULL OR r.number >= p.rev OR NOT {_ENTERED.format(id="r.post_id", rev="r.number")})
"""
_UNENTERED_MARK: Final = """
  SELECT p.id, p.rev FROM post p WHERE p.id > ? AND p.id <= ? AND p.deleted_at IS NOT NULL AND coalesce((
    SELECT e.kind FROM proof e WHERE e.post_id = p.id
    AND e.kind IN ('deleted', 'adopted deletion', 'returned', 'pruned') ORDER BY e.number DESC LIMIT 1
  ), '') NOT IN ('deleted', 'adopted deletion')
"""
_CHECKS: Final = {
    _UNENTERED: "what it says now was never entered",
    _UNENTERED_REVISION: "an older revision was never entered",
    _UNENTERED_MARK: "it is marked as deleted, and that was never entered",
}


def _unentered(db: sqlite3.Connection, after: int, until: int) -> Break | None:
    for sql, words in _CHECKS.items():
        row = db.execute(f"{sql} LIMIT 1", (after, until)).fetchone()
        if row is not None:
            key = db.execute(
                "SELECT c.telegram_id, c.username, p.message_id FROM post p LEFT JOIN channel c ON c.id = p.channel_id "
                "WHERE p.id = ?",
                (row[0],),
            ).fetchone()
            post = _called(*key) if key else ""
            return Break(kind=BreakKind.UNENTERED, number=None, post=post, rev=row[1], words=words)
    return None


def _break(kind: BreakKind, entry: Row, words: str) -> Break:
    return Break(
        kind=kind, number=entry[0], post=_called(entry[5], entry[6], entry[7]), rev=entry[8], words=words
    )


def _called(telegram_id: int | None, username: str | None, message_id: int) -> str:
    return f"t.me/{username or f'c/{telegram_id}'}/{message_id}"
