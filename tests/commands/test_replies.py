"""Answers fit into one message, whatever is in the archive."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.commands import replies
from storage.records import Channel
from tests.making import NOW, RULES, minutes

CHANNEL = Channel(id=1, telegram_id=5, username="head", title="<Head> & Co", added_at=NOW)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), max_size=60))
def test_lines_are_cut_to_one_message_counted_in_utf16_units(lines: list[str]) -> None:
    assert _units(replies.fit(lines)) <= replies.LIMIT


def test_what_is_left_out_is_said() -> None:
    assert replies.fit(["😀" * 1500] * 3).endswith("… and 2 more lines")


def test_titles_are_escaped() -> None:
    text = replies.channels_list([CHANNEL], RULES.zone, NOW)
    assert "<Head>" not in text
    assert "&lt;Head&gt; &amp; Co" in text


def test_an_unread_or_broken_channel_is_not_passed_off_as_quiet() -> None:
    assert "not read yet" in replies.channels_list([CHANNEL], RULES.zone, NOW)
    broken = replace(CHANNEL, problem="it has become private", read_at=minutes(-5))
    assert "⚠ not readable: it has become private" in replies.channels_list([broken], RULES.zone, NOW)


def test_help_has_a_colon_after_each_command_and_its_argument() -> None:
    text = replies.help_text()
    assert "/places: what we watch" in text
    assert "/why (in reply to an alert): why was this told?" in text
    assert "/watch NAME: tell us" in text


def test_every_missing_argument_has_an_example() -> None:
    for name in ("watch", "follow", "search"):
        assert f"/{name} " in replies.missing(name)
