"""What goes out: one row a message, by the state that a chat is owed; and the chats themselves."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from storage.records import Chat, Owed, OwedKind, Wanted
from storage.times import from_ms, to_ms

_COLUMNS = (
    "id, chat_id, kind, subject, wanted, random_id, first, shown, message_id, reply_to, silent, plain, attempts, "
    "not_before, created_at"
)
# New messages go before edits, answers to people before news; otherwise in the order in which they became owed.
_ORDER = "message_id IS NOT NULL, kind <> 'answer', id"


def _owed(row: tuple[object, ...]) -> Owed:
    (id_, chat_id, kind, subject, wanted, random_id, first, shown, message_id, reply_to, *rest) = row
    silent, plain, attempts, not_before, created_at = rest
    return Owed(
        id=id_,  # type: ignore[arg-type]  # STRICT tables hold the types
        chat_id=chat_id,  # type: ignore[arg-type]
        kind=OwedKind(str(kind)),
        subject=subject,  # type: ignore[arg-type]
        wanted=wanted,  # type: ignore[arg-type]
        random_id=random_id,  # type: ignore[arg-type]
        first=first,  # type: ignore[arg-type]
        shown=shown,  # type: ignore[arg-type]
        message_id=message_id,  # type: ignore[arg-type]
        reply_to=reply_to,  # type: ignore[arg-type]
        silent=bool(silent),
        plain=bool(plain),
        attempts=attempts,  # type: ignore[arg-type]
        not_before=from_ms(not_before),  # type: ignore[call-overload]
        created_at=from_ms(created_at),  # type: ignore[call-overload]
    )


def owe(
    db: sqlite3.Connection, kind: OwedKind, wanted: Wanted, *, now: datetime, reply_to: int | None = None
) -> bool:
    """A chat is owed this text about this subject from now on; True where that changes anything.

    The `random_id` is chosen here, once, and never changes: exactly-once delivery rests on it (TELEGRAM.md, 15).
    """
    not_before = now + timedelta(seconds=wanted.wait)
    changed = db.execute(
        "INSERT INTO owed(chat_id, kind, subject, wanted, random_id, reply_to, silent, not_before, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(chat_id, kind, subject) DO UPDATE SET wanted = excluded.wanted, "
        "not_before = CASE WHEN owed.first IS NULL THEN excluded.not_before ELSE owed.not_before END "
        "WHERE owed.wanted <> excluded.wanted",
        (
            wanted.chat_id,
            kind,
            wanted.subject,
            wanted.html,
            random.SystemRandom().randrange(1, 2**63),
            reply_to,
            wanted.silent,
            to_ms(not_before),
            to_ms(now),
        ),
    )
    return changed.rowcount > 0


def told(db: sqlite3.Connection, subject: str) -> dict[int, datetime]:
    """Chats that are owed an alert about the subject, or have had it, and since when."""
    rows = db.execute("SELECT chat_id, created_at FROM owed WHERE subject = ? AND kind = 'alert'", (subject,))
    return {chat_id: from_ms(created) for chat_id, created in rows}


def next_due(db: sqlite3.Connection, chat_id: int) -> Owed | None:
    """The message that the chat is to see next, also when its time has not come."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM owed WHERE chat_id = ? AND due = 1 ORDER BY {_ORDER} LIMIT 1", (chat_id,)
    ).fetchone()
    return None if row is None else _owed(row)


def chats_with_due(db: sqlite3.Connection) -> list[int]:
    """Chats that do not show yet what they are owed."""
    return [row[0] for row in db.execute("SELECT DISTINCT chat_id FROM owed WHERE due = 1")]


def waiting(db: sqlite3.Connection) -> dict[int, int]:
    """How many messages each chat still waits for."""
    return dict(db.execute("SELECT chat_id, count(*) FROM owed WHERE due = 1 GROUP BY chat_id").fetchall())


def begin(db: sqlite3.Connection, owed_id: int) -> Owed:
    """Fix the text of the first attempt, before anything is sent; later calls only count attempts."""
    row = db.execute(
        f"UPDATE owed SET first = coalesce(first, wanted), attempts = attempts + 1 WHERE id = ? RETURNING {_COLUMNS}",
        (owed_id,),
    ).fetchone()
    return _owed(row)


def arrived(
    db: sqlite3.Connection, owed_id: int, *, message_id: int | None, text: str, now: datetime
) -> None:
    """The chat shows `text`; `message_id` is None where Telegram never told it."""
    db.execute(
        "UPDATE owed SET shown = ?, message_id = coalesce(message_id, ?), delivered_at = coalesce(delivered_at, ?) WHERE id = ?",
        (text, message_id or 0, to_ms(now), owed_id),
    )


def plainly(db: sqlite3.Connection, owed_id: int) -> None:
    """Telegram refused the markup: from now on the bare words go."""
    db.execute("UPDATE owed SET plain = 1 WHERE id = ?", (owed_id,))


def say_instead(db: sqlite3.Connection, owed: Owed, *, now: datetime) -> None:
    """A message that can't be edited any more: its newest state is owed as a reply to it."""
    again = Wanted(
        chat_id=owed.chat_id,
        subject=f"{owed.subject}#{owed.id}.{owed.attempts}",
        html=owed.wanted,
        silent=True,
    )
    owe(db, OwedKind.FOLLOW_UP, again, now=now, reply_to=owed.message_id or None)
    db.execute("UPDATE owed SET shown = ? WHERE id = ?", (owed.wanted, owed.id))


def chats(db: sqlite3.Connection) -> list[Chat]:
    """Every chat that was ever told anything."""
    rows = db.execute("SELECT id, title, held_until, problem FROM chat ORDER BY id")
    return [Chat(id=i, title=t, held_until=from_ms(h), problem=p) for i, t, h, p in rows]


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
