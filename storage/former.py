"""What only the archive that a backup replaces knows: who was told what since. Nothing is told twice for want of it."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import chats

_OF_POST = re.compile(r"\b(post|album):(\d+):")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What the former archive gave."""

    told: bool = True  # it could say what chats were told since the backup
    messages: int = 0  # that it knew of, and the backup did not or otherwise
    channels: tuple[str, ...] = ()  # followed since; followed on
    places: tuple[str, ...] = ()  # tracked since; not any more
    decisions: int = 0  # of people, about posts that the backup has not: they are in the former archive only
    damage: str | None = None  # why it could not be read


def take_over(db: sqlite3.Connection, old: sqlite3.Connection, *, now: datetime) -> Former:
    """Bring into `db`, within its transaction, what chats were told since, and what that rests on.

    Posts don't come along: they are read again from their channels, and owe nothing that was told. Names, places and
    watches are those of the backup.
    """
    ids, followed = _channels(db, old)
    _chats(db, old, now)
    messages = _owed(db, old, ids)
    _parts_of_stories(db, old, ids)
    for table in ("told", "press"):
        _copy(db, old, table)
    for table in ("hold", "pace"):  # Telegram holds us to what it has named, whatever we restore
        _copy(db, old, table, word="REPLACE")
    _copy_newer(db, old, "audit", "at")
    _copy_newer(db, old, "backup", "began_at")
    _copy_newer(db, old, "restored", "at")
    known = {name for (name,) in db.execute("SELECT name FROM place WHERE removed_at IS NULL")}
    tracked = old.execute("SELECT name FROM place WHERE removed_at IS NULL ORDER BY name")
    return Former(
        messages=messages,
        channels=tuple(followed),
        places=tuple(name for (name,) in tracked if name not in known),
        decisions=_reviews(db, old, ids) + _beside(db, old, ids),
    )


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def _shared(db: sqlite3.Connection, old: sqlite3.Connection, table: str) -> list[str]:
    """The columns that both have: the former archive may be of another version."""
    there = set(_columns(old, table))
    return [name for name in _columns(db, table) if name in there]


def _rows(
    db: sqlite3.Connection, table: str, columns: Iterable[str], where: str = "1 ORDER BY rowid"
) -> list[Row]:
    names = list(columns)
    if not names:
        return []
    found = db.execute(f"SELECT {', '.join(names)} FROM {table} WHERE {where}")
    return [dict(zip(names, row, strict=True)) for row in found]


def _insert(db: sqlite3.Connection, table: str, row: Mapping[str, Any], word: str = "IGNORE") -> int:
    marks = ", ".join("?" * len(row))
    done = db.execute(
        f"INSERT OR {word} INTO {table}({', '.join(row)}) VALUES ({marks})", tuple(row.values())
    )
    return done.lastrowid or 0


def _copy(db: sqlite3.Connection, old: sqlite3.Connection, table: str, word: str = "IGNORE") -> None:
    for row in _rows(old, table, _shared(db, old, table), "1"):
        _insert(db, table, row, word)


def _copy_newer(db: sqlite3.Connection, old: sqlite3.Connection, table: str, time: str) -> None:
    """Rows of a journal that are newer than its newest."""
    (newest,) = db.execute(f"SELECT coalesce(max({time}), 0) FROM {table}").fetchone()
    columns = [name for name in _shared(db, old, table) if name != "id"]
    for row in _rows(old, table, columns, f"{time} > {int(newest)} ORDER BY id"):
        _insert(db, table, row)


def _channels(db: sqlite3.Connection, old: sqlite3.Connection) -> tuple[dict[int, int], list[str]]:
    """The channels' row ids there and here; and those followed since, which are read from their first post there on."""
    columns = _shared(db, old, "channel")
    here = _rows(db, "channel", ("id", "telegram_id", "username"))
    by_telegram = {row["telegram_id"]: row["id"] for row in here if row["telegram_id"] is not None}
    by_name = {(row["username"] or "").casefold(): row["id"] for row in here if row["username"]}
    ids: dict[int, int] = {}
    followed = []
    for row in _rows(old, "channel", columns):
        name = (row["username"] or "").casefold()
        known = by_telegram.get(row["telegram_id"])
        if known is None and row["telegram_id"] is None:
            known = by_name.get(name)
        if known is None:
            (first,) = old.execute(
                "SELECT min(message_id) FROM post WHERE channel_id = ?", (row["id"],)
            ).fetchone()
            new = {k: v for k, v in row.items() if k != "id"} | {
                "cursor": (first - 1) if first else row["cursor"]
            }
            if name in by_name:  # the name has gone to another channel
                new["username"] = None
            known = _insert(db, "channel", new)
            for access in _rows(
                old, "channel_access", _columns(old, "channel_access"), f"channel_id = {row['id']}"
            ):
                _insert(db, "channel_access", access | {"channel_id": known})
            if row["state"] != "removed":
                followed.append(row["username"] or row["title"])
        ids[row["id"]] = known
    return ids, followed


def _chats(db: sqlite3.Connection, old: sqlite3.Connection, now: datetime) -> None:
    columns = _shared(db, old, "chat")
    for row in _rows(old, "chat", columns):
        if db.execute("SELECT 1 FROM chat WHERE id = ?", (row["id"],)).fetchone() is None:
            _insert(db, "chat", row | {"moved_to": None})
        moved = row.get("moved_to")
        here = db.execute("SELECT moved_to FROM chat WHERE id = ?", (row["id"],)).fetchone()
        if moved is not None and here[0] is None:
            chats.move(db, row["id"], moved, now=now)


def _renamed(subject: str, ids: Mapping[int, int]) -> str:
    return _OF_POST.sub(lambda m: f"{m[1]}:{ids.get(int(m[2]), int(m[2]))}:", subject)


def _owed(db: sqlite3.Connection, old: sqlite3.Connection, ids: Mapping[int, int]) -> int:
    """Every message as the former archive knew it; how many were new here, or another."""
    columns = _shared(db, old, "owed")
    here = {(r["chat_id"], r["kind"], r["subject"]): r for r in _rows(db, "owed", columns)}
    taken = {r["id"] for r in here.values()}
    links = ("answers", "folded")
    number: dict[int, int] = {}
    changed = 0
    rows = _rows(old, "owed", columns)
    for row in rows:
        row["subject"] = _renamed(row["subject"], ids)
        there = here.get((row["chat_id"], row["kind"], row["subject"]))
        values = {k: v for k, v in row.items() if k not in ("id", *links)}
        if there is None:
            # Summaries are known by the number of a message in them.
            own = {} if row["id"] in taken else {"id": row["id"]}
            number[row["id"]] = _insert(db, "owed", own | values)
            taken.add(number[row["id"]])
            changed += 1
            continue
        number[row["id"]] = there["id"]
        if any(there[name] != value for name, value in values.items()):
            sets = ", ".join(f"{name} = ?" for name in values)
            db.execute(f"UPDATE owed SET {sets} WHERE id = ?", (*values.values(), there["id"]))
            changed += 1
    for row in rows:
        answers, folded = (number.get(row.get(link) or 0) for link in links)
        if answers is not None or folded is not None:
            db.execute(
                "UPDATE owed SET answers = ?, folded = ? WHERE id = ?", (answers, folded, number[row["id"]])
            )
    for file in _rows(old, "attachment", _shared(db, old, "attachment")):
        _insert(db, "attachment", file | {"owed_id": number[file["owed_id"]]})
    return changed


def _parts_of_stories(db: sqlite3.Connection, old: sqlite3.Connection, ids: Mapping[int, int]) -> None:
    """A post that was told as a copy of another one counts as told by that one's alert, whichever is read first now."""
    rows = old.execute(
        "SELECT p.channel_id, p.message_id, p.grouped_id, f.channel_id, f.message_id, f.grouped_id "
        "FROM story_member m JOIN post p ON p.id = m.post_id JOIN post f ON f.id = m.first_id"
    )
    for channel, message, group, first_channel, first_message, first_group in rows.fetchall():
        kept = db.execute(
            "SELECT 1 FROM post WHERE channel_id = ? AND message_id = ?", (ids[channel], message)
        ).fetchone()
        if kept is not None:
            continue
        told = db.execute(
            "SELECT id, chat_id, wanted, topic, created_at, said_at, folded FROM owed WHERE kind = 'alert' AND subject = ?",
            (_subject(ids[first_channel], first_message, first_group),),
        ).fetchall()
        for row_id, chat_id, wanted, topic, created, said, folded in told:
            part = {
                "chat_id": chat_id,
                "kind": "alert",
                "subject": _subject(ids[channel], message, group),
                "wanted": wanted,
                "random_id": random.SystemRandom().randrange(1, 2**63),
                "topic": topic,
                "not_before": created,
                "created_at": created,
                "said_at": said,
                "folded": folded or row_id,
            }
            _insert(db, "owed", part)


def _subject(channel_id: int, message_id: int, grouped_id: int | None) -> str:
    """As `Post.subject`."""
    return f"post:{channel_id}:{message_id}" if grouped_id is None else f"album:{channel_id}:{grouped_id}"


def _reviews(db: sqlite3.Connection, old: sqlite3.Connection, ids: Mapping[int, int]) -> int:
    """What people decided since, where the backup has the post and the place; how many it has not."""
    columns = _shared(db, old, "review")
    lost = 0
    names = {row["id"]: row["name"] for row in _rows(db, "place", ("id", "name"))}
    for row in _rows(old, "review", columns, "1"):
        channel, message = old.execute(
            "SELECT channel_id, message_id FROM post WHERE id = ?", (row["post_id"],)
        ).fetchone()
        post = db.execute(
            "SELECT id FROM post WHERE channel_id = ? AND message_id = ?", (ids[channel], message)
        ).fetchone()
        (place,) = old.execute("SELECT name FROM place WHERE id = ?", (row["place_id"],)).fetchone()
        if post is None or names.get(row["place_id"]) != place:
            lost += 1
            continue
        known = db.execute(
            "SELECT at FROM review WHERE post_id = ? AND place_id = ?", (post[0], row["place_id"])
        ).fetchone()
        if known is None or known[0] < row["at"]:
            db.execute("DELETE FROM review WHERE post_id = ? AND place_id = ?", (post[0], row["place_id"]))
            _insert(db, "review", row | {"post_id": post[0]})
    return lost


def _beside(db: sqlite3.Connection, old: sqlite3.Connection, ids: Mapping[int, int]) -> int:
    """Who sees to a statement, tags and notes, where the backup has the post; how many it has not."""
    lost = 0
    for table in ("assignment", "tag", "note"):
        columns = [name for name in _shared(db, old, table) if name != "id"]
        for row in _rows(old, table, columns, "1"):
            channel, message = old.execute(
                "SELECT channel_id, message_id FROM post WHERE id = ?", (row["post_id"],)
            ).fetchone()
            post = db.execute(
                "SELECT id FROM post WHERE channel_id = ? AND message_id = ?", (ids[channel], message)
            ).fetchone()
            if post is None:
                lost += 1
                continue
            moved = row | {"post_id": post[0]}
            if table == "assignment":
                db.execute("DELETE FROM assignment WHERE post_id = ? AND at < ?", (post[0], row["at"]))
            known = " AND ".join(f"{name} IS ?" for name in moved)
            if db.execute(f"SELECT 1 FROM {table} WHERE {known}", tuple(moved.values())).fetchone() is None:
                _insert(db, table, moved)
    return lost
