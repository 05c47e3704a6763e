"""What is claimed about places, gathered from the archive and set side by side."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.claims import Claim, Table
from bot.claims.ledger import PlaceClaims, Said, side_by_side
from bot.commands import claims as texts
from bot.commands.archive import telling
from bot.languages import ENGLISH, Words
from storage import channels, digest, reading
from storage.records import Channel, Kept, PostKey, Revision, Watch

NEWEST: Final = 200  # posts about one place that are read for claims, where nobody waits for the answer
PROMPT: Final = 50  # where somebody does
BRIEF: Final = 4  # claims about one place among many
WHOLE: Final = 6  # about a place by itself
_AT_ONCE = 500  # posts held in one question to the archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The claims about places, and the posts that they were made in."""

    places: Mapping[int, PlaceClaims]
    posts: Mapping[PostKey, Kept]
    capped: frozenset[int]  # places with more posts than were read
    newest: int  # posts of a place that were read at most


def gather(
    db: sqlite3.Connection,
    watches: Iterable[Watch],
    since: datetime,
    until: datetime,
    table: Table,
    *,
    min_confidence: float,
    newest: int = NEWEST,
) -> Ledger:
    """The claims about the watched places between two times; each watch says which posts count.

    It takes nearly a millisecond for each post: ask a reader, not the writer.
    """
    about: dict[int, set[int]] = defaultdict(set)  # post -> places
    repeated: set[int] = set()
    capped: set[int] = set()
    for watch in watches:
        found = digest.newest(db, watch, since, until, min_confidence=min_confidence, limit=newest + 1)
        if len(found) > newest:
            capped.add(watch.place_id)
        for post_id, repeats in found[-newest:]:
            about[post_id].add(watch.place_id)
            if repeats:
                repeated.add(post_id)
    said: list[Said] = []
    posts: dict[PostKey, Kept] = {}
    for kept in _kept(db, sorted(about)):
        origin = _origin(db, kept)
        for place_id, claims in _claims(kept, about[kept.id], table):
            posts[kept.post.key] = kept
            said += [_said(kept, place_id, claim, origin, repeats=kept.id in repeated) for claim in claims]
    return Ledger(places=side_by_side(said, table), posts=posts, capped=frozenset(capped), newest=newest)


def read(
    db: sqlite3.Connection,
    watches: Iterable[Watch],
    since: datetime,
    until: datetime,
    table: Table | None,
    zone: ZoneInfo,
    now: datetime,
    *,
    min_confidence: float,
    newest: int = NEWEST,
    most: int = BRIEF,
    t: Words = ENGLISH,
) -> dict[int, list[str]]:
    """The claims about each watched place as `beside` gives them; nothing without a table."""
    if table is None:
        return {}
    found = gather(db, watches, since, until, table, min_confidence=min_confidence, newest=newest)
    return beside(found, table, zone, now, most=most, t=t)


def beside(
    ledger: Ledger, table: Table, zone: ZoneInfo, now: datetime, *, most: int = BRIEF, t: Words = ENGLISH
) -> dict[int, list[str]]:
    """The claims about each place in blocks of HTML, by the place's id."""
    return {
        place_id: texts.section(
            claims,
            ledger.posts,
            table,
            zone,
            now,
            most=most,
            newest=ledger.newest if place_id in ledger.capped else None,
            t=t,
        )
        for place_id, claims in ledger.places.items()
    }


def _kept(db: sqlite3.Connection, ids: list[int]) -> Iterator[Kept]:
    for at in range(0, len(ids), _AT_ONCE):
        yield from reading.kept_by_ids(db, ids[at : at + _AT_ONCE])


def _origin(db: sqlite3.Connection, kept: Kept) -> Channel | None:
    """The channel whose words a post forwards, where we know it."""
    forward = kept.post.forward
    if forward is None or forward.telegram_id is None:
        return None
    return channels.by_telegram_id(db, forward.telegram_id)


def _claims(kept: Kept, places: set[int], table: Table) -> Iterator[tuple[int, tuple[Claim, ...]]]:
    """What a post claims about places, each by the newest revision that mentions it."""
    by_revision: dict[int, tuple[Revision, set[int]]] = {}
    for place_id in places:
        revision, _ = telling(kept, {place_id})
        by_revision.setdefault(revision.number, (revision, set()))[1].add(place_id)
    for revision, told in by_revision.values():
        found = texts.claims_of(revision, told, table)
        yield from ((place_id, found[place_id]) for place_id in told if place_id in found)


def _said(kept: Kept, place_id: int, claim: Claim, origin: Channel | None, *, repeats: bool) -> Said:
    speaker = origin or kept.channel
    forward = kept.post.forward
    other = forward is not None and (origin is None or origin.id != kept.channel.id)
    return Said(
        claim=claim,
        place_id=place_id,
        post=kept.post.key,
        posted_at=kept.post.posted_at,
        channel=kept.channel.name,
        side=speaker.side or None,
        owner=(speaker.owner or "").strip().casefold() or speaker.name,
        copied=repeats or other,
    )
