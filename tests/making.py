"""Small makers of records, so that a test says only what matters to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.alerts.owed import Rules, decide
from bot.archive.search import prepared
from bot.copies import Copies
from bot.places import Matcher
from storage import channels, chats, examination, places, posts, reading, search
from storage.records import (
    Channel,
    Examination,
    Examined,
    Kept,
    NameKind,
    Peer,
    Place,
    PlaceName,
    Post,
    PostKey,
)

NOW = datetime(2025, 11, 2, 12, 0, tzinfo=UTC)
RULES = Rules(min_confidence=0.5, zone=ZoneInfo("Europe/Kyiv"))
CHAT = -1001


def minutes(n: float) -> datetime:
    """So many minutes after `NOW`."""
    return NOW + timedelta(minutes=n)


def peer(number: int = 1, **fields: Any) -> Peer:
    given = {
        "telegram_id": 500 + number,
        "access_hash": number,
        "username": f"channel{number}",
        "title": f"Channel {number}",
        "joined": True,
        "newest": 0,
    }
    return Peer(**{**given, **fields})


def follow(db: sqlite3.Connection, number: int = 1, **fields: Any) -> Channel:
    return channels.follow(db, peer(number, **fields), account="reader", cursor=0, label=None, now=NOW)[0]


def place(*names: str, name: str = "Pokrovsk", region: str | None = None) -> Place:
    every = tuple(PlaceName(place_id=0, text=n, language="", kind=NameKind.OFFICIAL) for n in (name, *names))
    return Place(id=0, name=name, region=region, names=every)


def track(db: sqlite3.Connection, *names: str, name: str = "Pokrovsk", region: str | None = None) -> Place:
    """A place that the chat `CHAT` watches from `NOW` on."""
    chats.welcome(db, CHAT, now=NOW)
    added = places.add(db, place(*names, name=name, region=region), everywhere=False, now=NOW)
    places.watch(db, CHAT, added.id, since=NOW)
    return added


def post(channel: Channel, message_id: int, text: str, **fields: Any) -> Post:
    return Post(**{"key": PostKey(channel.id, message_id), "posted_at": NOW, "text": text, **fields})


def keep(
    db: sqlite3.Connection,
    said: Post,
    now: datetime = NOW,
    tracked: Sequence[Place] | None = None,
    copies: Copies | None = None,
    late: bool = False,
    with_file: bool = False,
    rules: Rules = RULES,
) -> bool:
    """Keep a post as the monitor would."""
    names = [n for p in (places.tracked(db) if tracked is None else tracked) for n in p.names]
    looked = Examination(
        state=Examined.YES if said.searchable else Examined.NO_TEXT,
        mentions=Matcher(names).find(said.searchable),
        generation=examination.generation_wanted(db),
    )
    return posts.keep(
        db,
        said,
        looked,
        now=now,
        decide=partial(decide, rules=rules),
        find_copy=(copies or Copies()).find,
        late=late,
        with_file=with_file,
    )


def searched(db: sqlite3.Connection, query: str, *, limit: int = 50) -> list[Kept]:
    """The posts that a query finds, newest first."""
    wanted = prepared(db, query, now=NOW, zone=RULES.zone, min_confidence=0.5)
    return reading.kept_by_ids(db, search.ids(db, wanted, limit=limit))
