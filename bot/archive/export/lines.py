"""JSON Lines for programs: one object a line, with the fields of every format and what the post said before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from bot.archive.export.fields import named
from bot.archive.export.heading import Heading
from bot.archive.export.sheet import encoded
from storage.records.exported import Statement

MIME: Final = "application/jsonl"


def written(_: Heading, statements: Iterable[Statement]) -> Iterator[bytes]:
    """A line for each statement."""
    for one in statements:
        yield line(one)


def line(one: Statement) -> bytes:
    """One statement; of a protected post's earlier versions only the times are given."""
    earlier = [
        {
            "version": version.number,
            "seen_at": version.seen_at,
            "edited_at": version.edited_at,
            "text": None if one.protected else version.text,
        }
        for version in one.earlier
    ]
    preview = None if one.protected or not one.preview else one.preview
    said = named(one) | {"preview": preview, "found_in_version": one.found_in, "earlier": earlier}
    return encoded(json.dumps(said, ensure_ascii=False) + "\n")
