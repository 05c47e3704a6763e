"""Who may see the review page and the API. Links, sessions and tokens are known by their hashes alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.records import ApiToken, WebSession, WebUser
from storage.times import from_ms, to_ms

_USER = "user_id, name, role, chat_role, chat_id, added_at, link_at"
_REMEMBERED = timedelta(
    days=1
)  # so long a link that was used or has expired is told apart from one that never was


@dataclass(frozen=True, slots=True)
class Link:
    """A way in that works once."""

    user_id: int | None  # None: whoever has the machine's command line
    expires_at: datetime
    used_at: datetime | None


def users(db: sqlite3.Connection, now: datetime) -> list[WebUser]:
    """Everybody who was given a link, or of whom the operator has spoken, by name."""
    return _users(db, now, "1 ORDER BY name COLLATE NOCASE, user_id")


def user(db: sqlite3.Connection, user_id: int, now: datetime) -> WebUser | None:
    """That person."""
    return next(iter(_users(db, now, "user_id = ?", (user_id,))), None)


def _users(db: sqlite3.Connection, now: datetime, where: str, values: Iterable[object] = ()) -> list[WebUser]:
    rows = db.execute(
        f"SELECT {_USER}, (SELECT count(*) FROM web_session s WHERE s.user_id = u.user_id AND s.expires_at > ?) "
        f"FROM web_user u WHERE {where}",
        (to_ms(now), *values),
    )
    return [
        WebUser(
            user_id=user_id,
            name=name,
            role=role,
            chat_role=chat_role,
            chat_id=chat_id,
            added_at=from_ms(added),
            link_at=from_ms(link),
            sessions=sessions,
        )
        for user_id, name, role, chat_role, chat_id, added, link, sessions in rows
    ]


def set_role(
    db: sqlite3.Connection, user_id: int, role: str | None, *, name: str | None, now: datetime
) -> None:
    """What the operator says that somebody may do: "none", "read", "review", "admin", or None: as the chat says."""
    db.execute(
        "INSERT INTO web_user(user_id, name, role, added_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET role = excluded.role, name = coalesce(?, name)",
        (user_id, name or str(user_id), role, to_ms(now), name),
    )


def meet(
    db: sqlite3.Connection,
    user_id: int,
    *,
    name: str,
    chat_role: str | None,
    chat_id: int | None,
    now: datetime,
) -> WebUser:
    """Somebody asks for a link: what the chat gives them from now on, and who they are then."""
    db.execute(
        "INSERT INTO web_user(user_id, name, chat_role, chat_id, added_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET name = excluded.name, chat_role = excluded.chat_role, chat_id = excluded.chat_id",
        (user_id, name, chat_role, chat_id, to_ms(now)),
    )
    found = user(db, user_id, now)
    assert found is not None  # noqa: S101 - just written
    return found


def remove_user(db: sqlite3.Connection, user_id: int) -> bool:
    """Forget somebody, and sign them out; False where nobody is known by that number."""
    sign_out(db, user_id)
    db.execute("DELETE FROM web_link WHERE user_id = ?", (user_id,))
    return db.execute("DELETE FROM web_user WHERE user_id = ?", (user_id,)).rowcount > 0


def sign_out(db: sqlite3.Connection, user_id: int) -> int:
    """End all of somebody's sessions; how many there were."""
    return db.execute("DELETE FROM web_session WHERE user_id = ?", (user_id,)).rowcount


def add_link(
    db: sqlite3.Connection, hashed: bytes, user_id: int | None, *, now: datetime, until: datetime
) -> None:
    """A way in; those that the same person was given before work no more."""
    db.execute("DELETE FROM web_link WHERE expires_at < ?", (to_ms(now - _REMEMBERED),))
    db.execute("DELETE FROM web_session WHERE expires_at < ?", (to_ms(now),))
    db.execute("DELETE FROM web_link WHERE user_id IS ? AND used_at IS NULL", (user_id,))
    db.execute(
        "INSERT INTO web_link(hash, user_id, made_at, expires_at) VALUES (?, ?, ?, ?)",
        (hashed, user_id, to_ms(now), to_ms(until)),
    )
    if user_id is not None:
        db.execute("UPDATE web_user SET link_at = ? WHERE user_id = ?", (to_ms(now), user_id))


def forget_link(db: sqlite3.Connection, hashed: bytes, user_id: int) -> None:
    """A link did not reach its person: they may have another one at once."""
    db.execute("DELETE FROM web_link WHERE hash = ?", (hashed,))
    db.execute("UPDATE web_user SET link_at = NULL WHERE user_id = ?", (user_id,))


def link(db: sqlite3.Connection, hashed: bytes) -> Link | None:
    """The way in that is known by that hash."""
    row = db.execute("SELECT user_id, expires_at, used_at FROM web_link WHERE hash = ?", (hashed,)).fetchone()
    return None if row is None else Link(row[0], from_ms(row[1]), from_ms(row[2]))


def use_link(
    db: sqlite3.Connection, hashed: bytes, session: bytes, *, now: datetime, until: datetime
) -> None:
    """A browser comes in by a link, which works no more, and is known by its session from now on."""
    db.execute("UPDATE web_link SET used_at = ? WHERE hash = ?", (to_ms(now), hashed))
    db.execute(
        "INSERT INTO web_session(hash, user_id, made_at, expires_at) "
        "SELECT ?, user_id, ?, ? FROM web_link WHERE hash = ?",
        (session, to_ms(now), to_ms(until), hashed),
    )


def session(db: sqlite3.Connection, hashed: bytes, now: datetime) -> WebSession | None:
    """The browser that is signed in by that cookie; None where it is not, any more or at all."""
    row = db.execute(
        "SELECT user_id, expires_at FROM web_session WHERE hash = ? AND expires_at > ?", (hashed, to_ms(now))
    ).fetchone()
    if row is None:
        return None
    user_id, expires = row
    if user_id is None:
        return WebSession(user=None, expires_at=from_ms(expires))
    found = user(db, user_id, now)
    return None if found is None else WebSession(user=found, expires_at=from_ms(expires))


def end_session(db: sqlite3.Connection, hashed: bytes) -> None:
    """A browser signs out."""
    db.execute("DELETE FROM web_session WHERE hash = ?", (hashed,))


def add_token(db: sqlite3.Connection, name: str, hashed: bytes, role: str, *, now: datetime) -> bool:
    """A program may ask the API; False where another one has that name."""
    made = db.execute(
        "INSERT INTO api_token(hash, name, role, made_at) VALUES (?, ?, ?, ?) ON CONFLICT(name) DO NOTHING",
        (hashed, name, role, to_ms(now)),
    )
    return made.rowcount > 0


def tokens(db: sqlite3.Connection) -> list[ApiToken]:
    """The programs that may ask the API, by name."""
    return _tokens(db, "1 ORDER BY name COLLATE NOCASE")


def token(db: sqlite3.Connection, hashed: bytes) -> ApiToken | None:
    """The program that has that token."""
    return next(iter(_tokens(db, "hash = ?", (hashed,))), None)


def _tokens(db: sqlite3.Connection, where: str, values: Iterable[object] = ()) -> list[ApiToken]:
    rows = db.execute(f"SELECT name, role, made_at FROM api_token WHERE {where}", tuple(values))
    return [ApiToken(name=name, role=role, made_at=from_ms(made)) for name, role, made in rows]


def remove_token(db: sqlite3.Connection, name: str) -> bool:
    """A program may ask no more; False where none has that name."""
    return db.execute("DELETE FROM api_token WHERE name = ? COLLATE NOCASE", (name,)).rowcount > 0
