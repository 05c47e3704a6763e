"""What the stored posts have been examined with, and which must be examined again.

A generation is one state of all names and of the matcher. A change makes a new one; the archive is then
gone through from its newest post down, so that "examined since" is one moment. Posts that are kept meanwhile are
examined as they come: one that was read with names that have changed since is noted as overtaken.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import mentions, places
from storage.records import Mention, Place, Progress
from storage.times import from_ms, posted_at, to_ms

_TOP = 1 << 62  # above every post id
_FIRST_RETRY = timedelta(minutes=1)
_LAST_RETRY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Text:
    """One revision's text, with what was found in it before."""

    post_id: int
    rev: int
    channel_id: int
    searchable: str
    mentions: tuple[Mention, ...]


def begin(db: sqlite3.Connection, matcher_version: int, *, now: datetime) -> int:
    """The generation to examine in from now on; a new one where names or the matcher have changed."""
    newest = db.execute(
        "SELECT generation, matcher_version FROM examination ORDER BY generation DESC LIMIT 1"
    ).fetchone()
    generation, version = newest or (0, None)
    if version != matcher_version:
        db.execute("UPDATE place SET generation = ? WHERE removed_at IS NULL", (generation + 1,))
    elif generation_wanted(db) <= generation:
        return int(generation)
    # A new generation does all that an unfinished one had to do.
    db.execute("UPDATE examination SET finished_at = ? WHERE finished_at IS NULL", (to_ms(now),))
    total = 0
    if db.execute("SELECT 1 FROM place WHERE removed_at IS NULL LIMIT 1").fetchone():
        (total,) = db.execute("SELECT count(*) FROM post").fetchone()
    db.execute(
        "INSERT INTO examination(generation, matcher_version, started_at, reached, total, finished_at) VALUES (?, ?, ?, ?, ?, ?)",
        (generation + 1, matcher_version, to_ms(now), _TOP, total, None if total else to_ms(now)),
    )
    retry_all(db, now=now)
    return int(generation) + 1


def changes(db: sqlite3.Connection, since: int) -> tuple[int, list[int], list[Place]]:
    """The generation in which all names are looked for as they are, every tracked place's id, and the places that
    have changed since a generation: read in one snapshot.
    """
    ids = [i for (i,) in db.execute("SELECT id FROM place WHERE removed_at IS NULL ORDER BY id")]
    return generation_wanted(db), ids, places.tracked(db, since=since)


def generation_wanted(db: sqlite3.Connection) -> int:
    """The generation in which every name is looked for as it is now; newer than the last where a change waits."""
    (wanted,) = db.execute("SELECT max(generation) FROM place").fetchone()
    return int(wanted or 0)


def progress(db: sqlite3.Connection) -> Progress | None:
    """How far the newest generation has come; None before the first."""
    row = db.execute(
        "SELECT generation, started_at, reached, examined, total, finished_at FROM examination "
        "ORDER BY generation DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    generation, started, reached, examined, total, finished = row
    return Progress(
        generation=generation,
        started_at=from_ms(started),
        since=None if reached == _TOP else posted_at(reached),
        examined=examined,
        total=total,
        finished_at=from_ms(finished),
    )


def unfinished_for(db: sqlite3.Connection, place_ids: Iterable[int]) -> Progress | None:
    """The examination that is still to find some of these places in older posts; None where their history is whole."""
    running = progress(db)
    if running is not None and running.finished_at is not None:
        running = None
    wanted = sorted(set(place_ids))
    marks = ",".join("?" * len(wanted))
    (newest,) = db.execute(f"SELECT max(generation) FROM place WHERE id IN ({marks})", wanted).fetchone()
    (whole,) = db.execute("SELECT max(generation) FROM examination WHERE examined >= total").fetchone()
    return running if newest is not None and newest > (whole or 0) else None


def page(db: sqlite3.Connection, generation: int, limit: int) -> list[Text]:
    """The texts that come next in that generation, newest post first, every revision of each; [] at the end."""
    row = db.execute(
        "SELECT reached FROM examination WHERE generation = ? AND finished_at IS NULL", (generation,)
    ).fetchone()
    if row is None:
        return []
    ids = [
        i for (i,) in db.execute("SELECT id FROM post WHERE id < ? ORDER BY id DESC LIMIT ?", (row[0], limit))
    ]
    return texts(db, ids)


def texts(db: sqlite3.Connection, ids: Sequence[int]) -> list[Text]:
    """Every revision of these posts, the newest post first."""
    marks = ",".join("?" * len(ids))
    known = mentions.of_posts(db, ids)
    rows = db.execute(
        f"SELECT id, rev, channel_id, text, preview FROM post WHERE id IN ({marks}) UNION ALL "
        "SELECT r.post_id, r.number, p.channel_id, r.text, r.preview FROM revision r JOIN post p ON p.id = r.post_id "
        f"WHERE r.post_id IN ({marks}) ORDER BY 1 DESC, 2",
        (*ids, *ids),
    )
    return [
        Text(i, rev, channel, f"{text}\n{preview}" if preview else text, tuple(known.get((i, rev), ())))
        for i, rev, channel, text, preview in rows
    ]


def keep_page(
    db: sqlite3.Connection,
    generation: int,
    page: Sequence[Text],
    found: Mapping[int, Mapping[int, Sequence[Mention]]],
    *,
    now: datetime,
) -> bool:
    """Keep what a page gave (`found`: post -> revision -> mentions, only where it differs), and go on below it.

    False where another generation has begun meanwhile: nothing is kept then.
    """
    ids = {text.post_id for text in page}
    done = db.execute(
        "UPDATE examination SET reached = ?, examined = examined + ? WHERE generation = ? AND finished_at IS NULL",
        (min(ids), len(ids), generation),
    ).rowcount
    if not done:
        return False
    seen = {(text.post_id, text.rev): text.searchable for text in page}
    present = texts(db, list(found))
    edited = {t.post_id for t in present if seen.get((t.post_id, t.rev)) != t.searchable}
    there = {t.post_id for t in present}
    for post_id, revisions in found.items():
        if post_id not in there:  # forgotten since the page was read
            continue
        if post_id in edited:
            note(db, post_id, "overtaken", now=now)
        else:
            mentions.rewrite(db, post_id, revisions)
    return True


def finish(db: sqlite3.Connection, generation: int, *, now: datetime) -> None:
    """Every post has been examined in that generation."""
    db.execute(
        "UPDATE examination SET finished_at = ?, total = examined WHERE generation = ? AND finished_at IS NULL",
        (to_ms(now), generation),
    )


def note(db: sqlite3.Connection, post_id: int, reason: str, *, now: datetime, late: bool = False) -> None:
    """A post has to be examined by itself: it failed, or names changed while it was taken."""
    db.execute(
        "INSERT INTO unexamined(post_id, reason, not_before, late) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET reason = excluded.reason, not_before = excluded.not_before, late = late AND excluded.late",
        (post_id, reason, to_ms(now + _FIRST_RETRY if reason == "failed" else now), late),
    )


def is_late(db: sqlite3.Connection, post_id: int) -> bool:
    """Whether a post that waits to be examined was kept too late to be news."""
    row = db.execute("SELECT late FROM unexamined WHERE post_id = ?", (post_id,)).fetchone()
    return row is not None and bool(row[0])


def settled(db: sqlite3.Connection, post_id: int) -> None:
    """The post has been examined."""
    db.execute("DELETE FROM unexamined WHERE post_id = ?", (post_id,))


def put_off(db: sqlite3.Connection, post_id: int, *, now: datetime) -> None:
    """The post failed again: later, twice as long each time."""
    (attempts,) = db.execute(
        "UPDATE unexamined SET attempts = attempts + 1 WHERE post_id = ? RETURNING attempts", (post_id,)
    ).fetchone()
    wait = min(_LAST_RETRY, _FIRST_RETRY * 2 ** min(attempts, 12))
    db.execute("UPDATE unexamined SET not_before = ? WHERE post_id = ?", (to_ms(now + wait), post_id))


def retry_all(db: sqlite3.Connection, *, now: datetime) -> None:
    """Names or the matcher have changed, or the service starts: what failed is tried at once."""
    db.execute("UPDATE unexamined SET not_before = ? WHERE not_before > ?", (to_ms(now), to_ms(now)))


def next_alone(db: sqlite3.Connection) -> tuple[int, datetime] | None:
    """The post that is to be examined by itself next, and when."""
    row = db.execute(
        "SELECT post_id, not_before FROM unexamined ORDER BY not_before, post_id LIMIT 1"
    ).fetchone()
    return None if row is None else (row[0], from_ms(row[1]))


def waiting_alone(db: sqlite3.Connection) -> int:
    """How many posts are still to be examined by themselves."""
    return int(db.execute("SELECT count(*) FROM unexamined").fetchone()[0])
