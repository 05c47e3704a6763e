"""The answer to a query: the posts, how many there are, where its words stand, and what was left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.archive.finding import find, remarks
from bot.archive.here import Here, marker
from bot.archive.hits import Hit
from bot.archive.parser import parse
from bot.archive.search import prepared
from bot.claims import Table
from storage import search as index
from storage.records import Kept, Revision
from storage.search import After


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a query found."""

    hits: list[After]  # in the order that was asked for
    total: int | None  # posts found, as far as they were counted; None where only reading them all could tell
    remarks: list[str]  # what is left out, in words
    mark: Callable[[str], list[Hit]]  # where the query's words stand in a text


def answer(
    db: sqlite3.Connection,
    typed: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    min_confidence: float,
    table: Table | None,
    limit: int,
    counted: int,
) -> Answer:
    """At most `limit` posts, counted as far as `counted`; QueryError where the query can't be read.

    Claims take a while to be judged: ask a reader, not the writer.
    """
    search = prepared(db, typed, now=now, zone=zone, min_confidence=min_confidence, table=table)
    found = find(db, search, table, limit=limit)
    total: int | None = len(found.hits)
    if total == limit:
        total = None if search.claims else index.count(db, search, most=counted)
    return Answer(
        hits=found.hits,
        total=total,
        remarks=remarks(db, search, found, zone),
        mark=marker(Here.of(db), parse(typed).text),
    )


def told(kept: Kept, hit: After) -> Revision:
    """The version of a post in which it was found."""
    return (
        kept.revisions[-1]
        if hit.version is None
        else next(r for r in kept.revisions if r.number == hit.version)
    )
