"""Finding the posts that a search asks for, judging what no index can tell, and saying what was left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.archive.claimed import claims
from bot.claims import Table
from storage import reading
from storage import search as index
from storage.records import Kept, Search
from storage.search import After

JUDGED: Final = 1_000
"""Posts that are read for claims at most: each takes up to a millisecond."""
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Posts in the order that was asked for; what is said of them is true as far as `judged` goes."""

    hits: list[After]
    judged: int | None = None  # so many posts were read for claims, and more were not


def find(
    db: sqlite3.Connection, search: Search, table: Table | None, *, limit: int, after: After | None = None
) -> Found:
    """The posts that are found, `limit` at most; `after` is the last one of the page before.

    Claims are judged post by post, `JUDGED` of them at most: ask a reader, not the writer.
    """
    if not search.claims or table is None:
        return Found(index.page(db, search, limit=limit, after=after))
    hits: list[After] = []
    places = frozenset().union(*search.places)
    candidates = islice(index.stream(db, search, after), JUDGED + 1)
    for judged, (hit, kept) in enumerate(_kept(db, candidates)):
        if judged == JUDGED:
            return Found(hits, judged)
        if claims(kept, hit.version, search.claims, places, table):
            hits.append(hit)
            if len(hits) == limit:
                break
    return Found(hits)


def _kept(db: sqlite3.Connection, hits: Iterator[After]) -> Iterator[tuple[After, Kept]]:
    while batch := list(islice(hits, _AT_ONCE)):
        kept = {one.id: one for one in reading.kept_by_ids(db, [hit.post_id for hit in batch])}
        yield from ((hit, kept[hit.post_id]) for hit in batch if hit.post_id in kept)


def remarks(db: sqlite3.Connection, search: Search, found: Found, zone: ZoneInfo) -> list[str]:
    """What the answer leaves out, in words; nothing where it is whole."""
    said = []
    since = index.ranked_since(db, search)
    if since is not None:
        said.append(
            f"the newest {index.RANKED:,} posts that were found are set in order of relevance, "
            f"back to {moment(since, zone)}; for older ones add to:"
        )
    if found.judged is not None:
        said.append(
            f"claims were looked for in {found.judged:,} posts, and there are more; place:, from: or to: narrows them"
        )
    return said
