"""The search index follows the posts: within a group commit all of it is written at the end, in one go.

FTS5 writes out what it has gathered whenever a savepoint or a statement's own journal begins or ends. A commit of many
posts, each in a savepoint, would make as many small segments and merge them again: that took three times as long as
all the rest (`tests/benchmarks/ingest.py`).
"""

from __future__ import annotations

import sqlite3
from typing import Any

from storage.folding import fold

_ADD = "INSERT INTO post_fts(rowid, text) VALUES (?, ?)"
_TAKE_OUT = "INSERT INTO post_fts(post_fts, rowid, text) VALUES ('delete', ?, ?)"


class Writer(sqlite3.Connection):
    """A connection that can put off writing the search index until its transaction ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.later: list[tuple[str, int, str]] | None = None
        """Statements that wait, each with its row and text, in order; None: they are carried out at once."""


def add(db: sqlite3.Connection, post_id: int, searchable: str) -> None:
    """A post is found by this text from now on."""
    _write(db, _ADD, post_id, fold(searchable))


def take_out(db: sqlite3.Connection, post_id: int, searchable: str) -> None:
    """A post is not found by this text any more, which must be the one that was added."""
    _write(db, _TAKE_OUT, post_id, fold(searchable))


def _write(db: sqlite3.Connection, statement: str, post_id: int, text: str) -> None:
    if isinstance(db, Writer) and db.later is not None:
        db.later.append((statement, post_id, text))
    else:
        db.execute(statement, (post_id, text))


def write_all(db: Writer) -> None:
    """Carry out what waits, in order."""
    for statement, post_id, text in db.later or ():
        db.execute(statement, (post_id, text))
