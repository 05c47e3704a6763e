"""Somebody's words in pieces: what was looked for and which places are named stands out, the rest is as it was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from bot.alerts.excerpt import Stretch
from storage.records import Mention, Revision

ROOM: Final = 700
"""Characters of a statement in a list; the whole of it stands on its own page."""
_LEAD: Final = 180  # characters before the first thing that stands out, where the beginning is left out


class Piece(NamedTuple):
    """A stretch of a text that is shown in one way."""

    text: str
    hit: bool = False  # what was looked for
    place: bool = False
    sure: bool = False  # that place counts


def marked(
    text: str,
    hits: Iterable[Stretch],
    mentions: Iterable[Mention],
    *,
    sure: float = 0,
    start: int = 0,
    end: int | None = None,
) -> list[Piece]:
    """The text between `start` and `end` in pieces; offsets are the whole text's."""
    end = len(text) if end is None else end
    # By offset: how many more hits, mentions and mentions that count there are from there on.
    changes: dict[int, list[int]] = {start: [0, 0, 0], end: [0, 0, 0]}
    stretches = [(one.start, one.end, (1, 0, 0)) for one in hits]
    stretches += [(one.start, one.end, (0, 1, int(one.confidence >= sure))) for one in mentions]
    for begins, ends, more in stretches:
        if begins < ends and begins < end and ends > start:
            for at, sign in ((max(begins, start), 1), (min(ends, end), -1)):
                change = changes.setdefault(at, [0, 0, 0])
                for kind, number in enumerate(more):
                    change[kind] += sign * number
    pieces = []
    found = [0, 0, 0]
    for begins, ends in pairwise(sorted(changes)):
        found = [had + more for had, more in zip(found, changes[begins], strict=True)]
        pieces.append(Piece(text[begins:ends], *(number > 0 for number in found)))
    return pieces


class Quote(NamedTuple):
    """Words for a list, cut where they are long."""

    pieces: list[Piece]
    before: bool  # something is left out before them
    behind: bool


def quote(told: Revision, hits: Sequence[Stretch], *, sure: float, room: int = ROOM) -> Quote:
    """The beginning of a text, or the part of it where what was looked for, else the first place, stands."""
    text = told.text
    mentions = [m for m in told.mentions if m.end <= len(text)]
    if len(text) <= room:
        return Quote(marked(text, hits, mentions, sure=sure), False, False)
    first = min((one.start for one in (hits or mentions)), default=0)
    start = 0 if first < room - _LEAD else _at_word(text, first - _LEAD)
    end = len(text) if start + room >= len(text) else _at_word(text, start + room)
    return Quote(marked(text, hits, mentions, sure=sure, start=start, end=end), start > 0, end < len(text))


def _at_word(text: str, at: int) -> int:
    """Where the word that goes on there begins, if it is not a very long one."""
    space = max(text.rfind(" ", at - 40, at), text.rfind("\n", at - 40, at))
    return at if space < 0 else space + 1


def of_preview(told: Revision, hits: Sequence[Stretch], *, sure: float) -> list[Piece]:
    """The description of a linked page, which stands behind the text."""
    begins = len(told.text) + 1
    moved = [m for m in told.mentions if m.start >= begins]
    return marked(told.searchable, hits, moved, sure=sure, start=begins)
