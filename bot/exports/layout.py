"""How messages stand in an export, and so where each begins and ends, whatever has become of the one before it.

Telegram Desktop puts every message on lines of its own, indented alike, its number first. Line breaks in texts are
escaped: no text can look like the beginning or the end of a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_INDENTED = re.compile(r'\n([ \t]+)\{\r?\n[ \t]+"id"')
_UNINDENTED = re.compile(r'(?=\{\s*"id"\s*:)')


@dataclass(frozen=True, slots=True)
class Layout:
    """One list of messages."""

    indent: str | None  # before each message; None where they are not on lines of their own
    begins: (
        re.Pattern[str] | None
    )  # up to the beginning of a message, or what ends the list; None: can't be told

    def next(self, text: str, at: int) -> int | None:
        """Where after `at` the next message, or the end of the list, is for sure."""
        found = self.begins.search(text, at + 1) if self.begins else None
        return found.end() if found else None

    def may_end(self, text: str, end: int) -> bool:
        """Whether a message may end here; damage can close one in its middle."""
        return self.indent is None or text.endswith(f"\n{self.indent}}}", 0, end)

    def is_over(self, space: str) -> bool:
        """Whether what follows this space, and is no message, is outside of the list."""
        _, line_break, indent = space.rpartition("\n")
        return self.indent is None or (bool(line_break) and len(indent) < len(self.indent))


def layout_of(text: str, at: int, *, alone: bool) -> Layout:
    """The layout of the list that begins at `at`; `alone` where no other chat follows it in the file."""
    if first := _INDENTED.search(text, at):  # of whichever message: the first one may be damaged
        indent = first[1]
        less, least = (f"[ \\t]{{0,{max(len(indent) - n, 0)}}}" for n in (1, 2))
        begins = (
            rf'\n{indent}(?=\{{\r?\n[ \t]+"id")|\n{less}(?=\]\r?\n{least}\}})|\n{least}(?=\}}(?:,?\r?\n|\Z))'
        )
        return Layout(indent, re.compile(begins))
    # In one long line a damaged message may hide the end of its chat: only where there is one chat is that no harm.
    return Layout(None, _UNINDENTED if alone else None)
