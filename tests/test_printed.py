"""The terminal as a place to which alerts go."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from bot.errors import Unavailable
from bot.printed import NAME, TERMINAL, Printed, outside
from config.settings import Settings
from storage.records import Button, Message


async def test_a_message_is_printed_with_its_number_and_without_buttons(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = Printed(Console(width=100))
    message = Message(html="<b>Бои</b> &amp; дым", buttons=((Button("Relevant", data="x"),),), number=7)
    assert await printed.send(TERMINAL, message, 1) == 7
    await printed.edit(TERMINAL, 7, Message(html="Бои закончены"))
    out = capsys.readouterr().out
    assert "placewatch · message 7 " in out
    assert "Бои & дым" in out
    assert "placewatch · message 7, edited" in out
    assert "Relevant" not in out


async def test_what_a_post_says_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    await Printed(Console(width=100)).send(TERMINAL, Message(html="a\x1b]0;owned\x07b\x9b31m", number=1), 1)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x9b" not in out


async def test_a_closed_standard_output_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    with pytest.raises(Unavailable, match="standard output"):
        await Printed(Console(width=100, file=io.StringIO())).send(TERMINAL, Message(html="a", number=1), 1)


def test_the_terminal_is_told_only_where_there_is_nobody_else() -> None:
    assert outside(Settings(source="preview")) == {TERMINAL: NAME}
    assert TERMINAL not in outside(Settings(source="preview", chats=(-1,)))
    assert TERMINAL not in outside(Settings(source="preview", outputs="a=json://example.org"))  # type: ignore[arg-type]
    assert outside(Settings()) == {}
