"""The team's chats: how each wants to be told, and whether it can be told just now."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from storage import places
from storage.records import Chat, Quiet
from storage.times import from_ms, to_ms

_COLUMNS = (
    "id, title, held_until, problem, language, output, paused_at, released_at, muted_until, digest_at, digest_since, "
    "quiet_from, quiet_to, quiet_how, follow_ups"
)
_SETTABLE = frozenset(
    {
        "language",
        "muted_until",
        "digest_at",
        "digest_since",
        "quiet_from",
        "quiet_to",
        "quiet_how",
        "follow_ups",
    }
)


def every(db: sqlite3.Connection) -> list[Chat]:
    """Every chat that was ever told anything, has not moved, and is still to be told."""
    return _select(db, "moved_to IS NULL AND removed_at IS NULL ORDER BY id")


def outputs(db: sqlite3.Connection) -> list[int]:
    """The numbers of the places outside Telegram."""
    return [row[0] for row in db.execute("SELECT id FROM chat WHERE output IS NOT NULL")]


def by_id(db: sqlite3.Connection, chat_id: int) -> Chat:
    """That chat; KeyError where it is not known."""
    found = _select(db, "id = ?", chat_id)
    if not found:
        raise KeyError(chat_id)
    return found[0]


def language(db: sqlite3.Connection, chat_id: int) -> str | None:
    """The language that a chat has chosen; None where it has chosen none, or is not known."""
    row = db.execute("SELECT language FROM chat WHERE id = ?", (chat_id,)).fetchone()
    return None if row is None else row[0]


def _select(db: sqlite3.Connection, where: str, *values: object) -> list[Chat]:
    return [
        Chat(
            id=id_,
            title=title,
            held_until=from_ms(held),
            problem=problem,
            language=language,
            output=output,
            paused_at=from_ms(paused),
            released_at=from_ms(released),
            muted_until=from_ms(muted),
            digest_at=digest_at,
            digest_since=from_ms(digest_since),
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            quiet_how=None if quiet_how is None else Quiet(quiet_how),
            follow_ups=follow_ups,
        )
        for (
            id_, title, held, problem, language, output, paused, released, muted, digest_at, digest_since,
            quiet_from, quiet_to, quiet_how, follow_ups,
        ) in db.execute(f"SELECT {_COLUMNS} FROM chat WHERE {where}", values)
    ]  # fmt: skip


def welcome(db: sqlite3.Connection, chat_id: int, *, now: datetime, output: str | None = None) -> bool:
    """Make a chat known; a new one watches all places that the operator added for everybody."""
    new = db.execute(
        "INSERT INTO chat(id, added_at, output) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (chat_id, to_ms(now), output),
    ).rowcount
    if new:
        rows = db.execute("SELECT id FROM place WHERE everywhere AND removed_at IS NULL").fetchall()
        for (place_id,) in rows:
            places.watch(db, chat_id, place_id, since=now)
    return new > 0


def keep_outputs(db: sqlite3.Connection, wanted: Mapping[int, str], *, now: datetime) -> None:
    """Tell these outputs, by number and name, and no others from now on.

    One that comes back is not told what was said while it was away.
    """
    for chat_id, name in wanted.items():
        welcome(db, chat_id, now=now, output=name)
        returned = db.execute(
            "UPDATE chat SET removed_at = NULL WHERE id = ? AND removed_at IS NOT NULL", (chat_id,)
        ).rowcount
        if returned:
            db.execute(
                "UPDATE watch SET since = ? WHERE chat_id = ? AND ended_at IS NULL", (to_ms(now), chat_id)
            )
    for chat_id in outputs(db):
        if chat_id not in wanted:
            db.execute(
                "UPDATE chat SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (to_ms(now), chat_id)
            )


def know(db: sqlite3.Connection, chat_id: int, *, now: datetime) -> None:
    """Make a chat known that watches nothing of itself: a person who asks in private."""
    db.execute("INSERT INTO chat(id, added_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (chat_id, to_ms(now)))


def change(db: sqlite3.Connection, chat_id: int, **values: object) -> None:
    """Set how a chat wants to be told: fields of `Chat` by name, times as datetime."""
    unknown = values.keys() - _SETTABLE
    if unknown:
        raise ValueError(f"not settable: {', '.join(sorted(unknown))}")
    columns = ", ".join(f"{name} = ?" for name in values)
    plain = [to_ms(value) if isinstance(value, datetime) else value for value in values.values()]
    db.execute(f"UPDATE chat SET {columns} WHERE id = ?", (*plain, chat_id))


def pause(db: sqlite3.Connection, chat_id: int, *, now: datetime) -> bool:
    """Tell the chat nothing until it is resumed; False where it is paused already."""
    return (
        db.execute(
            "UPDATE chat SET paused_at = ? WHERE id = ? AND paused_at IS NULL", (to_ms(now), chat_id)
        ).rowcount
        > 0
    )


def resume(db: sqlite3.Connection, chat_id: int, *, now: datetime) -> bool:
    """Go on telling; what became owed meanwhile comes as one summary. False where it was not paused."""
    return (
        db.execute(
            "UPDATE chat SET paused_at = NULL, released_at = ? WHERE id = ? AND paused_at IS NOT NULL",
            (to_ms(now), chat_id),
        ).rowcount
        > 0
    )


def release(db: sqlite3.Connection, chat_id: int, *, now: datetime) -> None:
    """Quiet hours have ended: what was owed before now and not sent comes as one summary."""
    db.execute("UPDATE chat SET released_at = ? WHERE id = ?", (to_ms(now), chat_id))


def hold(db: sqlite3.Connection, chat_id: int, until: datetime) -> None:
    """Telegram named a time: nothing goes to the chat before it, so that order is kept."""
    db.execute(
        "UPDATE chat SET held_until = max(coalesce(held_until, 0), ?) WHERE id = ?", (to_ms(until), chat_id)
    )


def block(db: sqlite3.Connection, chat_id: int, problem: str, *, now: datetime) -> None:
    """Telegram refuses: what is owed waits until something changes."""
    db.execute("UPDATE chat SET problem = ?, problem_at = ? WHERE id = ?", (problem, to_ms(now), chat_id))


def unblock(db: sqlite3.Connection, chat_ids: Iterable[int]) -> int:
    """Try these chats again; the number that had a problem."""
    done = 0
    for chat_id in chat_ids:
        done += db.execute(
            "UPDATE chat SET problem = NULL, problem_at = NULL WHERE id = ? AND problem IS NOT NULL",
            (chat_id,),
        ).rowcount
    return done


def set_title(db: sqlite3.Connection, chat_id: int, title: str) -> None:
    """What the chat is called."""
    db.execute("UPDATE chat SET title = ? WHERE id = ? AND title IS NOT ?", (title, chat_id, title))


def move(db: sqlite3.Connection, old: int, new: int, *, now: datetime) -> None:
    """A basic group became a supergroup: its watches, its wishes and what it is still owed go with it.

    What was delivered before stays with the old chat: a supergroup numbers its messages anew.
    """
    welcome(db, new, now=now)
    wishes = (
        "title, language, paused_at, released_at, muted_until, digest_at, digest_since, quiet_from, quiet_to, quiet_how, "
        "follow_ups"
    )
    db.execute(
        f"UPDATE chat SET ({wishes}) = (SELECT {wishes} FROM chat o WHERE o.id = ?) WHERE id = ?", (old, new)
    )
    db.execute(
        "INSERT OR IGNORE INTO told(chat_id, what, period, at) SELECT ?, what, period, at FROM told WHERE chat_id = ?",
        (new, old),
    )
    db.execute(
        "INSERT INTO watch(chat_id, place_id, since, ended_at, min_confidence, kinds, channels, delivery, muted_until) "
        "SELECT ?, place_id, since, ended_at, min_confidence, kinds, channels, delivery, muted_until FROM watch "
        "WHERE chat_id = ? ON CONFLICT DO UPDATE SET since = excluded.since, ended_at = excluded.ended_at, "
        "min_confidence = excluded.min_confidence, kinds = excluded.kinds, channels = excluded.channels, "
        "delivery = excluded.delivery, muted_until = excluded.muted_until",
        (new, old),
    )
    db.execute(
        "UPDATE OR IGNORE owed SET chat_id = ?, reply_to = NULL WHERE chat_id = ? AND message_id IS NULL",
        (new, old),
    )
    # What was told there is not told again: where it changes, the change is said as a message of its own.
    db.execute(
        "INSERT OR IGNORE INTO owed(chat_id, kind, subject, wanted, buttons, first, shown, shown_buttons, random_id, "
        "message_id, not_before, said_at, created_at, delivered_at, changed_at, language) "
        "SELECT ?, kind, subject, wanted, buttons, first, wanted, buttons, random_id, 0, not_before, said_at, created_at, "
        "delivered_at, changed_at, language FROM owed WHERE chat_id = ? AND kind = 'alert' AND message_id IS NOT NULL",
        (new, old),
    )
    db.execute("UPDATE watch SET ended_at = ? WHERE chat_id = ? AND ended_at IS NULL", (to_ms(now), old))
    db.execute("UPDATE chat SET moved_to = ?, problem = NULL WHERE id = ?", (new, old))


def moved(db: sqlite3.Connection) -> dict[int, int]:
    """Where chats have moved: the old number and the new one."""
    return dict(db.execute("SELECT id, moved_to FROM chat WHERE moved_to IS NOT NULL").fetchall())
