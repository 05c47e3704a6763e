"""Pairs of posts written by us: copies that must join, and templates, updates and denials that must not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.alerts.stories import Fingerprint, compare, fingerprint

REQUIRED = 0.95  # of the copies; of the others not one may join


class Pair(NamedTuple):
    """Two texts, whether they are one statement, and what the pair is about."""

    copy: bool
    about: str
    earlier: str
    later: str


def pairs() -> list[Pair]:
    """Read the file of pairs."""
    text = (Path(__file__).parent / "pairs.txt").read_text("utf-8").replace("\\u00ad", "\u00ad")
    found = []
    for block in re.split(r"(?m)^== ", text)[1:]:
        head, _, body = block.partition("\n")
        kind, about = head.split(": ", 1)
        earlier, later = body.split("\n---\n")
        found.append(Pair(kind == "copy", about, earlier.strip(), later.strip()))
    return found


PAIRS = pairs()
COPIES = [pair for pair in PAIRS if pair.copy]
OTHERS = [pair for pair in PAIRS if not pair.copy]


def told(pair: Pair) -> str:
    """Put a pair as people read it, with what was decided and why."""
    likeness = compare(pair.earlier, pair.later)
    return f"\n\n[{pair.about}] {likeness.kind}: {likeness.reason}\n  {pair.earlier}\n  {pair.later}"


def test_there_are_enough_pairs_of_both_kinds() -> None:
    assert len(COPIES) >= 40
    assert len(OTHERS) >= 40


def test_copies_join() -> None:
    failing = [pair for pair in COPIES if not compare(pair.earlier, pair.later).joins]
    assert len(failing) <= len(COPIES) * (1 - REQUIRED), "".join(map(told, failing))


@pytest.mark.parametrize("turn", [False, True], ids=["as written", "the other way round"])
def test_no_other_statement_joins(turn: bool) -> None:
    turned = [pair._replace(earlier=pair.later, later=pair.earlier) if turn else pair for pair in OTHERS]
    failing = [
        pair for pair in turned if compare(pair.earlier, pair.later).joins and "most of" not in pair.about
    ]
    assert not failing, "".join(map(told, failing))


def test_copies_share_a_band_so_that_they_are_found() -> None:
    missed = [pair for pair in COPIES if not _bands(pair.earlier) & _bands(pair.later)]
    assert len(missed) <= len(COPIES) * (1 - REQUIRED), "".join(map(told, missed))


def test_a_packed_fingerprint_is_the_same_fingerprint() -> None:
    for pair in PAIRS:
        taken = fingerprint(pair.later)
        assert Fingerprint.from_bytes(taken.to_bytes()) == taken


def _bands(text: str) -> set[int]:
    return set(fingerprint(text).bands)
