"""Sentences written by us in three languages, with the claims that must be found and nothing else.

`[Покровск]` is a name of a place. After `=>` stand the kinds in the order of the text, each perhaps with "not",
"unconfirmed", "planned" or "reported" before it; `-` is nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.claims import Claim, Modality, find_claims, load

TABLE = load(None)
NAME = re.compile(r"\[([^\]]+)\]")
WORDS = {
    Modality.ASSERTED: "",
    Modality.NEGATED: "not ",
    Modality.UNCONFIRMED: "unconfirmed ",
    Modality.PLANNED: "planned ",
}


def sentences() -> list[str]:
    """Every sentence with its answer, as it is written in the files."""
    lines = [
        line
        for path in sorted(Path(__file__).parent.glob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [line for line in lines if " => " in line]


def read(line: str) -> tuple[str, list[tuple[int, int]], str]:
    """The text, the spans of its names, and what must be found."""
    marked, _, expected = line.partition(" => ")
    names, text, at = [], "", 0
    for match in NAME.finditer(marked):
        text += marked[at : match.start()]
        names.append((len(text), len(text) + len(match[1])))
        text += match[1]
        at = match.end()
    return text + marked[at:], names, expected.strip()


def said(claim: Claim) -> str:
    reported = claim.reported and claim.modality is Modality.ASSERTED
    return f"{'reported ' if reported else WORDS[claim.modality]}{claim.kind}"


def test_there_are_at_least_three_hundred_and_eighty_sentences() -> None:
    assert len(set(sentences())) >= 380


@pytest.mark.parametrize("line", sentences())
def test_exactly_the_written_claims_are_found(line: str) -> None:
    text, names, expected = read(line)
    claims = find_claims(text, TABLE, names=names)
    found = ", ".join(said(claim) for claim in claims) or "-"
    reasons = "\n  ".join(claim.why for claim in claims)
    assert found == expected, (
        f"\n  {text}\n  must be found: {expected}\n  was found:     {found}\n  {reasons}"
    )
    assert all(text[claim.start : claim.end] == claim.cue for claim in claims)
