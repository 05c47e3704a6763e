"""XML that any parser reads, whatever a post holds, written piece by piece."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

# All that is no Char of XML 1.0: https://www.w3.org/TR/xml/#charsets
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEPT: Final = {"\r": "&#13;"}  # a parser would read it as a line feed


def legal(text: str) -> str:
    """The text with U+FFFD for every character that XML can't hold."""
    return _ILLEGAL.sub("\ufffd", text)


class Xml:
    """A document that is taken away as it grows."""

    def __init__(self) -> None:
        self._parts = ['<?xml version="1.0" encoding="utf-8"?>\n']

    def open(self, name: str, attributes: Mapping[str, str] | None = None) -> None:
        """Begin an element."""
        self._parts.append(f"<{name}{_written(attributes)}>")

    def close(self, name: str) -> None:
        """End an element."""
        self._parts.append(f"</{name}>")

    def leaf(self, name: str, text: str | None = None, attributes: Mapping[str, str] | None = None) -> None:
        """A whole element with text in it, or nothing."""
        if text is None:
            self._parts.append(f"<{name}{_written(attributes)}/>")
        else:
            self._parts.append(f"<{name}{_written(attributes)}>{escape(legal(text), _KEPT)}</{name}>")

    def line(self) -> None:
        """A line's end between elements, for people who read the source."""
        self._parts.append("\n")

    def taken(self) -> bytes:
        """What was written since the last time."""
        text = "".join(self._parts)
        self._parts.clear()
        return text.encode()


def _written(attributes: Mapping[str, str] | None) -> str:
    return "".join(f" {key}={quoteattr(legal(value))}" for key, value in (attributes or {}).items())
