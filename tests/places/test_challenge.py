"""Short texts written by us, with every trap we know: what must be found is bracketed, all else must not be.

`[Покровску]` is the place itself, `[Покровському|direction]` another kind; ⏎ is a line end, \\uXXXX a character.
Where a place's own brackets are needed they are doubled by markdown: `[[Покровськ]](https://…)`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.places import Matcher
from bot.places.extract import read_names

HERE = Path(__file__).parent / "challenge"
MARK = re.compile(r"\[([^\[\]|]+)(?:\|(name|direction|district|region|adjective))?\]")


def sentences() -> list[str]:
    """Give every sentence of the challenge as it is written in the files."""
    lines = [line for path in sorted(HERE.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("# ")]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    with (HERE / "names.tsv").open(encoding="utf-8") as lines:
        return Matcher(read_names(lines).names)


def test_the_challenge_has_at_least_four_hundred_sentences() -> None:
    assert len(set(sentences())) >= 400


@pytest.mark.parametrize("sentence", sentences())
def test_exactly_the_marked_places_are_found(sentence: str, matcher: Matcher) -> None:
    written = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), sentence).replace("⏎", "\n")
    expected = {(match[1], match[2] or "name") for match in MARK.finditer(written)}
    text = MARK.sub(lambda match: match[1], written)
    mentions = matcher.find(text, min_confidence=0.5)
    found = {(mention.surface, mention.kind.value) for mention in mentions}
    reasons = "; ".join(f"{m.why} → {m.confidence}" for m in matcher.find(text, min_confidence=0.0))
    assert found == expected, f"\n  {text}\n  must be found: {expected}\n  was found: {found}\n  {reasons}"
    assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)
