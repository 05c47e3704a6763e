"""Exports as Telegram Desktop writes them, so that a test says only what matters to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.making import NOW

CHANNEL = 501  # the number of `tests.making.peer()`


def message(number: int, text: Any = "", at: datetime = NOW, **fields: Any) -> dict[str, Any]:
    """A message in the order of the writer's fields; `edited` is a time."""
    said = {"id": number, "type": "message", "date": f"{at:%Y-%m-%dT%H:%M:%S}"}
    said["date_unixtime"] = str(int(at.timestamp()))
    if edited := fields.pop("edited", None):
        said |= {"edited": f"{edited:%Y-%m-%dT%H:%M:%S}", "edited_unixtime": str(int(edited.timestamp()))}
    said |= {"from": "Channel 1", "from_id": f"channel{CHANNEL}", **fields, "text": text}
    parts = [text] if isinstance(text, str) else text
    said["text_entities"] = [
        {"type": "plain", "text": part} if isinstance(part, str) else part for part in parts if part
    ]
    return said


def service(number: int, action: str = "pin_message") -> dict[str, Any]:
    return {
        "id": number,
        "type": "service",
        "date": "2025-11-02T14:00:00",
        "date_unixtime": str(int(NOW.timestamp())),
        "actor": "Channel 1",
        "actor_id": f"channel{CHANNEL}",
        "action": action,
        "text": "",
        "text_entities": [],
    }


def chat(messages: Sequence[Any], **fields: Any) -> dict[str, Any]:
    return {
        "name": "Channel 1",
        "type": "public_channel",
        "id": CHANNEL,
        **fields,
        "messages": list(messages),
    }


def account(*chats: Any, left: Sequence[Any] = ()) -> dict[str, Any]:
    return {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1, "bio": 'a "[{" in it'},
        "contacts": {"about": "", "list": [{"first_name": "Olena"}]},
        "chats": {"about": "This page lists all chats from this export.", "list": list(chats)},
        "left_chats": {"about": "", "list": list(left)},
    }


def written(export: Any) -> str:
    """The text of a file: one space of indentation a level, as the writer has it."""
    return json.dumps(export, ensure_ascii=False, indent=1)


def many(count: int, start: int = 1, text: str = "Спокойно") -> list[dict[str, Any]]:
    return [
        message(n, f"{text} {n}", NOW + timedelta(seconds=n - start)) for n in range(start, start + count)
    ]
