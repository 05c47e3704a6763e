"""What people decided about statements, apart from what was said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from storage.records import Review, Verdict
from storage.times import from_ms, to_ms


def of_post(db: sqlite3.Connection, post_id: int) -> tuple[Review, ...]:
    """The decisions about the story that began with a post, by place."""
    rows = db.execute(
        "SELECT post_id, place_id, state, reason, other_place, name, actor, at, version FROM review "
        "WHERE post_id = ? ORDER BY place_id",
        (post_id,),
    )
    return tuple(
        Review(
            post_id=post,
            place_id=place,
            verdict=Verdict(state),
            reason=reason,
            other_place=other,
            name=name,
            actor=actor,
            at=from_ms(at),
            version=version,
        )
        for post, place, state, reason, other, name, actor, at, version in rows
    )


def decide(db: sqlite3.Connection, reviews: Iterable[Review]) -> None:
    """Keep decisions; a later one about the same statement and place replaces the earlier, which the audit keeps."""
    for r in reviews:
        db.execute(
            "INSERT INTO review(post_id, place_id, state, reason, other_place, name, actor, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason, "
            "other_place = excluded.other_place, name = excluded.name, actor = excluded.actor, at = excluded.at, "
            "version = version + 1",
            (r.post_id, r.place_id, r.verdict, r.reason, r.other_place, r.name, r.actor, to_ms(r.at)),
        )


def misfires(db: sqlite3.Connection, place_id: int) -> dict[str, tuple[int, int]]:
    """By name of a place: how often it was decided to be wrong, and how often anything was decided about it."""
    rows = db.execute(
        "SELECT name, sum(state = 'wrong'), count(*) FROM review WHERE place_id = ? AND name IS NOT NULL GROUP BY name",
        (place_id,),
    )
    return {name: (wrong, total) for name, wrong, total in rows}
