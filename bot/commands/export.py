"""Statements as files for programs and spreadsheets: CSV and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from bot.alerts.excerpt import spans_about
from bot.languages import ENGLISH, Words
from storage.records import Kept, Place, Proven

COLUMNS: Final = (
    "link", "channel", "who_speaks", "posted_at", "received_at", "edited_at", "deleted_at", "forwarded_from", "text",
    "places", "confidence", "names", "protected", "ledger_entries", "digest", "ledger_head",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the start of a formula
MIME: Final = {"csv": "text/csv", "jsonl": "application/jsonl"}


def header(form: str) -> bytes:
    """What a file begins with: the names of the columns, after the mark by which spreadsheets know UTF-8."""
    return ("\ufeff" + _line(COLUMNS)).encode() if form == "csv" else b""


def row(kept: Kept, places: Mapping[int, Place], proven: Proven | None, form: str) -> bytes:
    """One post; times are ISO 8601 in UTC, and places, confidence and names stand in the same order.

    The digest is that of what the post says now, `said` in `storage.proof`, whole even where only an excerpt is given.
    """
    values = _values(kept, places) | _ledger(proven)
    if form == "jsonl":
        return (json.dumps(values, ensure_ascii=False) + "\n").encode()
    return _line([_cell(values[name]) for name in COLUMNS]).encode()


def _values(kept: Kept, places: Mapping[int, Place]) -> dict[str, object]:
    best: dict[int, tuple[float, list[str]]] = {}
    for revision in kept.revisions:
        for m in revision.mentions:
            confidence, names = best.get(m.place_id, (0.0, []))
            best[m.place_id] = (
                max(confidence, m.confidence),
                [*names, *([] if m.surface in names else [m.surface])],
            )
    known = {i: found for i, found in best.items() if i in places}
    post = kept.post
    return {
        "link": kept.link,
        "channel": kept.channel.name,
        "who_speaks": kept.channel.label or kept.channel.title,
        "posted_at": _iso(post.posted_at),
        "received_at": _iso(kept.received_at),
        "edited_at": _iso(post.edited_at),
        "deleted_at": _iso(kept.deleted_at),
        "forwarded_from": (post.forward.name or str(post.forward.telegram_id)) if post.forward else None,
        "text": _about_places(kept) if post.protected else post.text,
        "places": [places[i].name for i in known],
        "confidence": [round(confidence, 3) for confidence, _ in known.values()],
        "names": [", ".join(names) for _, names in known.values()],
        "protected": "excerpt only: protected by its channel" if post.protected else None,
    }


def _ledger(proven: Proven | None) -> dict[str, object]:
    return {
        "ledger_entries": list(proven.numbers) if proven else None,
        "digest": proven.digest if proven else None,
        "ledger_head": str(proven.head) if proven else None,
    }


def _about_places(kept: Kept) -> str:
    """The sentences about places, all that is given of a post that its channel does not let people copy."""
    revision = next((r for r in reversed(kept.revisions) if r.mentions), kept.revisions[-1])
    return " … ".join(revision.text[a:b] for a, b in spans_about(revision.text, revision.mentions))


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = "; ".join(map(str, value))
    return safe(str(value))


def safe(text: str) -> str:
    """A cell's text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def nothing(about: str, *, t: Words = ENGLISH) -> str:
    """There is no statement to put into a file."""
    return t(
        "No statements about {about} are in the archive for that time. /channels says how far was read.",
        about=about,
    )
