"""Finding what posts said before: an index of earlier revisions beside the one of what they say now.

Triggers keep it (migration 0030_earlier.sql): whoever writes or removes a row of `revision` has it indexed or
forgotten with exactly the same words. Only the words of the post itself are in it; of a post that was edited more
than 1,500 times, what it said after that is found only while it stands.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from storage.folding import fold

BITS: Final = 11  # of a row of the index, below the post's row id
_FIRST: Final = 512  # revisions that came to us later than newer ones have numbers below zero
ROW: Final = f"(post_id << {BITS} | (number + {_FIRST}))"  # of the index, for a row of `revision`
INDEXED: Final = f"number BETWEEN -{_FIRST} AND {(1 << BITS) - _FIRST - 1}"


def know_folding(db: sqlite3.Connection) -> None:
    """Let the triggers fold words; every connection that writes needs it."""
    db.create_function("folded", 1, fold, deterministic=True)


def revision_of(row: int) -> tuple[int, int]:
    """The post and the number of its revision that a row of the index stands for."""
    return row >> BITS, (row & ((1 << BITS) - 1)) - _FIRST


def waiting(db: sqlite3.Connection) -> int:
    """How many revisions from before the index are still to be indexed."""
    return int(db.execute("SELECT count(*) FROM earlier_waiting").fetchone()[0])


def adopt(db: sqlite3.Connection, limit: int) -> int:
    """Index the next revisions from before the index; how many, 0 once all are. The caller commits."""
    keys = db.execute(
        "SELECT post_id, number FROM earlier_waiting ORDER BY post_id, number LIMIT ?", (limit,)
    ).fetchall()
    db.executemany(
        f"INSERT INTO earlier_fts(rowid, text) SELECT {ROW}, folded(text) FROM revision "
        f"WHERE post_id = ? AND number = ? AND {INDEXED}",
        keys,
    )
    db.executemany("DELETE FROM earlier_waiting WHERE post_id = ? AND number = ?", keys)
    return len(keys)


def tidy(db: sqlite3.Connection) -> None:
    """Make one segment of the many that adopting leaves: a search looks for every form of a word in each."""
    db.execute("INSERT INTO earlier_fts(earlier_fts) VALUES ('optimize')")
