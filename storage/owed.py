"""What goes out: one row a message, by the state that a chat is owed."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from storage.records import AlertSent, Attachment, Button, Buttons, Owed, OwedKind, Told, Waiting, Wanted
from storage.times import from_ms, to_ms

_COLUMNS = (
    "id, chat_id, kind, subject, wanted, buttons, random_id, first, shown, message_id, reply_to, topic, ask, silent, "
    "urgent, plain, attempts, not_before, created_at, changed_at"
)
# A reply waits for the message that it answers, or for the summary that tells of it instead.
_HAS_TARGET = (
    "(answers IS NULL OR EXISTS (SELECT 1 FROM owed t LEFT JOIN owed s ON s.id = t.folded WHERE t.id = owed.answers AND "
    "coalesce(t.message_id, s.message_id) IS NOT NULL))"
)
_PERSONAL = "kind IN ('answer', 'notice')"  # told whatever the hour


def _owed(row: tuple[Any, ...]) -> Owed:
    (
        id_,
        chat_id,
        kind,
        subject,
        wanted,
        buttons,
        random_id,
        first,
        shown,
        message_id,
        reply_to,
        topic,
        *rest,
    ) = row
    ask, silent, urgent, plain, attempts, not_before, created_at, changed_at = rest
    return Owed(
        id=id_,
        chat_id=chat_id,
        kind=OwedKind(kind),
        subject=subject,
        wanted=wanted,
        buttons=_read_buttons(buttons),
        random_id=random_id,
        first=first,
        shown=shown,
        message_id=message_id,
        reply_to=reply_to,
        topic=topic,
        ask=bool(ask),
        silent=bool(silent),
        urgent=bool(urgent),
        plain=bool(plain),
        attempts=attempts,
        not_before=from_ms(not_before),
        created_at=from_ms(created_at),
        changed_at=from_ms(changed_at),
    )


def _write_buttons(buttons: Buttons) -> str | None:
    if not buttons:
        return None
    return json.dumps([[[b.words, b.data, b.url] for b in row] for row in buttons], ensure_ascii=False)


def _read_buttons(text: str | None) -> Buttons:
    return tuple(tuple(Button(*b) for b in row) for row in json.loads(text)) if text else ()


def owe(db: sqlite3.Connection, wanted: Wanted, *, now: datetime, reply_to: int | None = None) -> int | None:
    """A chat is owed this about this subject from now on; the row's id, or None where that changes nothing.

    The `random_id` is chosen here, once, and never changes: exactly-once delivery rests on it (TELEGRAM.md, 15).
    An update of an alert that the chat was never owed is not owed either.
    """
    answers = None
    if wanted.answers is not None:
        row = db.execute(
            "SELECT id FROM owed WHERE chat_id = ? AND kind = 'alert' AND subject = ?",
            (wanted.chat_id, wanted.answers),
        ).fetchone()
        if row is None:
            return None
        answers = row[0]
    not_before = now + timedelta(seconds=wanted.wait)
    changed = db.execute(
        "INSERT INTO owed(chat_id, kind, subject, wanted, buttons, brief, random_id, reply_to, answers, topic, ask, silent, "
        "urgent, not_before, said_at, created_at, language) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(chat_id, kind, subject) DO UPDATE SET wanted = excluded.wanted, buttons = excluded.buttons, "
        "brief = excluded.brief, "
        "not_before = CASE WHEN owed.first IS NULL THEN excluded.not_before ELSE owed.not_before END "
        "WHERE owed.wanted <> excluded.wanted OR owed.buttons IS NOT excluded.buttons RETURNING id",
        (
            wanted.chat_id,
            wanted.kind,
            wanted.subject,
            wanted.html,
            _write_buttons(wanted.buttons),
            wanted.brief,
            random.SystemRandom().randrange(1, 2**63),
            reply_to,
            answers,
            wanted.topic,
            wanted.ask,
            wanted.silent,
            wanted.urgent,
            to_ms(not_before),
            to_ms(wanted.said_at),
            to_ms(now),
            wanted.language,
        ),
    ).fetchone()
    if changed is None:
        return None
    if wanted.attachment is not None:
        file = wanted.attachment
        db.execute(
            "INSERT OR IGNORE INTO attachment(owed_id, name, mime, data) VALUES (?, ?, ?, ?)",
            (changed[0], file.name, file.mime, file.data),
        )
    return int(changed[0])


def attachment(db: sqlite3.Connection, owed_id: int) -> Attachment | None:
    """The file that goes with a message which has not arrived yet."""
    row = db.execute("SELECT name, mime, data FROM attachment WHERE owed_id = ?", (owed_id,)).fetchone()
    return None if row is None else Attachment(name=row[0], mime=row[1], data=row[2])


def told(db: sqlite3.Connection, subject: str) -> dict[int, Told]:
    """By chat: since when it is owed an alert about the subject, and when it was sent, be it in a summary."""
    rows = db.execute(
        "SELECT o.chat_id, o.created_at, coalesce(o.delivered_at, s.delivered_at), coalesce(o.language, 'en') FROM owed o "
        "LEFT JOIN owed s ON s.id = o.folded WHERE o.subject = ? AND o.kind = 'alert'",
        (subject,),
    )
    return {id_: Told(from_ms(created), from_ms(sent), language) for id_, created, sent, language in rows}


def next_due(
    db: sqlite3.Connection,
    chat_id: int,
    *,
    now: datetime,
    edit_every: timedelta = timedelta(0),
    only: str | None = None,
) -> Owed | None:
    """The message that the chat is to see next; where none may go yet, the one whose time comes first.

    New messages go before edits and keep their order; an alert is edited once in `edit_every` at most. `only`
    "urgent" passes over what can wait until the quiet hours end, "personal" over all news.
    """
    allowed = {None: "1", "urgent": f"(urgent OR {_PERSONAL})", "personal": _PERSONAL}[only]
    condition = f"chat_id = ? AND due = 1 AND {allowed}"
    # Answers to people go before news; otherwise in the order in which they became owed. Sorted by kind in one
    # query, every message that waits would be read for each that goes.
    news = f"SELECT {_COLUMNS} FROM owed INDEXED BY owed_due WHERE {condition} AND message_id IS NULL AND {_HAS_TARGET}"
    new = (
        db.execute(f"{news} AND kind = 'answer' ORDER BY id LIMIT 1", (chat_id,)).fetchone()
        or db.execute(f"{news} AND kind <> 'answer' ORDER BY id LIMIT 1", (chat_id,)).fetchone()
    )
    if new is not None and from_ms(new[17]) <= now:
        return _owed(new)
    edit = db.execute(
        f"SELECT {_COLUMNS}, CASE kind WHEN 'alert' THEN max(not_before, coalesce(changed_at, 0) + ?) ELSE 0 END AS due_at "
        f"FROM owed WHERE {condition} AND message_id IS NOT NULL ORDER BY due_at, kind <> 'answer', id LIMIT 1",
        (int(edit_every.total_seconds() * 1000), chat_id),
    ).fetchone()
    if edit is None:
        return None if new is None else _owed(new)
    *row, due_at = edit
    row[17] = due_at
    return _owed(tuple(row)) if new is None or due_at <= min(to_ms(now), new[17]) else _owed(new)


def chats_with_due(db: sqlite3.Connection) -> list[int]:
    """Chats that do not show yet what they are owed."""
    return [
        row[0]
        for row in db.execute(
            "SELECT id FROM chat WHERE removed_at IS NULL AND EXISTS "
            "(SELECT 1 FROM owed WHERE chat_id = chat.id AND due = 1)"
        )
    ]


def waiting(db: sqlite3.Connection) -> dict[int, int]:
    """How many messages each chat still waits for."""
    rows = db.execute(
        "SELECT chat_id, count(*) FROM owed WHERE due = 1 AND chat_id NOT IN "
        "(SELECT id FROM chat WHERE removed_at IS NOT NULL) GROUP BY chat_id"
    )
    return dict(rows.fetchall())


def unsent(db: sqlite3.Connection, chat_id: int) -> list[Waiting]:
    """The alerts, bursts and updates that the chat has not been sent at all, oldest first."""
    rows = db.execute(
        "SELECT o.id, o.kind, CASE o.kind WHEN 'update' THEN coalesce(t.brief || char(10) || '↳ ', '') || o.wanted "
        "ELSE coalesce(o.brief, o.wanted) END, coalesce(o.topic, t.topic), o.silent, o.urgent, o.said_at, o.created_at, "
        "o.answers FROM owed o LEFT JOIN owed t ON t.id = o.answers "
        "WHERE o.chat_id = ? AND o.due = 1 AND o.kind IN ('alert', 'burst', 'update') AND o.first IS NULL "
        "ORDER BY coalesce(o.said_at, o.created_at), o.id",
        (chat_id,),
    )
    return [
        Waiting(
            row_id=id_,
            kind=OwedKind(kind),
            line=line,
            topic=topic,
            silent=bool(silent),
            urgent=bool(urgent),
            said_at=from_ms(said),
            owed_at=from_ms(owed_at),
            answers=answers,
        )
        for id_, kind, line, topic, silent, urgent, said, owed_at, answers in rows
    ]


def fold(db: sqlite3.Connection, ids: list[int], summary_id: int) -> None:
    """These messages are told by a summary instead."""
    db.executemany("UPDATE owed SET folded = ? WHERE id = ?", [(summary_id, i) for i in ids])


def begin(db: sqlite3.Connection, owed_id: int) -> Owed:
    """Fix the text of the first attempt, before anything is sent; later calls only count attempts.

    Outside Telegram a repeated message is a second one in any case, so there the newest words go. A reply goes to
    the topic of the message that it answers.
    """
    row = db.execute(
        "UPDATE owed SET attempts = attempts + 1, "
        "first = CASE WHEN (SELECT output FROM chat c WHERE c.id = owed.chat_id) IS NULL THEN coalesce(first, wanted) "
        "ELSE wanted END, "
        "topic = coalesce(topic, (SELECT CASE WHEN t.folded IS NULL THEN t.topic ELSE s.topic END FROM owed t "
        "LEFT JOIN owed s ON s.id = t.folded WHERE t.id = owed.answers)), "
        "reply_to = coalesce(reply_to, (SELECT coalesce(t.message_id, s.message_id) FROM owed t "
        "LEFT JOIN owed s ON s.id = t.folded WHERE t.id = owed.answers)) "
        f"WHERE id = ? RETURNING {_COLUMNS}",
        (owed_id,),
    ).fetchone()
    return _owed(row)


def arrived(
    db: sqlite3.Connection,
    owed_id: int,
    *,
    message_id: int | None,
    text: str,
    buttons: Buttons | None,
    now: datetime,
) -> None:
    """The chat shows `text` and `buttons` (None: unknown); `message_id` is None where Telegram never told it."""
    known = "" if buttons is None else _write_buttons(buttons)
    db.execute(
        "UPDATE owed SET shown = ?, shown_buttons = CASE WHEN ? = '' AND buttons IS NOT NULL THEN '' ELSE nullif(?, '') END, "
        "message_id = coalesce(message_id, ?), delivered_at = coalesce(delivered_at, ?), changed_at = ? WHERE id = ?",
        (text, known, known, message_id or 0, to_ms(now), to_ms(now), owed_id),
    )
    db.execute("DELETE FROM attachment WHERE owed_id = ?", (owed_id,))


def plainly(db: sqlite3.Connection, owed_id: int) -> None:
    """Telegram refused the markup: from now on the bare words go."""
    db.execute("UPDATE owed SET plain = 1 WHERE id = ?", (owed_id,))


def say_instead(db: sqlite3.Connection, owed: Owed, *, now: datetime) -> None:
    """A message that can't be edited any more: its newest state is owed as a reply to it."""
    _follow_up(db, owed, owed.wanted, f"{owed.subject}#{owed.id}.{owed.attempts}", now)
    _settled(db, owed, now)


def say_besides(db: sqlite3.Connection, owed: Owed, html: str | None, *, now: datetime) -> None:
    """A message that can never be edited: what is new, if anything, is owed as one more message."""
    if html is not None:
        (before,) = db.execute(
            "SELECT count(*) FROM owed WHERE chat_id = ? AND kind = 'follow-up' AND reply_to = ?",
            (owed.chat_id, owed.message_id),
        ).fetchone()
        _follow_up(db, owed, html, f"{owed.subject}#{owed.id}+{before + 1}", now)
    _settled(db, owed, now)


def _follow_up(db: sqlite3.Connection, owed: Owed, html: str, subject: str, now: datetime) -> None:
    again = Wanted(
        chat_id=owed.chat_id,
        subject=subject,
        html=html,
        kind=OwedKind.FOLLOW_UP,
        buttons=owed.buttons,
        topic=owed.topic,
        silent=True,
    )
    owe(db, again, now=now, reply_to=owed.message_id or None)


def _settled(db: sqlite3.Connection, owed: Owed, now: datetime) -> None:
    db.execute(
        "UPDATE owed SET shown = wanted, shown_buttons = buttons, changed_at = ? WHERE id = ?",
        (to_ms(now), owed.id),
    )


def has_updates(db: sqlite3.Connection, owed_id: int) -> bool:
    """Whether messages of their own have told, or will tell, what became of the words of an alert."""
    found = db.execute("SELECT 1 FROM owed WHERE answers = ? AND kind = 'update' LIMIT 1", (owed_id,))
    return found.fetchone() is not None


def show(db: sqlite3.Connection, chat_id: int, message_id: int, *, html: str, buttons: Buttons) -> None:
    """That message of ours is to show this from now on."""
    db.execute(
        "UPDATE owed SET wanted = ?, buttons = ? WHERE chat_id = ? AND message_id = ?",
        (html, _write_buttons(buttons), chat_id, message_id),
    )


def by_message(db: sqlite3.Connection, chat_id: int, message_id: int) -> Owed | None:
    """What we said in that message of a chat."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM owed WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
    ).fetchone()
    return None if row is None else _owed(row)


def alerts_about(db: sqlite3.Connection, chat_id: int, subject: str) -> list[tuple[datetime, int | None]]:
    """When a chat was given alerts about a statement, and in which messages; None where that never became known."""
    rows = db.execute(
        "SELECT delivered_at, nullif(message_id, 0) FROM owed WHERE subject = ? AND chat_id = ? AND kind = 'alert' "
        "AND delivered_at IS NOT NULL ORDER BY id",
        (subject, chat_id),
    )
    return [(from_ms(at), message_id) for at, message_id in rows]


def alerts_sent(db: sqlite3.Connection, subjects: Iterable[str]) -> list[AlertSent]:
    """The alerts about statements that reached any chat, in the order in which they did."""
    wanted = sorted(subjects)
    rows = db.execute(
        "SELECT o.chat_id, c.title, o.delivered_at, nullif(o.message_id, 0) FROM owed o JOIN chat c ON c.id = o.chat_id "
        f"WHERE o.subject IN ({','.join('?' * len(wanted))}) AND o.kind = 'alert' AND o.delivered_at IS NOT NULL "
        "ORDER BY o.delivered_at, o.id",
        wanted,
    )
    return [AlertSent(chat_id, title, from_ms(at), message_id) for chat_id, title, at, message_id in rows]
