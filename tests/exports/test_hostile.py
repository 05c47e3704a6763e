"""Damage at random: see `tests.fuzz.exports` for the long run."""

from __future__ import annotations

import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exports import Broken, Entry, Reader
from tests.exports.writing import chat, many, written
from tests.fuzz.exports import run


def test_damaged_files_are_read_without_a_crash_and_every_message_is_accounted_for(tmp_path: Path) -> None:
    keeper = run(300, tmp_path)
    assert keeper.counted["kept"]
    assert keeper.counted["refused"]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 4),
    st.integers(0, 300),
    st.integers(0, 300),
    st.text(max_size=8).filter(lambda t: "\n" not in t),
)
def test_damage_within_a_message_costs_no_other_or_is_told_to_have_broken_the_file(
    which: int, start: int, length: int, instead: str
) -> None:
    text = written(chat(many(5)))
    begin = text.index(f'{{\n   "id": {which + 1},') + 1
    end = text.index("\n  }", begin)
    at = begin + start % (end - begin)
    damaged = text[:at] + instead + text[min(at + length, end) :]
    items = list(Reader(io.BytesIO(damaged.encode())))
    read = [item.raw for item in items if isinstance(item, Entry)]
    lost = [raw for raw in many(5) if raw["id"] != which + 1 and raw not in read]
    assert not lost or isinstance(items[-1], Broken)
