"""What a list of posts folds together: the parts of an album, and a statement with those who repeat it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.records import Joined
from storage.times import posted_at


@dataclass(frozen=True, slots=True)
class Repeat:
    """A post of a story, in short."""

    post_id: int
    channel_id: int
    message_id: int
    how: Joined | None  # None: the story began with it
    why: str

    @property
    def posted_at(self) -> datetime:
        """To the second."""
        return posted_at(self.post_id)


def before(db: sqlite3.Connection, post_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """By post: those of the same story or album that were posted before it; nothing where there are none."""
    marks = ",".join("?" * len(post_ids))
    found: dict[int, set[int]] = defaultdict(set)
    rows = db.execute(
        f"SELECT p.id, q.id FROM post p JOIN post q ON q.channel_id = p.channel_id AND q.grouped_id = p.grouped_id "
        f"WHERE p.id IN ({marks}) AND p.grouped_id IS NOT NULL AND q.id < p.id",
        post_ids,
    )
    for post_id, part in rows:
        found[post_id].add(part)
    rows = db.execute(
        "SELECT s.post_id, s.first_id, m.post_id FROM story_member s JOIN story_member m ON m.first_id = s.first_id "
        f"WHERE s.post_id IN ({marks})",
        post_ids,
    )
    for post_id, first, other in rows:
        found[post_id] |= {one for one in (first, other) if one < post_id}
    # What a story is known by may come after one of its posts: a forward was kept before its original.
    rows = db.execute(
        f"SELECT first_id, post_id FROM story_member WHERE first_id IN ({marks}) AND post_id < first_id",
        post_ids,
    )
    for first, other in rows:
        found[first].add(other)
    return {post_id: frozenset(others) for post_id, others in found.items() if others}


def of_stories(db: sqlite3.Connection, firsts: Iterable[int]) -> dict[int, tuple[Repeat, ...]]:
    """By the post that a story is known by: its posts by time; nothing for a post that nobody repeats."""
    wanted = list(dict.fromkeys(firsts))
    marks = ",".join("?" * len(wanted))
    rows = db.execute(
        "SELECT m.first_id, m.post_id, p.channel_id, p.message_id, m.how, m.why FROM story_member m "
        f"JOIN post p ON p.id = m.post_id WHERE m.first_id IN ({marks}) ORDER BY m.post_id",
        wanted,
    ).fetchall()
    found: dict[int, list[Repeat]] = defaultdict(list)
    for first, post_id, channel_id, message_id, how, why in rows:
        found[first].append(Repeat(post_id, channel_id, message_id, Joined(how), why))
    leads = db.execute(
        f"SELECT id, channel_id, message_id FROM post WHERE id IN ({','.join('?' * len(found))})", list(found)
    )
    for post_id, channel_id, message_id in leads.fetchall():
        found[post_id].append(Repeat(post_id, channel_id, message_id, None, ""))
    return {first: tuple(sorted(every, key=lambda one: one.post_id)) for first, every in found.items()}
