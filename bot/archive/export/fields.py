"""The fields of a statement, the same in every format: plain values, times in ISO 8601 and UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.excerpt import spans_about
from storage.records.exported import Statement

COLUMNS: Final = (
    "link",
    "channel",
    "who_speaks",  # as the team labels it, else the channel's own title
    "side",
    "standing",
    "posted_at",
    "received_at",
    "edited_at",
    "deleted_at",
    "version",  # 0: never edited as far as we saw
    "forwarded_from",
    "repeats",  # the statement that was kept first, where this is a forward or a copy of it
    "text",  # what it says now
    "said_before",  # the earlier version that was found, where it is not the text
    "media",
    "places",  # these five stand in the same order
    "confidence",
    "names",
    "why",
    "relevance",  # the team's own: "relevant", "wrong", "second look", or nothing yet
    "protected",
    "ledger_entries",
    "digest",  # of what it says now: `said` in storage/proof.py, whole even where only an excerpt is given
    "ledger_head",  # when the post was read for this file
)
"""The fields of every format, in the order of a table's columns."""

PROTECTED: Final = "excerpt only: protected by its channel"


def values(one: Statement) -> tuple[Any, ...]:
    """A statement's fields in the order of `COLUMNS`: texts, numbers, lists of them, or None."""
    channel, about = one.channel, one.about
    return (
        one.link,
        channel.name,
        channel.label or channel.title,
        channel.side,
        channel.standing,
        one.posted_at,
        one.received_at,
        one.edited_at,
        one.deleted_at,
        one.rev,
        one.origin,
        one.repeats,
        excerpt(one, one.text) if one.protected else one.text,
        None if one.found_in == one.rev else quoted(one),
        one.media,
        [a.place.name for a in about],
        [round(a.confidence, 3) for a in about],
        [", ".join(a.names) for a in about],
        [a.why for a in about],
        [a.verdict or "" for a in about],
        PROTECTED if one.protected else None,
        list(one.entries) or None,
        one.digest,
        None if one.digest is None else str(one.head),
    )


def named(one: Statement) -> dict[str, Any]:
    """The same by name."""
    return dict(zip(COLUMNS, values(one), strict=True))


def iso(at: datetime) -> str:
    """A time of the archive's, to the second; all are in UTC."""
    return at.isoformat(timespec="seconds")


def at(iso: str) -> datetime:
    """The time that a statement's field says."""
    return datetime.fromisoformat(iso)


def became(one: Statement, zone: ZoneInfo) -> list[str]:
    """What became of a statement, in plain words."""
    said = []
    if one.origin is not None:
        said.append(f"forwarded from {one.origin}")
    if one.edited_at is not None:
        said.append(f"edited {moment(at(one.edited_at), zone)}")
    if one.found_in != one.rev:
        said.append("quoted as it was before an edit")
    if one.deleted_at is not None:
        said.append(f"deleted, known since {moment(at(one.deleted_at), zone)}")
    if one.protected:
        said.append(PROTECTED)
    return said


class _Span(NamedTuple):
    start: int
    end: int


def quoted(one: Statement) -> str:
    """What may be given away of the version that was found."""
    return excerpt(one, one.told) if one.protected else one.told


def excerpt(one: Statement, text: str) -> str:
    """The sentences about places, all that is given of a post that its channel does not let people copy."""
    if text != one.told:
        return ""  # where an earlier version is quoted, what it says now mentions nothing that was asked for
    spans = [_Span(*span) for span in sorted(set(one.spans))]
    return " … ".join(text[a:b] for a, b in spans_about(text, spans))
