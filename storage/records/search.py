"""What is looked for in the archive, with every name resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Order(StrEnum):
    """Which posts come first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"  # where words are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Posts for which all of this holds; None asks for nothing."""

    match: str | None = None  # an FTS5 expression over folded words
    unmatched: str | None = None  # an FTS5 expression that must not hold
    places: tuple[frozenset[int], ...] = ()  # of each set one place is mentioned
    no_places: frozenset[int] = frozenset()
    channels: frozenset[int] | None = None
    no_channels: frozenset[int] = frozenset()
    since: datetime | None = None
    until: datetime | None = None  # posts before this moment
    states: tuple[tuple[str, bool], ...] = ()  # («edited», whether it must hold)
    media: tuple[tuple[str, bool], ...] = ()  # («photo», whether it must hold)
    claims: tuple[
        tuple[frozenset[str], bool], ...
    ] = ()  # kinds, one of which must be claimed, or none; not in the index
    min_confidence: float = 0
    only: frozenset[int] | None = None  # of these posts, by their row ids
    order: Order = Order.NEWEST
