"""How the names of places fare: how often each is used, and how often people found it wrong."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """Posts that name a place so, in any of their revisions, uncertain mentions among them."""

    name: str
    kind: str  # of mention
    posts: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What people decided about statements in which a place was found by a name."""

    name: str
    right: int  # it is the place, whether or not the statement is what the team looks for
    wrong: int

    @property
    def reviews(self) -> int:
        """How many decisions say whether it is the place; a second look says neither."""
        return self.right + self.wrong


def of_place(db: sqlite3.Connection, place_id: int) -> list[Use]:
    """The names by which a place was found, the most used first."""
    rows = db.execute(
        "SELECT name, kind, posts FROM name_use WHERE place_id = ? AND posts > 0 ORDER BY posts DESC, name, kind",
        (place_id,),
    )
    return [Use(*row) for row in rows]


def totals(db: sqlite3.Connection, place_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By place and name: posts that use it, whatever they mean to name by it."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    marks = ",".join("?" * len(place_ids))
    rows = db.execute(
        f"SELECT place_id, name, sum(posts) FROM name_use WHERE place_id IN ({marks}) GROUP BY 1, 2",
        tuple(place_ids),
    )
    for place_id, name, posts in rows:
        found[place_id][name] = posts
    return found


def judged(db: sqlite3.Connection) -> dict[int, list[Judged]]:
    """By place: its names that people decided about, those that were wrong most often first."""
    found: dict[int, list[Judged]] = defaultdict(list)
    rows = db.execute(
        "SELECT place_id, name, sum(state IN ('relevant', 'not relevant')), sum(state = 'wrong') AS wrong FROM review "
        "WHERE name IS NOT NULL GROUP BY 1, 2 ORDER BY wrong DESC, name"
    )
    for place_id, name, right, wrong in rows:
        if right or wrong:
            found[place_id].append(Judged(name, right, wrong))
    return found
