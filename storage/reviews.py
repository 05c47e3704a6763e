"""What people decided about statements, apart from what was said."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from storage.records import Handling, Note, Review, Verdict
from storage.times import from_ms, to_ms

COLUMNS: Final = "post_id, place_id, state, reason, other_place, name, actor, at, version"
"""What `of_row` reads, of the table `review`."""


def of_row(row: tuple[Any, ...]) -> Review:
    """A decision as it is kept."""
    post, place, state, reason, other, name, actor, at, version = row
    return Review(
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


def of_post(db: sqlite3.Connection, post_id: int) -> tuple[Review, ...]:
    """The decisions about the story that began with a post, by place."""
    return tuple(_reviews(db, [post_id])[post_id])


def _reviews(db: sqlite3.Connection, post_ids: Iterable[int]) -> dict[int, list[Review]]:
    wanted = list(post_ids)
    rows = db.execute(
        f"SELECT {COLUMNS} FROM review WHERE post_id IN ({_marks(wanted)}) ORDER BY post_id, place_id",
        wanted,
    )
    found: dict[int, list[Review]] = defaultdict(list)
    for row in rows:
        review = of_row(row)
        found[review.post_id].append(review)
    return found


def _marks(values: list[Any]) -> str:
    return ",".join("?" * len(values))


def handling(db: sqlite3.Connection, post_ids: Iterable[int]) -> dict[int, Handling]:
    """How far the team has come with the stories that began with these posts, each of them."""
    wanted = list(dict.fromkeys(post_ids))
    decided = _reviews(db, wanted)
    among = f"WHERE post_id IN ({_marks(wanted)})"
    assigned = {
        post: (assignee, actor, from_ms(at), version)
        for post, assignee, actor, at, version in db.execute(
            f"SELECT post_id, assignee, actor, at, version FROM assignment {among}", wanted
        )
    }
    tags: dict[int, list[str]] = defaultdict(list)
    for post, word in db.execute(f"SELECT post_id, word FROM tag {among} ORDER BY word", wanted):
        tags[post].append(word)
    notes: dict[int, list[Note]] = defaultdict(list)
    for post, text, actor, at in db.execute(
        f"SELECT post_id, text, actor, at FROM note {among} ORDER BY id", wanted
    ):
        notes[post].append(Note(text=text, actor=actor, at=from_ms(at)))
    found = {}
    for post in wanted:
        assignee, by, at, version = assigned.get(post, (None, None, None, 0))
        found[post] = Handling(
            post_id=post,
            version=version + sum(review.version for review in decided[post]),
            reviews=tuple(decided[post]),
            assignee=assignee,
            assigned_by=by,
            assigned_at=at,
            tags=tuple(tags[post]),
            notes=tuple(notes[post]),
        )
    return found


def assign(db: sqlite3.Connection, post_id: int, assignee: str | None, *, actor: str, at: datetime) -> None:
    """Somebody sees to the story that began with a post from now on, or nobody does."""
    db.execute(
        "INSERT INTO assignment(post_id, assignee, actor, at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET assignee = excluded.assignee, actor = excluded.actor, at = excluded.at, version = version + 1",
        (post_id, assignee, actor, to_ms(at)),
    )


def tag(db: sqlite3.Connection, post_id: int, word: str, *, actor: str, at: datetime) -> None:
    """The story that began with a post bears a word of the team's from now on."""
    db.execute(
        "INSERT INTO tag(post_id, word, actor, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (post_id, word, actor, to_ms(at)),
    )


def untag(db: sqlite3.Connection, post_id: int, word: str) -> None:
    """It bears the word no more; the audit keeps that it did."""
    db.execute("DELETE FROM tag WHERE post_id = ? AND word = ?", (post_id, word))


def note(db: sqlite3.Connection, post_id: int, text: str, *, actor: str, at: datetime) -> None:
    """Write something beside the story that began with a post."""
    db.execute(
        "INSERT INTO note(post_id, text, actor, at) VALUES (?, ?, ?, ?)", (post_id, text, actor, to_ms(at))
    )


def words(db: sqlite3.Connection) -> list[str]:
    """Every tag that is in use."""
    return [row[0] for row in db.execute("SELECT DISTINCT word FROM tag ORDER BY word")]


def people(db: sqlite3.Connection) -> list[str]:
    """Everybody who sees to something."""
    rows = db.execute("SELECT DISTINCT assignee FROM assignment WHERE assignee IS NOT NULL ORDER BY assignee")
    return [row[0] for row in rows]


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
