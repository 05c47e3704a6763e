"""Whether the archive is whole: SQLite's own checks, and what must hold between our tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage import earlier, media
from storage.database import migrations

_SHOWN = 5  # examples a rule
_BACK = "Put your newest good backup in its place: placewatch restore FILE"
_BUG = "Posts and alerts are safe; tell the makers of placewatch, and keep a backup of this state."


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold, where, and what to do."""

    rule: str
    count: int
    examples: tuple[str, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """What must hold; the query gives a line for each case in which it does not."""

    words: str
    query: str
    advice: str = _BUG


_RULES = (
    _Rule(
        "every post can be searched",
        "SELECT 'post ' || id FROM post WHERE id NOT IN (SELECT id FROM post_fts_docsize)",
        _BACK,
    ),
    _Rule(
        "nothing is found by a search that is no post",
        "SELECT 'row ' || id FROM post_fts_docsize WHERE id NOT IN (SELECT id FROM post)",
        _BACK,
    ),
    _Rule(
        "every earlier version can be searched",
        f"SELECT 'post ' || post_id || ' revision ' || number FROM revision r WHERE {earlier.ROW} NOT IN "
        f"(SELECT id FROM earlier_fts_docsize) AND {earlier.INDEXED} AND NOT EXISTS "
        "(SELECT 1 FROM earlier_waiting w WHERE w.post_id = r.post_id AND w.number = r.number)",
        _BACK,
    ),
    _Rule(
        "nothing is found by a search that is no earlier version",
        f"SELECT 'row ' || id FROM earlier_fts_docsize WHERE id NOT IN (SELECT {earlier.ROW} FROM revision)",
        _BACK,
    ),
    _Rule(
        "revisions are numbered from 0 without holes, and the post knows how many",
        "SELECT 'post ' || p.id || ': ' || p.rev || ' expected, ' || count(r.number) || ' kept' "
        "FROM post p LEFT JOIN revision r ON r.post_id = p.id AND r.number >= 0 GROUP BY p.id "
        "HAVING count(r.number) <> p.rev OR (p.rev > 0 AND (min(r.number) <> 0 OR max(r.number) <> p.rev - 1))",
        _BACK,
    ),
    _Rule(
        "a mention belongs to a revision that is kept",
        "SELECT DISTINCT 'post ' || m.post_id || ' revision ' || m.rev FROM mention m JOIN post p ON p.id = m.post_id "
        "WHERE m.rev <> p.rev AND NOT EXISTS (SELECT 1 FROM revision r WHERE r.post_id = m.post_id AND r.number = m.rev)",
    ),
    _Rule(
        "a mention lies within its text, and stands there",
        "SELECT 'post ' || m.post_id || ' revision ' || m.rev || ' at ' || m.start FROM mention m "
        "JOIN post p ON p.id = m.post_id LEFT JOIN revision r ON r.post_id = m.post_id AND r.number = m.rev "
        "WHERE (m.rev = p.rev OR r.post_id IS NOT NULL) AND m.surface <> substr("
        "CASE WHEN m.rev = p.rev THEN p.text || char(10) || p.preview ELSE r.text || char(10) || r.preview END, "
        "m.start + 1, m.end - m.start)",
        "Look for the places again: placewatch examine",
    ),
    _Rule(
        "a post is listed under each place that it mentions",
        "SELECT 'post ' || m.post_id || ' place ' || m.place_id FROM mention m LEFT JOIN post_place pp "
        "ON pp.post_id = m.post_id AND pp.place_id = m.place_id WHERE pp.post_id IS NULL GROUP BY 1",
        "Look for the places again: placewatch examine",
    ),
    _Rule(
        "known ids of a channel are ranges that neither overlap nor touch",
        "SELECT 'channel ' || a.channel_id || ' at ' || b.low FROM known a JOIN known b "
        "ON b.channel_id = a.channel_id AND b.low > a.low AND b.low <= a.high + 1",
    ),
    _Rule(
        "a file that is kept belongs to a post",
        "SELECT 'file ' || sha256 FROM media_file WHERE sha256 NOT IN (SELECT sha256 FROM media WHERE sha256 IS NOT NULL)",
    ),
    _Rule(
        "a message that has arrived shows something, and was begun",
        "SELECT 'message ' || id FROM owed WHERE message_id IS NOT NULL AND (first IS NULL OR shown IS NULL)",
    ),
    _Rule(
        "a reply and a summary answer and tell of messages that are kept",
        "SELECT 'message ' || o.id FROM owed o WHERE (o.answers IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM owed t WHERE t.id = o.answers)) OR (o.folded IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM owed s WHERE s.id = o.folded))",
    ),
    _Rule(
        "a story begins with a post that repeats nothing itself",
        "SELECT 'post ' || m.post_id FROM story_member m JOIN story_member f ON f.post_id = m.first_id "
        "WHERE f.first_id <> f.post_id",
    ),
    _Rule(
        "no post is older than Telegram, or from the future of the day it was kept",
        "SELECT 'post ' || id FROM post WHERE (id >> 20) < 1376352000 OR (id >> 20) * 1000 > received_at + 86400000",
        "Was this machine's clock wrong then? Its posts are kept; their times are the channel's.",
    ),
    _Rule(
        "a post was not deleted, nor edited, before it was posted",
        "SELECT 'post ' || id FROM post WHERE deleted_at < (id >> 20) * 1000 - 86400000 "
        "OR edited_at < (id >> 20) * 1000 - 86400000",
        "Was this machine's clock wrong then? Its posts are kept; their times are the channel's.",
    ),
)


def check(db: sqlite3.Connection, data: Path) -> Iterator[tuple[str, Broken | None]]:
    """Every check by its words, with what is broken; the caller may stop at any of them.

    Files are looked for in the data folder by name and size; their content is not read.
    """
    yield "the file is whole", _integrity(db)
    yield "every reference leads somewhere", _references(db)
    yield "the schema is this program's", _schema(db)
    for rule in _RULES:
        rows = [row[0] for row in db.execute(rule.query)]
        broken = Broken(rule.words, len(rows), tuple(map(str, rows[:_SHOWN])), rule.advice) if rows else None
        yield rule.words, broken
    yield "every file of a post that is kept lies in the data folder", _files(db, data)


def _integrity(db: sqlite3.Connection) -> Broken | None:
    rows = [str(row[0]) for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    return Broken("the file is whole", len(rows), tuple(rows[:_SHOWN]), _BACK) if rows else None


def _references(db: sqlite3.Connection) -> Broken | None:
    rows = [f"{row[0]} row {row[1]} misses its {row[2]}" for row in db.execute("PRAGMA foreign_key_check")]
    return Broken("every reference leads somewhere", len(rows), tuple(rows[:_SHOWN]), _BACK) if rows else None


def _files(db: sqlite3.Connection, data: Path) -> Broken | None:
    rows = []
    for sha256, size in db.execute("SELECT sha256, size FROM media_file"):
        try:
            found = media.path(data, sha256).stat().st_size
        except FileNotFoundError:
            rows.append(f"{sha256[:12]} is missing")
        else:
            if found != size:
                rows.append(f"{sha256[:12]} has {found:,} bytes, not {size:,}")
    words = "every file of a post that is kept lies in the data folder"
    return Broken(words, len(rows), tuple(rows[:_SHOWN]), _BACK) if rows else None


def _schema(db: sqlite3.Connection) -> Broken | None:
    kept = dict(db.execute("SELECT version, sha256 FROM schema_migration").fetchall())
    rows = [m.name for m in migrations() if kept.get(m.version) != m.sha256]
    advice = "Another placewatch has made this archive. Use that one, or restore a backup of this one's."
    return Broken("the schema is this program's", len(rows), tuple(rows[:_SHOWN]), advice) if rows else None
