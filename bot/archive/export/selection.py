"""What a query finds, all of it, read in short snapshots: a long one would let the write-ahead log grow."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from bot.archive.claimed import claims
from bot.archive.export.heading import Heading, heading
from bot.archive.search import prepared
from bot.claims import Table
from storage import exporting, reading
from storage import search as index
from storage.database import connect_reader, explained
from storage.exporting import Cast
from storage.records import Order, Search
from storage.records.exported import Statement
from storage.search import After

P = ParamSpec("P")
T = TypeVar("T")
Tell = Callable[
    [int, int], None
]  # hears how many posts have been gone through, and how many of them were found

AT_ONCE: Final = 1_000  # posts in one snapshot
_JUDGED: Final = 100  # posts read for claims in one snapshot: each takes up to a millisecond


class Archive:
    """The archive, read by one thread at a time, beside a running service."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def read(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function in one snapshot."""
        with explained(self._path):
            self._db.execute("BEGIN")
            try:
                return function(self._db, *args, **kwargs)
            finally:
                self._db.execute("ROLLBACK")


def connected(path: Path) -> Archive:
    """The archive at a path; it may be read on another thread than the one that opened it."""
    return Archive(connect_reader(path), path)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The same, closed at the end."""
    archive = connected(path)
    try:
        yield archive
    finally:
        archive.close()


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported, and the frame of it."""

    search: Search
    table: Table | None  # of claims
    heading: Heading


def selected(
    db: sqlite3.Connection,
    query: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    min_confidence: float,
    table: Table | None,
) -> Selection:
    """What a query asks for, everything where it is empty; QueryError says what can't be read."""
    typed = query.strip()
    search = (
        prepared(db, typed, now=now, zone=zone, min_confidence=min_confidence, table=table)
        if typed
        else Search(min_confidence=min_confidence)
    )
    frame = heading(db, typed, search, now=now, zone=zone, sure=min_confidence)
    return Selection(search, table, frame)


def count(archive: Archive, selection: Selection) -> int:
    """How many posts are gone through: those that are found, and where claims are asked for those that may be."""
    search = selection.search
    if search.match is not None and search.order is Order.RELEVANCE:
        return archive.read(index.count, search, most=index.RANKED)
    return archive.read(index.count, search, most=1 << 62)


def batches(
    archive: Archive, selection: Selection, tell: Tell = lambda _, __: None
) -> Iterator[list[Statement]]:
    """Every post that is found, in the order that was asked for; `tell` hears how far it is."""
    cast, asked, done, told = Cast(), selection.heading.asked, 0, 0
    for looked_at, found in hits(archive, selection):
        if found:
            yield archive.read(exporting.statements, found, cast, asked)
        done, told = done + looked_at, told + len(found)
        tell(done, told)


def statements(
    archive: Archive, selection: Selection, tell: Tell = lambda _, __: None
) -> Iterator[Statement]:
    """The same, one by one."""
    for batch in batches(archive, selection, tell):
        yield from batch


def again(archive: Archive, found: Iterator[After], asked: frozenset[int]) -> Iterator[Statement]:
    """Posts that were found before, in their order; those that were pruned meanwhile are left out."""
    cast = Cast()
    while some := list(islice(found, AT_ONCE)):
        yield from archive.read(exporting.statements, some, cast, asked)


def hits(archive: Archive, selection: Selection) -> Iterator[tuple[int, list[After]]]:
    """(how many were looked at, those of them that are found), a snapshot each."""
    search, judged = selection.search, selection.search.claims and selection.table is not None
    size = _JUDGED if judged else AT_ONCE
    for page in _pages(archive, search, size):
        yield len(page), archive.read(_claiming, page, selection) if judged else page


def _pages(archive: Archive, search: Search, size: int) -> Iterator[list[After]]:
    if search.match is not None and search.order is Order.RELEVANCE:
        # Ranks change as posts come in: the order is settled once.
        ranked = archive.read(index.page, search, limit=index.RANKED)
        yield from (ranked[at : at + size] for at in range(0, len(ranked), size))
        return
    after: After | None = None
    while page := archive.read(index.page, search, limit=size, after=after):
        yield page
        after = page[-1]


def _claiming(db: sqlite3.Connection, page: list[After], selection: Selection) -> list[After]:
    assert selection.table is not None  # noqa: S101 - asked by the caller
    search, places = selection.search, selection.heading.asked
    kept = {one.id: one for one in reading.kept_by_ids(db, [hit.post_id for hit in page])}
    return [
        hit
        for hit in page
        if hit.post_id in kept
        and claims(kept[hit.post_id], hit.version, search.claims, places, selection.table)
    ]
