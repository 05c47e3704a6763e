"""Pure: which message ids to ask for next, and what an answer makes known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

Range = tuple[int, int]  # message ids, both ends included

AT_ONCE = 100  # ids that Telegram takes in one request
_BY_ID = 300  # a longer hole is read as history: its pages pass over ids that were never posts


@dataclass(frozen=True, slots=True)
class Questions:
    """What to ask Telegram so that no id remains unknown."""

    ids: tuple[tuple[int, ...], ...]  # each fits one request
    stretches: tuple[Range, ...]  # to be read as history, page by page


def questions(missing: Sequence[Range], again: Collection[int] = ()) -> Questions:
    """How to close these holes, and to look again at ids whose posts could not be kept."""
    short = [(low, high) for low, high in missing if high - low < _BY_ID]
    single = sorted({i for low, high in short for i in range(low, high + 1)} | set(again))
    return Questions(
        ids=tuple(tuple(single[at : at + AT_ONCE]) for at in range(0, len(single), AT_ONCE)),
        stretches=tuple(hole for hole in missing if hole[1] - hole[0] >= _BY_ID),
    )


def without(low: int, high: int, lost: Collection[int]) -> list[Range]:
    """The ranges from `low` to `high` that an answer makes known: the ids of posts that were not kept are left out."""
    found = []
    for message_id in sorted(i for i in lost if low <= i <= high):
        if low < message_id:
            found.append((low, message_id - 1))
        low = message_id + 1
    if low <= high:
        found.append((low, high))
    return found


def ranges(ids: Collection[int]) -> list[Range]:
    """Ids as ranges, ascending."""
    found: list[Range] = []
    for message_id in sorted(ids):
        if found and found[-1][1] == message_id - 1:
            found[-1] = (found[-1][0], message_id)
        else:
            found.append((message_id, message_id))
    return found


def unexplained(missing: Sequence[Range], lost: Collection[int]) -> list[Range]:
    """The holes that remain when posts that can't be kept are set aside: each of those is shown by itself."""
    return [left for low, high in missing for left in without(low, high, lost)]
