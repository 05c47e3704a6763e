"""The archive as an SQLite file for Datasette and the like: readable names, links, full-text search, and no secrets.

Only what is listed here is copied: nothing of the team's chats, members, reviews' authors, accounts or settings. Of
protected posts it holds excerpts, and no earlier versions.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bot.archive.export.fields import excerpt, iso
from bot.archive.export.heading import CAVEAT, CONFIDENCE, Heading
from bot.archive.export.selection import Archive, Selection, Tell, batches
from bot.characters import clean
from storage import channels, places, proof
from storage.records import Place
from storage.records.exported import Statement
from storage.times import from_ms

_AT_ONCE: Final = 5_000  # entries of the ledger in one snapshot
_STATEMENT: Final = 21  # columns of `statements`


def make(archive: Archive, selection: Selection, path: Path, tell: Tell) -> None:
    """Write what is found into a new database at `path`, an empty file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # A file that is not whole never gets its name: there is nothing to roll back to.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        schema = resources.files("bot.archive.export").joinpath("datasette.sql").read_text("utf-8")
        db.executescript(schema)
        db.execute("BEGIN")
        _frame(db, selection.heading)
        for batch in batches(archive, selection, tell):
            _statements(db, batch)
        _people(db, archive, whole=not selection.heading.query)
        _ledger(db, archive, whole=not selection.heading.query)
        db.execute("INSERT INTO statements_fts(statements_fts) VALUES ('rebuild')")
        db.execute("INSERT INTO statements_fts(statements_fts) VALUES ('optimize')")
        db.execute("COMMIT")
        db.execute("ANALYZE")


def _frame(db: sqlite3.Connection, heading: Heading) -> None:
    said = [
        ("caveat", CAVEAT),
        ("confidence", CONFIDENCE),
        ("query", heading.query),
        ("made_at", iso(heading.made_at)),
        ("ledger_head", str(heading.head) if heading.head else None),
        *(("not known", note) for note in heading.notes),
    ]
    db.executemany("INSERT INTO about(what, said) VALUES (?, ?)", said)


def _statements(db: sqlite3.Connection, batch: Iterable[Statement]) -> None:
    found = list(batch)
    marks = ",".join("?" * _STATEMENT)
    db.executemany(f"INSERT OR IGNORE INTO statements VALUES ({marks})", map(_row, found))
    db.executemany(
        "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?)",
        (
            (one.id, version.number, version.seen_at, version.edited_at, clean(version.text))
            for one in found
            for version in one.earlier
            if not one.protected
        ),
    )
    db.executemany(
        "INSERT OR IGNORE INTO mentions VALUES (?, ?, ?, ?, ?, ?)",
        (
            (one.id, a.place.id, round(a.confidence, 3), ", ".join(a.names), a.why, a.verdict)
            for one in found
            for a in one.about
        ),
    )


def _row(one: Statement) -> tuple[Any, ...]:
    return (
        one.id,
        one.channel.id,
        one.message_id,
        one.link,
        one.posted_at,
        one.received_at,
        one.edited_at,
        one.deleted_at,
        one.rev,
        clean(excerpt(one, one.text) if one.protected else one.text),
        "" if one.protected else clean(one.preview),
        one.media,
        one.origin,
        one.repeats,
        one.how,
        int(one.protected),
        one.source,
        one.found_in,
        ", ".join(map(str, one.entries)) or None,
        one.digest,
        None if one.digest is None else str(one.head),
    )


def _people(db: sqlite3.Connection, archive: Archive, *, whole: bool) -> None:
    """The channels and places that are named, or all that are known; and what was not read of those channels."""
    spoke = {row[0] for row in db.execute("SELECT DISTINCT channel_id FROM statements")}
    known = [one for one in archive.read(channels.known) if whole or one.id in spoke]
    db.executemany(
        "INSERT INTO channels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                one.id,
                one.name,
                one.label or one.title,
                one.title,
                one.side,
                one.standing,
                one.owner,
                f"https://t.me/{one.username or f'c/{one.telegram_id}'}",
                one.state,
                _time(one.read_at),
            )
            for one in known
        ),
    )
    named = {row[0] for row in db.execute("SELECT DISTINCT place_id FROM mentions")}
    found = archive.read(places.by_ids, named)
    if whole:
        found |= {place.id: place for place in archive.read(places.tracked)}
    db.executemany(
        "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        map(_place, found.values()),
    )
    db.executemany(
        "INSERT INTO place_names VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (name.place_id, name.text, name.language, name.kind, name.since, name.until, int(name.active))
            for place in found.values()
            for name in place.names
        ),
    )
    db.executemany(
        "INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?)",
        (row for row in archive.read(_gaps) if row[0] in {one.id for one in known}),
    )


def _place(one: Place) -> tuple[Any, ...]:
    return (
        one.id,
        one.name,
        one.region,
        one.latitude,
        one.longitude,
        one.geonames_id,
        one.population,
        one.area,
    )


def _time(known: datetime | None) -> str | None:
    return None if known is None else iso(known)


def _gaps(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    rows = db.execute("SELECT channel_id, low, high, since, until, why, closed_at FROM gap ORDER BY id")
    return [
        (channel, low, high, _time(from_ms(since)), _time(from_ms(until)), why, _time(from_ms(closed)))
        for channel, low, high, since, until, why, closed in rows
    ]


def _ledger(db: sqlite3.Connection, archive: Archive, *, whole: bool) -> None:
    """Every entry of the ledger, so that the chain can be verified; of a part of the archive, that part's entries."""
    number = 0
    while rows := archive.read(_entries, number):
        number = rows[-1][0]
        if not whole:
            ids = {row[3] for row in rows}
            marks = ",".join("?" * len(ids))
            here = {i for (i,) in db.execute(f"SELECT id FROM statements WHERE id IN ({marks})", sorted(ids))}
            rows = [row for row in rows if row[3] in here]
        db.executemany(
            f"INSERT INTO ledger({proof.ENTRY.replace('post_id', 'statement_id')}) VALUES ({','.join('?' * 13)})",
            (tuple(v.hex() if isinstance(v, bytes) else v for v in row) for row in rows),
        )


def _entries(db: sqlite3.Connection, after: int) -> list[tuple[Any, ...]]:
    rows = db.execute(
        f"SELECT {proof.ENTRY} FROM proof WHERE number > ? ORDER BY number LIMIT {_AT_ONCE}", (after,)
    )
    return list(islice(rows, _AT_ONCE))


def metadata(heading: Heading, name: str) -> bytes:
    """What Datasette shows beside a database of that name: `datasette NAME.db -m NAME.metadata.json`."""
    described = resources.files("bot.archive.export").joinpath("datasette.json").read_text("utf-8")
    database = json.loads(described) | {
        "description": " ".join([CAVEAT, CONFIDENCE, *heading.notes]),
        "source": "Public Telegram channels; each statement has its link",
    }
    document = {"title": heading.title, "databases": {name: database}}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
