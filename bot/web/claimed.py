"""What is claimed about a place, side by side, as a page shows it: who says so, and who says the opposite. No claim is a fact."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from markupsafe import Markup

from bot import ledger
from bot.alerts.excerpt import sentence_at
from bot.claims import Table, titled
from bot.claims.ledger import Line, Said
from bot.commands.archive import telling
from bot.commands.period import Window
from storage.records import Kept, PostKey, Watch

READ: Final = 40
"""So many of the newest posts are read for claims: each takes up to a millisecond, and somebody waits."""
_QUOTE: Final = 220  # characters


class Voice(NamedTuple):
    """Who says so on one side, the first of them by name."""

    side: str
    colour: int
    kept: Kept
    first: bool  # of all that say so
    more: int  # independent sources besides


class Against(NamedTuple):
    """Another claim that speaks against one."""

    title: str
    side: str
    colour: int
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One kind of claim, made in one way."""

    title: str
    voices: list[Voice]
    against: list[Against]
    copies: int
    quote: Markup
    quoted: Kept
    before_edit: bool  # the words quoted are not in what the post says now


class Claims(NamedTuple):
    """The claims about a place: disputed ones first, then the latest."""

    claims: list[Claim]
    capped: bool  # there are more posts than were read


def of_place(
    db: sqlite3.Connection,
    place_id: int,
    window: Window,
    table: Table,
    channels: frozenset[int] | None,
    colours: Mapping[str, int],
    *,
    sure: float,
) -> Claims:
    """What the newest posts of a stretch of time claim about a place."""
    watch = Watch(chat_id=0, place_id=place_id, since=window.start, channels=channels)
    found = ledger.gather(db, [watch], window.start, window.end, table, min_confidence=sure, newest=READ)
    about = found.places.get(place_id)
    lines = {(line.kind, line.modality): line for line in about.lines} if about else {}
    ordered = sorted(
        lines.values(), key=lambda line: (bool(line.contradicted_by), line.newest.posted_at), reverse=True
    )
    return Claims(
        [_claim(line, lines, found.posts, place_id, table, colours) for line in ordered],
        place_id in found.capped,
    )


def _claim(
    line: Line,
    lines: Mapping[tuple[str, str], Line],
    posts: Mapping[PostKey, Kept],
    place_id: int,
    table: Table,
    colours: Mapping[str, int],
) -> Claim:
    latest = line.repeats[-1] if line.repeats else line.first
    kept = posts[latest.post]
    revision, _ = telling(kept, {place_id})
    against = []
    for key in line.contradicted_by:
        other = _opponent(line, lines[key])
        title = titled(key[0], key[1], table)
        against.append(Against(title, other.side or "", colours.get(other.side or "", 0), posts[other.post]))
    return Claim(
        title=titled(line.kind, line.modality, table),
        voices=_voices(line, posts, colours),
        against=against,
        copies=len(line.copies),
        quote=Markup(sentence_at(revision.text, latest.claim.start, latest.claim.end, _QUOTE)),  # noqa: S704 - escaped there
        quoted=kept,
        before_edit=revision is not kept.revisions[-1],
    )


def _voices(line: Line, posts: Mapping[PostKey, Kept], colours: Mapping[str, int]) -> list[Voice]:
    sides: dict[str, list[Said]] = {}
    for said in (line.first, *line.repeats):
        sides.setdefault(said.side or "", []).append(said)
    return [
        Voice(
            side,
            colours.get(side, 0),
            posts[every[0].post],
            every[0] is line.first,
            len({said.source for said in every} - {every[0].source}),
        )
        for side, every in sides.items()
    ]


def _opponent(line: Line, other: Line) -> Said:
    """Who says the opposite: one of another side, where there is one."""
    everybody = (other.first, *other.repeats)
    return next((said for said in everybody if said.side and said.side not in line.sides), other.first)
