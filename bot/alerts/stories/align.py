"""Two sequences of words side by side: what they share in order, and the gaps between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Gap(NamedTuple):
    """Words [a, a_end) of the one stand where the other has [b, b_end); either may be empty."""

    a: int
    a_end: int
    b: int
    b_end: int


def gaps(one: Sequence[str], other: Sequence[str]) -> list[Gap]:
    """Give what is left beside a longest common subsequence, in order; quick for any two posts.

    The bits of a whole row of the table are worked out at once (Hyyrö 2004): 60 words against 60 take about
    as long as 60 additions.
    """
    begin = 0
    shorter = min(len(one), len(other))
    while begin < shorter and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < shorter - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    a_end, b_end = len(one) - end, len(other) - end
    if begin == a_end and begin == b_end:
        return []
    middle, opposite = one[begin:a_end], other[begin:b_end]
    found = []
    a, b = begin, begin
    for match_a, match_b in [
        *(_in_place(middle, opposite) or _matches(middle, opposite)),
        (len(middle), len(opposite)),
    ]:
        if a < begin + match_a or b < begin + match_b:
            found.append(Gap(a, begin + match_a, b, begin + match_b))
        a, b = begin + match_a + 1, begin + match_b + 1
    return found


def _in_place(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Give the equal words at equal places where nearly all are: two of a template; else nothing."""
    if len(one) != len(other):
        return []
    same = [(at, at) for at, (x, y) in enumerate(zip(one, other, strict=True)) if x == y]
    return same if len(same) * 8 >= len(one) * 7 else []


def _matches(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    where: dict[str, int] = {}
    for at, word in enumerate(one):
        where[word] = where.get(word, 0) | 1 << at
    full = (1 << len(one)) - 1
    row, rows = full, []
    for word in other:
        hits = row & where.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    found = []
    at, below = len(one), len(other)
    while at and below:
        bit = 1 << at - 1
        if rows[below - 1] & bit:
            at -= 1
            continue
        below -= 1
        if below and not rows[below - 1] & bit:
            continue
        at -= 1
        found.append((at, below))
    return found[::-1]
