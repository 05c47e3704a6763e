"""Reading the archive back: whole posts, newest first, by keyset."""

from __future__ import annotations

import heapq
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from storage import channels, mentions
from storage.records import (
    Entity,
    Examined,
    Forward,
    Kept,
    Media,
    Mention,
    Post,
    PostKey,
    Revision,
    Source,
)
from storage.times import first_id, from_ms, posted_at

_MERGED: Final = 200  # places; more are found by going through all mentions
_SUBJECT = re.compile(r"(post|album):(\d+):(\d+)")
POSSIBLE = 0.2  # mentions from here up are stored, and shown as "possible" below the alert's threshold


def kept_by_ids(db: sqlite3.Connection, ids: Sequence[int]) -> list[Kept]:
    """The posts of those row ids, in the order given; missing ones are left out."""
    marks = ",".join("?" * len(ids))
    said = mentions.of_posts(db, ids)
    past = _past(db, marks, ids, said)
    found: dict[int, Kept] = {}
    rows = db.execute(
        "SELECT p.id, p.channel_id, p.message_id, p.received_at, p.rev, p.seen_at, p.edited_at, p.deleted_at, p.text, "
        "p.preview, p.entities, p.author, p.forward_telegram_id, p.forward_message_id, p.forward_name, "
        "p.forward_posted_at, p.reply_to, p.grouped_id, p.media, p.protected, p.examined, s.views, s.forwards, "
        "p.source "
        f"FROM post p LEFT JOIN post_stat s ON s.post_id = p.id WHERE p.id IN ({marks})",
        ids,
    ).fetchall()
    known = channels.by_ids(db, (row[1] for row in rows))
    for row in rows:
        post = _post(row)
        post_id, channel_id, rev = row[0], row[1], row[4]
        now = Revision(
            number=rev,
            seen_at=from_ms(row[5]),
            edited_at=from_ms(row[6]),
            text=post.text,
            preview=post.preview,
            mentions=tuple(said[post_id, rev]),
        )
        found[post_id] = Kept(
            id=post_id,
            post=post,
            channel=known[channel_id],
            received_at=from_ms(row[3]),
            deleted_at=from_ms(row[7]),
            examined=Examined(row[20]),
            revisions=(*past[post_id], now),
        )
    return [found[i] for i in ids if i in found]


def _post(row: Sequence[Any]) -> Post:
    (post_id, channel_id, message_id, _, _, _, edited, _, text, preview, entities, author, *rest) = row
    (f_id, f_message, f_name, f_at, reply_to, grouped_id, media, protected, _, views, forwards, source) = rest
    forward = None
    if f_id is not None or f_name is not None or f_at is not None:
        forward = Forward(telegram_id=f_id, message_id=f_message, name=f_name, posted_at=from_ms(f_at))
    return Post(
        key=PostKey(channel_id, message_id),
        posted_at=posted_at(post_id),
        text=text,
        preview=preview,
        entities=tuple(Entity(*e) for e in json.loads(entities)),
        edited_at=from_ms(edited),
        author=author,
        forward=forward,
        reply_to=reply_to,
        grouped_id=grouped_id,
        media=Media(**json.loads(media)) if media else None,
        protected=bool(protected),
        views=views,
        forwards=forwards,
        source=Source(source),
    )


def _past(
    db: sqlite3.Connection, marks: str, ids: Sequence[int], said: dict[tuple[int, int], list[Mention]]
) -> dict[int, list[Revision]]:
    found: dict[int, list[Revision]] = defaultdict(list)
    rows = db.execute(
        "SELECT post_id, number, seen_at, edited_at, text, preview FROM revision "
        f"WHERE post_id IN ({marks}) ORDER BY post_id, number",
        ids,
    )
    for post_id, number, seen_at, edited_at, text, preview in rows:
        found[post_id].append(
            Revision(
                number=number,
                seen_at=from_ms(seen_at),
                edited_at=from_ms(edited_at),
                text=text,
                preview=preview,
                mentions=tuple(said[post_id, number]),
            )
        )
    return found


def latest(
    db: sqlite3.Connection,
    *,
    place_ids: Iterable[int],
    limit: int,
    before: int | None = None,
    min_confidence: float = POSSIBLE,
) -> list[Kept]:
    """Newest posts that mention any of the places, in any revision; `before` is the id to go on from."""
    ids = latest_ids(db, place_ids=place_ids, limit=limit, before=before, min_confidence=min_confidence)
    return kept_by_ids(db, ids)


def latest_ids(
    db: sqlite3.Connection,
    *,
    place_ids: Iterable[int],
    limit: int,
    before: int | None = None,
    since: datetime | None = None,
    min_confidence: float = POSSIBLE,
) -> list[int]:
    """Row ids of the newest posts that mention any of the places, newest first; as cheap as the posts it gives.

    Each place's posts lie in order, so that a few places are merged as they are read; many places together are
    mentioned so often that going through all mentions by time finds theirs soon.
    """
    wanted = frozenset(place_ids)
    values = (
        before if before is not None else 1 << 62,
        0 if since is None else first_id(since),
        min_confidence,
    )
    if len(wanted) > _MERGED:
        rows = db.execute(
            "SELECT post_id, place_id FROM post_place INDEXED BY post_place_post "
            "WHERE post_id < ? AND post_id >= ? AND confidence >= ? ORDER BY post_id DESC",
            values,
        )
        found: Iterable[int] = (post_id for post_id, place_id in rows if place_id in wanted)
    else:
        streams = [_of_place(db, place_id, values) for place_id in wanted]
        found = heapq.merge(*streams, reverse=True)
    return list(islice((post_id for post_id, _ in groupby(found)), limit))


def _of_place(db: sqlite3.Connection, place_id: int, values: tuple[float, ...]) -> Iterator[int]:
    rows = db.execute(
        "SELECT post_id FROM post_place WHERE place_id = ? AND post_id < ? AND post_id >= ? AND confidence >= ? "
        "ORDER BY post_id DESC",
        (place_id, *values),
    )
    return (row[0] for row in rows)


def texts_since(
    db: sqlite3.Connection, since: datetime, *, limit: int, before: int | None = None
) -> list[tuple[int, datetime, str]]:
    """(row id, posted at, searchable text) of the newest posts since a time; `before` is the id to go on from."""
    rows = db.execute(
        "SELECT id, CASE preview WHEN '' THEN text ELSE text || char(10) || preview END FROM post "
        "WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?",
        (first_id(since), before if before is not None else 1 << 62, limit),
    )
    return [(i, posted_at(i), text) for i, text in rows]


def by_link(db: sqlite3.Connection, name: str, message_id: int) -> Kept | None:
    """The post behind `t.me/name/message_id` (or `t.me/c/<id>/…`), of channels followed now or once."""
    row = db.execute(
        # The few channels first: left to itself, SQLite goes through every post.
        "SELECT p.id FROM channel c CROSS JOIN post p ON p.channel_id = c.id AND p.message_id = ? "
        "WHERE c.username = ? COLLATE NOCASE OR CAST(c.telegram_id AS TEXT) = ?",
        (message_id, name, name),
    ).fetchone()
    return kept_by_ids(db, [row[0]])[0] if row else None


def by_subject(db: sqlite3.Connection, subject: str) -> list[Kept]:
    """The post, or every part of the album, that something which went out is about; [] where it is about none."""
    named = _SUBJECT.match(subject)
    if named is None:
        return []
    column = "message_id" if named[1] == "post" else "grouped_id"
    rows = db.execute(
        f"SELECT id FROM post WHERE channel_id = ? AND {column} = ? ORDER BY message_id",
        (int(named[2]), int(named[3])),
    )
    return kept_by_ids(db, [row[0] for row in rows])


def count(db: sqlite3.Connection) -> int:
    """How many posts the archive holds."""
    return int(db.execute("SELECT count(*) FROM post").fetchone()[0])
