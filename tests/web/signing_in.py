"""Browsers that are signed in, without the way in."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any, Final

from bot.web.access import secret
from storage import access

SESSION: Final = "a-session-of-the-tests"
"""What the cookie of the owner holds, once `owner` has let it in."""

COOKIE: Final = {"Cookie": f"placewatch={SESSION}"}


def owner(db: sqlite3.Connection, now: datetime) -> None:
    """Whoever has `SESSION` is signed in as the owner of the machine for a week."""
    let_in(db, SESSION, now, user_id=None)


def let_in(db: sqlite3.Connection, session: str, now: datetime, *, user_id: int | None) -> None:
    """Whoever has that session is signed in as that person for a week."""
    link, until = secret.hashed(secret.new()), now + timedelta(days=7)
    hashed = secret.hashed(session)
    access.end_session(db, hashed)
    access.add_link(db, link, user_id, now=now, until=until)
    access.use_link(db, link, hashed, now=now, until=until)


async def sign_in_browser(context: Any, address: str) -> None:
    """Have a browser of playwright's be signed in as the owner."""
    await context.add_cookies([{"name": "placewatch", "value": SESSION, "url": address}])
