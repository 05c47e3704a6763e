"""Places, their names, and which chat watches which."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from storage.folding import fold
from storage.records import Delivery, MentionKind, NameKind, Place, PlaceName, Watch
from storage.times import from_ms, to_ms


def _names(db: sqlite3.Connection, where: str, values: Iterable[object]) -> dict[int, list[PlaceName]]:
    found: dict[int, list[PlaceName]] = defaultdict(list)
    rows = db.execute(
        "SELECT id, place_id, text, language, kind, since, until, source, active FROM place_name "
        f"WHERE {where} ORDER BY id",
        tuple(values),
    )
    for id_, place_id, text, language, kind, since, until, source, active in rows:
        found[place_id].append(
            PlaceName(
                id=id_,
                place_id=place_id,
                text=text,
                language=language,
                kind=NameKind(kind),
                since=since,
                until=until,
                source=source,
                active=bool(active),
            )
        )
    return found


def _select(db: sqlite3.Connection, where: str, values: Sequence[object] = ()) -> list[Place]:
    names = _names(db, f"place_id IN (SELECT id FROM place WHERE {where})", values)
    rows = db.execute(
        "SELECT id, name, region, latitude, longitude, geonames_id, population, area FROM place "
        f"WHERE {where} ORDER BY name COLLATE NOCASE, id",
        tuple(values),
    )
    return [
        Place(
            id=id_,
            name=name,
            region=region,
            latitude=latitude,
            longitude=longitude,
            geonames_id=geonames_id,
            population=population,
            area=area,
            names=tuple(names[id_]),
        )
        for id_, name, region, latitude, longitude, geonames_id, population, area in rows
    ]


def tracked(db: sqlite3.Connection, *, since: int = -1) -> list[Place]:
    """Every place that is looked for, with all its names; only those that have changed since a generation."""
    return _select(db, "removed_at IS NULL AND generation > ?", (since,))


def names_in_use(db: sqlite3.Connection) -> list[str]:
    """The names by which tracked places are looked for, each once."""
    rows = db.execute(
        "SELECT DISTINCT n.text FROM place_name n JOIN place p ON p.id = n.place_id "
        "WHERE n.active = 1 AND p.removed_at IS NULL ORDER BY n.text"
    )
    return [text for (text,) in rows]


def by_ids(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Place]:
    """Those places, removed ones too: what was said about them stays readable."""
    wanted = sorted(set(ids))
    marks = ",".join("?" * len(wanted))
    return {place.id: place for place in _select(db, f"id IN ({marks})", wanted)}


def find(db: sqlite3.Connection, name: str) -> list[Place]:
    """Tracked places that bear that name, in any spelling that folds to the same."""
    wanted = fold(name)
    rows = db.execute(
        "SELECT id, name FROM place WHERE removed_at IS NULL UNION ALL SELECT n.place_id, n.text FROM place_name n "
        "JOIN place p ON p.id = n.place_id WHERE p.removed_at IS NULL"
    )
    ids = sorted({place_id for place_id, text in rows if fold(text) == wanted})
    return _select(db, f"id IN ({','.join('?' * len(ids))})", ids) if ids else []


def by_geonames_id(db: sqlite3.Connection, geonames_id: int) -> Place | None:
    """The tracked place with that GeoNames number."""
    found = _select(db, "removed_at IS NULL AND geonames_id = ?", (geonames_id,))
    return found[0] if found else None


def add(db: sqlite3.Connection, place: Place, *, everywhere: bool, now: datetime) -> Place:
    """Track a place (its `id` is given here) under its names; with `everywhere`, for every team chat."""
    (place_id,) = db.execute(
        "INSERT INTO place(name, region, latitude, longitude, geonames_id, population, area, everywhere, added_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            place.name,
            place.region,
            place.latitude,
            place.longitude,
            place.geonames_id,
            place.population,
            place.area,
            everywhere,
            to_ms(now),
        ),
    ).fetchone()
    add_names(db, place_id, place.names)
    if everywhere:
        for (chat_id,) in db.execute(
            "SELECT id FROM chat WHERE id < 0 AND moved_to IS NULL AND removed_at IS NULL"
        ).fetchall():
            watch(db, chat_id, place_id, since=now)
    return by_ids(db, [place_id])[place_id]


def add_names(db: sqlite3.Connection, place_id: int, names: Iterable[PlaceName]) -> int:
    """Give a place more names; one that it has already is made active again. How many are new or active again."""
    added = 0
    for n in names:
        added += db.execute(
            "INSERT INTO place_name(place_id, text, language, kind, since, until, source, active) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(place_id, text, language) DO UPDATE "
            "SET active = 1 WHERE active = 0 AND excluded.active",
            (place_id, n.text, n.language, n.kind, n.since, n.until, n.source, n.active),
        ).rowcount
    if added:
        _names_changed(db, place_id)
    return added


def use_name(db: sqlite3.Connection, name_id: int, *, active: bool) -> None:
    """Look for a name from now on, or no longer; in older posts too."""
    row = db.execute(
        "UPDATE place_name SET active = ? WHERE id = ? AND active <> ? RETURNING place_id",
        (active, name_id, active),
    ).fetchone()
    if row is not None:
        _names_changed(db, row[0])


def _names_changed(db: sqlite3.Connection, place_id: int) -> None:
    """The next generation of `storage.examination` looks for the place's names as they are now."""
    db.execute(
        "UPDATE place SET generation = (SELECT coalesce(max(generation), 0) + 1 FROM examination) WHERE id = ?",
        (place_id,),
    )


def remove(db: sqlite3.Connection, place_id: int, *, now: datetime) -> None:
    """Stop looking for a place, for everybody; what was found stays."""
    db.execute("UPDATE place SET removed_at = ? WHERE id = ?", (to_ms(now), place_id))
    db.execute(
        "UPDATE watch SET ended_at = ? WHERE place_id = ? AND ended_at IS NULL", (to_ms(now), place_id)
    )


def watch(
    db: sqlite3.Connection, chat_id: int, place_id: int, *, since: datetime, topic: int | None = None
) -> bool:
    """A chat asks to be told about a place from `since` on, in a topic of its forum; False where it does so already."""
    changed = db.execute(
        "INSERT INTO watch(chat_id, place_id, since, topic) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET since = excluded.since, topic = coalesce(excluded.topic, watch.topic), ended_at = NULL WHERE watch.ended_at IS NOT NULL",
        (chat_id, place_id, to_ms(since), topic),
    )
    return changed.rowcount > 0


def unwatch(db: sqlite3.Connection, chat_id: int, place_id: int, *, now: datetime) -> bool:
    """A chat asks no longer; False where it did not."""
    changed = db.execute(
        "UPDATE watch SET ended_at = ? WHERE chat_id = ? AND place_id = ? AND ended_at IS NULL",
        (to_ms(now), chat_id, place_id),
    )
    return changed.rowcount > 0


def watches(db: sqlite3.Connection, place_ids: Iterable[int] | None = None) -> list[Watch]:
    """Standing requests, of all chats; only those about certain places where these are given."""
    condition = "ended_at IS NULL"
    values: list[int] = []
    if place_ids is not None:
        values = sorted(set(place_ids))
        condition += f" AND place_id IN ({','.join('?' * len(values))})"
    rows = db.execute(
        "SELECT chat_id, place_id, since, min_confidence, kinds, channels, topic, delivery, muted_until FROM watch "
        f"WHERE {condition} ORDER BY 1, 2",
        values,
    )
    return [_watch(row) for row in rows]


def _watch(row: Sequence[Any]) -> Watch:
    chat_id, place_id, since, least, kinds, channels, topic, delivery, muted_until = row
    return Watch(
        chat_id=chat_id,
        place_id=place_id,
        since=from_ms(since),
        min_confidence=least,
        kinds=None if kinds is None else frozenset(MentionKind(k) for k in kinds.split(",") if k),
        channels=None if channels is None else frozenset(int(c) for c in channels.split(",") if c),
        topic=topic,
        delivery=Delivery(delivery),
        muted_until=from_ms(muted_until),
    )


def watch_of(db: sqlite3.Connection, chat_id: int, place_id: int) -> Watch | None:
    """A chat's request about one place; None where it has none."""
    return next((w for w in watches(db, [place_id]) if w.chat_id == chat_id), None)


def change_watch(db: sqlite3.Connection, watch: Watch) -> bool:
    """How a chat wants to be told about a place, from now on; False where it does not watch it."""
    changed = db.execute(
        "UPDATE watch SET min_confidence = ?, kinds = ?, channels = ?, topic = ?, delivery = ?, muted_until = ? "
        "WHERE chat_id = ? AND place_id = ? AND ended_at IS NULL",
        (
            watch.min_confidence,
            None if watch.kinds is None else ",".join(sorted(watch.kinds)),
            None if watch.channels is None else ",".join(map(str, sorted(watch.channels))),
            watch.topic,
            watch.delivery,
            to_ms(watch.muted_until),
            watch.chat_id,
            watch.place_id,
        ),
    )
    return changed.rowcount > 0


def watched_ids(db: sqlite3.Connection, chat_id: int) -> set[int]:
    """The row ids of what a chat watches."""
    rows = db.execute(
        "SELECT w.place_id FROM watch w JOIN place p ON p.id = w.place_id "
        "WHERE w.chat_id = ? AND w.ended_at IS NULL AND p.removed_at IS NULL",
        (chat_id,),
    )
    return {row[0] for row in rows}


def mute(db: sqlite3.Connection, watch: Watch, until: datetime | None) -> None:
    """Tell the chat nothing about the place until then; None: again from now on."""
    change_watch(db, replace(watch, muted_until=until))


def watched_by(db: sqlite3.Connection, chat_id: int) -> list[Place]:
    """What a chat watches."""
    return _select(
        db,
        "removed_at IS NULL AND id IN (SELECT place_id FROM watch WHERE chat_id = ? AND ended_at IS NULL)",
        (chat_id,),
    )


def misfires(db: sqlite3.Connection, place_id: int) -> list[tuple[str, int, int]]:
    """(name, how often it was marked wrong, how often it was judged at all) of the names that were ever wrong."""
    rows = db.execute(
        "SELECT name, sum(state = 'wrong') AS wrong, sum(state IN ('wrong', 'relevant')) FROM review "
        "WHERE place_id = ? AND name IS NOT NULL GROUP BY name HAVING wrong > 0 ORDER BY wrong DESC, name",
        (place_id,),
    )
    return rows.fetchall()
