"""Backfills: which part of a channel's past is to be read. One a channel; what of it was read stands in `known`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from storage import channels, gaps, known
from storage.records import Backfill, BackfillState
from storage.times import from_ms, to_ms

_COLUMNS = "channel_id, since, until, low, high, state, problem, posts, asked_at, finished_at"


def ask(
    db: sqlite3.Connection,
    channel_id: int,
    *,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
) -> None:
    """Have a channel's posts between two times read; one that is not finished becomes as long as both together."""
    row = db.execute(
        "SELECT since, until FROM backfill WHERE channel_id = ? AND state <> 'finished'", (channel_id,)
    ).fetchone()
    first, last = to_ms(since), to_ms(until)
    if row is None:
        db.execute(
            "INSERT OR REPLACE INTO backfill(channel_id, since, until, state, asked_at) VALUES (?, ?, ?, 'waiting', ?)",
            (channel_id, first, last, to_ms(now)),
        )
        return
    first = None if first is None or row[0] is None else min(first, row[0])
    last = None if last is None or row[1] is None else max(last, row[1])
    db.execute(
        "UPDATE backfill SET since = ?, until = ?, low = NULL, high = NULL, state = 'waiting', problem = NULL "
        "WHERE channel_id = ?",
        (first, last, channel_id),
    )


def resume(db: sqlite3.Connection) -> list[Backfill]:
    """Go on with everything that is not finished; [] where nothing is left."""
    db.execute("UPDATE backfill SET state = 'waiting', problem = NULL WHERE state <> 'finished'")
    return unfinished(db)


def set_bounds(db: sqlite3.Connection, job: Backfill, low: int, high: int) -> None:
    """The message ids for which the times of `job` stand; nothing changes where others were asked for meanwhile."""
    db.execute(
        "UPDATE backfill SET low = ?, high = ? WHERE channel_id = ? AND since IS ? AND until IS ?",
        (low, high, job.channel.id, to_ms(job.since), to_ms(job.until)),
    )


def read(
    db: sqlite3.Connection,
    channel_id: int,
    low: int,
    high: int,
    posts: int,
    lost: Mapping[int, tuple[str, datetime]],
    *,
    now: datetime,
) -> None:
    """These message ids have been asked for, and that many posts among them are kept.

    `lost` are there and could not be kept, with why and when they were posted: they are gaps, and not known.
    """
    gaps.lose(db, channel_id, lost, now=now)
    for message_id in [*sorted(i for i in lost if low <= i <= high), high + 1]:
        if low < message_id:
            known.add(db, channel_id, low, message_id - 1)
        low = message_id + 1
    db.execute("UPDATE backfill SET posts = posts + ? WHERE channel_id = ?", (posts, channel_id))


def stop(db: sqlite3.Connection, channel_ids: Sequence[int]) -> None:
    """Leave the rest until somebody asks again."""
    marks = ",".join("?" * len(channel_ids))
    db.execute(
        f"UPDATE backfill SET state = 'stopped' WHERE state = 'waiting' AND channel_id IN ({marks})",
        channel_ids,
    )


def fail(db: sqlite3.Connection, channel_id: int, problem: str) -> None:
    """It can't go on until a person has done something."""
    db.execute(
        "UPDATE backfill SET state = 'failed', problem = ? WHERE channel_id = ?", (problem, channel_id)
    )


def finish(db: sqlite3.Connection, channel_id: int, low: int, high: int, *, now: datetime) -> bool:
    """Everything between these message ids is known; False where more has been asked for meanwhile."""
    done = db.execute(
        "UPDATE backfill SET state = 'finished', problem = NULL, finished_at = ? "
        "WHERE channel_id = ? AND low = ? AND high = ?",
        (to_ms(now), channel_id, low, high),
    )
    return done.rowcount > 0


def next_waiting(db: sqlite3.Connection) -> Backfill | None:
    """The one to go on with: the first that was asked for."""
    return next(iter(_select(db, "state = 'waiting' ORDER BY asked_at, channel_id LIMIT 1")), None)


def unfinished(db: sqlite3.Connection) -> list[Backfill]:
    """All that are not finished, in the order in which they were asked for."""
    return _select(db, "state <> 'finished' ORDER BY asked_at, channel_id")


def of(db: sqlite3.Connection, channel_ids: Sequence[int]) -> list[Backfill]:
    """Those of these channels, in the order in which they were asked for."""
    marks = ",".join("?" * len(channel_ids))
    return _select(db, f"channel_id IN ({marks}) ORDER BY asked_at, channel_id", channel_ids)


def left(db: sqlite3.Connection, channel_id: int, low: int, high: int) -> int:
    """How many message ids of a range have not been asked for yet."""
    return sum(b - a + 1 for a, b in known.missing(db, channel_id, low, high))


def _select(db: sqlite3.Connection, where: str, values: Sequence[object] = ()) -> list[Backfill]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM backfill WHERE {where}", tuple(values)).fetchall()
    return [
        Backfill(
            channel=channels.by_id(db, channel_id),
            since=from_ms(since),
            until=from_ms(until),
            low=low,
            high=high,
            left=None if low is None else left(db, channel_id, low, high),
            state=BackfillState(state),
            problem=problem,
            posts=posts,
            asked_at=from_ms(asked_at),
            finished_at=from_ms(finished_at),
        )
        for channel_id, since, until, low, high, state, problem, posts, asked_at, finished_at in rows
    ]
