"""The places that a post mentions, revision by revision."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from storage.records import Mention, MentionKind, Rival
from storage.times import first_id

_USUAL_LEAST, _USUAL_SHARE = 5, 0.3  # mentions of a region that make it a channel's usual one
_COLUMNS = "start, end, surface, place_id, name, kind, confidence, why, rivals, late"


def write(db: sqlite3.Connection, post_id: int, rev: int, mentions: Iterable[Mention]) -> None:
    """These, and no others, are the mentions of that revision."""
    clear(db, post_id, rev)
    add(db, post_id, rev, mentions)


def clear(db: sqlite3.Connection, post_id: int, rev: int) -> None:
    """That revision mentions nothing, until something is added."""
    db.execute("DELETE FROM mention WHERE post_id = ? AND rev = ?", (post_id, rev))


def add(db: sqlite3.Connection, post_id: int, rev: int, mentions: Iterable[Mention]) -> None:
    """That revision mentions these too."""
    best: dict[int, float] = {}
    rows = []
    for m in mentions:
        rivals = json.dumps([[r.place_id, r.confidence] for r in m.rivals]) if m.rivals else "[]"
        rows.append((
            post_id, rev, m.start, m.end, m.surface, m.place_id, m.name, m.kind, m.confidence, m.why, rivals, m.late,
        ))  # fmt: skip
        best[m.place_id] = max(m.confidence, best.get(m.place_id, 0))
    db.executemany(
        f"INSERT OR IGNORE INTO mention(post_id, rev, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    # A place once, however often it is named: what is counted by place follows each of these.
    db.executemany(
        "INSERT INTO post_place(place_id, post_id, confidence, channel_id) "
        "SELECT ?, id, ?, channel_id FROM post WHERE id = ? "
        "ON CONFLICT DO UPDATE SET confidence = max(confidence, excluded.confidence)",
        [(place_id, confidence, post_id) for place_id, confidence in best.items()],
    )


def late(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """The same mentions, found too late to be news."""
    return tuple(replace(mention, late=True) for mention in mentions)


def rewrite(db: sqlite3.Connection, post_id: int, found: Mapping[int, Sequence[Mention]]) -> None:
    """A post's mentions anew, for the revisions given; the best of all revisions counts for its places."""
    db.execute("DELETE FROM post_place WHERE post_id = ?", (post_id,))
    for rev, mentions in found.items():
        write(db, post_id, rev, mentions)
    db.execute(
        "INSERT INTO post_place(place_id, post_id, confidence, channel_id) "
        "SELECT m.place_id, p.id, max(m.confidence), p.channel_id FROM mention m JOIN post p ON p.id = m.post_id "
        "WHERE p.id = ? GROUP BY m.place_id "
        "ON CONFLICT DO UPDATE SET confidence = excluded.confidence",
        (post_id,),
    )


def surfaces(db: sqlite3.Connection, post_id: int) -> set[str]:
    """What the mentions of a post, of all its revisions, look like in its words."""
    rows = db.execute("SELECT surface FROM mention WHERE post_id = ?", (post_id,))
    return {surface for (surface,) in rows}


def usual_regions(db: sqlite3.Connection, since: datetime) -> dict[int, frozenset[str]]:
    """By channel: the regions of which it usually speaks, told from mentions of places that have no rival.

    A region is usual where at least five such mentions since then, and three in ten of all, lie in it.
    """
    rows = db.execute(
        "SELECT p.channel_id, pl.region, count(*) FROM mention m JOIN post p ON p.id = m.post_id "
        "JOIN place pl ON pl.id = m.place_id WHERE m.post_id >= ? AND m.rivals = '[]' AND m.confidence >= 0.5 "
        "AND pl.region IS NOT NULL GROUP BY 1, 2",
        (first_id(since),),
    ).fetchall()
    totals: dict[int, int] = defaultdict(int)
    for channel_id, _, count in rows:
        totals[channel_id] += count
    usual: dict[int, set[str]] = defaultdict(set)
    for channel_id, region, count in rows:
        if count >= _USUAL_LEAST and count >= _USUAL_SHARE * totals[channel_id]:
            usual[channel_id].add(region)
    return {channel_id: frozenset(regions) for channel_id, regions in usual.items()}


def of_posts(db: sqlite3.Connection, ids: Sequence[int]) -> dict[tuple[int, int], list[Mention]]:
    """Mentions by (post id, revision), in text order, the surest first at each place."""
    found: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    marks = ",".join("?" * len(ids))
    rows = db.execute(
        f"SELECT post_id, rev, {_COLUMNS} FROM mention WHERE post_id IN ({marks}) "
        "ORDER BY post_id, rev, start, confidence DESC",
        ids,
    )
    for post_id, rev, start, end, surface, place_id, name, kind, confidence, why, rivals, late in rows:
        found[post_id, rev].append(
            Mention(
                start=start,
                end=end,
                surface=surface,
                place_id=place_id,
                name=name,
                kind=MentionKind(kind),
                confidence=confidence,
                why=why,
                rivals=tuple(Rival(*r) for r in json.loads(rivals)),
                late=bool(late),
            )
        )
    return found
