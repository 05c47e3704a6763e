"""Texts in pieces: every character stands in one, marked as the stretches that cover it say."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from bot.web.marking import marked
from storage.records import Mention

SURE = 0.5


class Stretch(NamedTuple):
    start: int
    end: int


def mention(start: int, end: int, confidence: float) -> Mention:
    return Mention(
        start=start, end=end, surface="x", place_id=1, name="x", confidence=confidence, why="because"
    )


_ENDS = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)
_HITS = st.lists(_ENDS.map(lambda ends: Stretch(*ends)), max_size=4)
_MENTIONS = st.lists(st.builds(lambda e, c: mention(*e, c), _ENDS, st.sampled_from((0.2, 0.9))), max_size=4)


@given(st.text("абв ", max_size=12), _HITS, _MENTIONS, _ENDS)
def test_every_character_is_marked_as_what_covers_it(
    text: str, hits: list[Stretch], mentions: list[Mention], within: list[int]
) -> None:
    start, end = (min(edge, len(text)) for edge in within)
    pieces = marked(text, hits, mentions, sure=SURE, start=start, end=end)
    assert "".join(piece.text for piece in pieces) == text[start:end]
    shown = [(p.hit, p.place, p.sure) for p in pieces for _ in p.text]
    for at, marks in enumerate(shown, start):
        about = [m for m in mentions if m.start <= at < m.end]
        assert marks == (
            any(h.start <= at < h.end for h in hits),
            bool(about),
            any(m.confidence >= SURE for m in about),
        )
