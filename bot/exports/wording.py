"""The words of an exported message, and their formatting."""

from __future__ import annotations

from typing import Any

from bot.alerts.measure import units
from bot.characters import clean
from storage.records import Entity

# As Telegram calls them where the account reads: one kind of formatting has one name, however it reached us.
_KINDS = {"link": "url", "text_link": "text_url", "strikethrough": "strike"}


def words(said: Any) -> str | None:
    """A text as the export gives it, as plain words: a string, or a list of strings and formatted parts."""
    parts = _parts(said)
    return None if parts is None else clean("".join(text for _, text, _ in parts))


def entities(said: Any) -> tuple[Entity, ...]:
    """The formatting of a text, with offsets and lengths in UTF-16 units as Telegram itself counts them."""
    found = []
    offset = 0
    for kind, text, url in _parts(said) or ():
        length = units(text)
        if kind is not None and length:
            found.append(Entity(kind, offset, length, url))
        offset += length
    return tuple(found)


def _parts(said: Any) -> list[tuple[str | None, str, str | None]] | None:
    """(kind, words, address) of each part; None where that is no text."""
    if isinstance(said, str):
        return [(None, said, None)]
    if not isinstance(said, list):
        return None
    found: list[tuple[str | None, str, str | None]] = []
    for part in said:
        if isinstance(part, str):
            found.append((None, part, None))
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            kind, url = part.get("type"), part.get("href")
            named = clean(kind) if isinstance(kind, str) and kind != "plain" else None
            found.append((_KINDS.get(named, named) if named else None, part["text"], clean(url) or None))
        else:
            return None
    return found
