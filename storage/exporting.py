"""Posts as they leave the archive, many at a time: each table is asked once for all of them."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from storage import channels, places, proof
from storage.records import Channel, EntryKind, Head, Place, Source, Verdict
from storage.records.exported import About, Statement, Version, link_of
from storage.search import After

_Row = Sequence[Any]  # STRICT tables hold the types
_Proven = tuple[tuple[int, ...], str | None]  # entries, and the digest of what is said now
_UNPROVEN: _Proven = ((), None)
_NONE: list[Any] = []


def _iso(seconds: str) -> str:
    """SQL that writes Unix seconds as ISO 8601."""
    return f"strftime('%Y-%m-%dT%H:%M:%S+00:00', {seconds}, 'unixepoch')"


_HIDDEN = "somebody who is not named"


@dataclass(frozen=True, slots=True)
class Cast:
    """The channels and places that were met so far: read once for an export, however many posts name them."""

    channels: dict[int, Channel] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    origins: dict[int, str] = field(default_factory=dict)  # by Telegram's id: those that forwards come from

    def meet(self, db: sqlite3.Connection, channel_ids: set[int], place_ids: set[int]) -> None:
        """Read those that are new."""
        if unmet := channel_ids - self.channels.keys():
            self.channels.update(channels.by_ids(db, unmet))
        if new := place_ids - self.places.keys():
            self.places.update(places.by_ids(db, new))

    def origin(self, db: sqlite3.Connection, telegram_id: int) -> str:
        """What a forward's channel is called here; its number where it is not known."""
        if telegram_id not in self.origins:
            known = channels.by_telegram_id(db, telegram_id)
            self.origins[telegram_id] = str(telegram_id) if known is None else known.name
        return self.origins[telegram_id]


def statements(
    db: sqlite3.Connection, hits: Sequence[After], cast: Cast, asked: Collection[int] = ()
) -> list[Statement]:
    """The posts that were found, in the order given; those that are gone meanwhile are left out.

    A hit without a version was found in what the post says now, unless of the places `asked` for only an earlier
    version mentions one: then in that one.
    """
    ids = [hit.post_id for hit in hits]
    marks = ",".join("?" * len(ids))
    versions = {hit.post_id: hit.version for hit in hits}
    rows = {
        row[0]: row
        for row in db.execute(
            f"SELECT p.id, p.channel_id, p.message_id, {_iso('p.id >> 20')}, {_iso('p.received_at / 1000')}, "
            f"{_iso('p.edited_at / 1000')}, {_iso('p.deleted_at / 1000')}, p.rev, p.text, p.preview, "
            "p.forward_telegram_id, p.forward_name, p.forward_posted_at, p.media, p.protected, "
            f"p.source, m.post_id, m.first_id, m.how FROM post p LEFT JOIN story_member m ON m.post_id = p.id WHERE p.id IN ({marks})",
            ids,
        )
    }
    mentioned = _mentioned(db, ids)
    cast.meet(
        db, {row[1] for row in rows.values()}, {row[1] for found in mentioned.values() for row in found}
    )
    firsts = {row[17] for row in rows.values() if row[17] is not None and row[17] != row[0]}
    around = _Around(
        cast=cast,
        asked=asked,
        mentioned=mentioned,
        verdicts=_verdicts(db, firsts | mentioned.keys()),
        repeated=_links(db, firsts, cast),
        earlier=_earlier(db, ids, marks),
        proven=_proven(db, ids, marks),
        head=proof.head(db),
    )
    return [_statement(db, rows[i], versions[i], around) for i in ids if i in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What is known about some posts beside their own rows."""

    cast: Cast
    asked: Collection[int]
    mentioned: dict[int, list[_Row]]
    verdicts: dict[tuple[int, int], Verdict]
    repeated: dict[int, str]
    earlier: dict[int, tuple[Version, ...]]
    proven: dict[int, _Proven]
    head: Head | None


def _statement(db: sqlite3.Connection, row: _Row, version: int | None, around: _Around) -> Statement:
    (
        post_id, channel_id, message_id, posted, received, edited, deleted, rev, text, preview, telegram_id, name,
        forwarded_at, media, protected, source, _, first, how,
    ) = row  # fmt: skip
    mentions = around.mentioned.get(post_id)
    earlier = around.earlier.get(post_id, ())
    if version is None:
        version = _telling(mentions, rev, around.asked) if mentions and earlier and around.asked else rev
    origin = None
    if telegram_id is not None:
        origin = name or around.cast.origin(db, telegram_id)
    elif name is not None or forwarded_at is not None:
        origin = name or _HIDDEN
    entries, digest = around.proven.get(post_id, _UNPROVEN)
    return Statement(
        post_id,
        around.cast.channels[channel_id],
        message_id,
        posted,
        received,
        edited,
        deleted,
        rev,
        text,
        preview,
        origin,
        json.loads(media)["kind"] if media else None,
        protected == 1,
        _SOURCES[source],
        _about(mentions, around.cast.places, around.verdicts, first or post_id) if mentions else (),
        earlier,
        around.repeated.get(first) if first else None,
        how if first and first != post_id else None,
        version,
        tuple([(m[5], m[6]) for m in mentions if m[0] == version]) if mentions else (),
        entries,
        digest,
        around.head,
    )


_SOURCES = {source.value: source for source in Source}


def _telling(mentions: Sequence[_Row], rev: int, asked: Collection[int]) -> int:
    """The newest version that mentions what was asked for; what was said once stays said."""
    return max((m[0] for m in mentions if m[1] in asked), default=rev)


def _mentioned(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[_Row]]:
    """By post, version and place: (version, place, surface, confidence, why, start, end)."""
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in db.execute(
        "SELECT post_id, rev, place_id, surface, confidence, why, start, end FROM mention "
        f"WHERE post_id IN ({','.join('?' * len(ids))})",
        ids,
    ):
        found[row[0]].append(row[1:])
    return found


def _about(
    mentions: Iterable[_Row], named: dict[int, Place], verdicts: dict[tuple[int, int], Verdict], first: int
) -> tuple[About, ...]:
    best: dict[int, About] = {}
    for version, place_id, surface, confidence, why, *_ in mentions:
        known = best.get(place_id)
        if known is None:
            verdict = verdicts.get((first, place_id))
            best[place_id] = About(named[place_id], confidence, (surface,), why, version, verdict)
            continue
        names = known.names if surface in known.names else (*known.names, surface)
        surer = confidence > known.confidence
        best[place_id] = About(
            known.place,
            max(confidence, known.confidence),
            names,
            why if surer else known.why,
            max(version, known.version),
            known.verdict,
        )
    return tuple(best.values())


def _verdicts(db: sqlite3.Connection, firsts: Iterable[int]) -> dict[tuple[int, int], Verdict]:
    wanted = sorted(firsts)
    rows = db.execute(
        f"SELECT post_id, place_id, state FROM review WHERE post_id IN ({','.join('?' * len(wanted))})",
        wanted,
    )
    return {(post_id, place_id): Verdict(state) for post_id, place_id, state in rows}


def _links(db: sqlite3.Connection, ids: Iterable[int], cast: Cast) -> dict[int, str]:
    wanted = sorted(ids)
    rows = db.execute(
        f"SELECT id, channel_id, message_id FROM post WHERE id IN ({','.join('?' * len(wanted))})", wanted
    ).fetchall()
    cast.meet(db, {row[1] for row in rows}, set())
    return {
        post_id: link_of(cast.channels[channel_id], message_id) for post_id, channel_id, message_id in rows
    }


def _earlier(db: sqlite3.Connection, ids: Sequence[int], marks: str) -> dict[int, tuple[Version, ...]]:
    found: dict[int, tuple[Version, ...]] = {}
    rows = db.execute(
        f"SELECT post_id, number, {_iso('seen_at / 1000')}, {_iso('edited_at / 1000')}, text FROM revision "
        f"WHERE post_id IN ({marks}) ORDER BY post_id, number",
        ids,
    )
    for post_id, number, seen_at, edited_at, text in rows:
        version = Version(number, seen_at, edited_at, text)
        found[post_id] = (*found.get(post_id, ()), version)
    return found


def _proven(db: sqlite3.Connection, ids: Sequence[int], marks: str) -> dict[int, _Proven]:
    """As `storage.proof.of_posts`, in one question."""
    found: dict[int, _Proven] = {}
    several: dict[int, list[_Row]] = {}
    rows = db.execute(
        f"SELECT post_id, number, kind, rev, said FROM proof WHERE post_id IN ({marks})", ids
    ).fetchall()
    for row in rows:
        post_id, number, _, _, said = row
        if post_id in found:
            several.setdefault(post_id, [])
        elif said is not None:
            found[post_id] = ((number,), said.hex())
    if several:
        for row in rows:
            if row[0] in several:
                several[row[0]].append(row[1:])
        for post_id, entries in several.items():
            found[post_id] = _of_entries(entries)
    return found


def _of_entries(entries: list[_Row]) -> _Proven:
    entries = sorted(entries, key=itemgetter(0))
    since = max((number for number, kind, *_ in entries if kind == EntryKind.PRUNED), default=0)
    kept = [entry for entry in entries if entry[0] > since]
    said = {rev: of_entry for _, _, rev, of_entry in kept if of_entry is not None}
    return (tuple(entry[0] for entry in kept), said[max(said)].hex()) if said else _UNPROVEN
