"""Statements as tests need them: made up, or found in an archive."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from bot.archive.export.heading import Heading
from storage.records import Channel, Head, Place, Source
from storage.records.exported import About, Statement
from tests.making import NOW

HEAD = Head(7, "ab" * 32, NOW)
POKROVSK = Place(id=1, name="Pokrovsk", region="Donetsk Oblast", latitude=48.28, longitude=37.18)


def heading(**given: Any) -> Heading:
    """The frame of an export."""
    usual = {
        "query": "place:Pokrovsk",
        "made_at": NOW,
        "zone": ZoneInfo("Europe/Kyiv"),
        "head": HEAD,
        "sure": 0.5,
        "about": "Pokrovsk",
    }
    return Heading(**(usual | given))


def channel(title: str = "Channel", **given: Any) -> Channel:
    """A channel that is followed."""
    return Channel(
        **({"id": 1, "telegram_id": 501, "username": "channel1", "title": title, "added_at": NOW} | given)
    )


def statement(text: str = "Бои в Покровске", **given: Any) -> Statement:
    """One statement about a place whose position is known."""
    usual = {
        "id": 1 << 40,
        "channel": channel(),
        "message_id": 1,
        "posted_at": "2025-11-02T12:00:00+00:00",
        "received_at": "2025-11-02T12:00:01+00:00",
        "edited_at": None,
        "deleted_at": None,
        "rev": 0,
        "text": text,
        "preview": "",
        "origin": None,
        "media": None,
        "protected": False,
        "source": Source.TELEGRAM,
        "about": (About(POKROVSK, 0.98, ("Покровске",), "locative", 0, None),),
        "earlier": (),
        "repeats": None,
        "how": None,
        "found_in": 0,
        "spans": (),
        "entries": (1,),
        "digest": "cd" * 32,
        "head": HEAD,
    }
    return Statement(**(usual | given))
