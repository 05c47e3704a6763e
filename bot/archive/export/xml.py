"""XML that any parser reads, whatever a post holds, written piece by piece."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

# All that is no Char of XML 1.0 (https://www.w3.org/TR/xml/#charsets), and the two ends of line that readers change.
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """The text with U+FFFD for every character that XML can't hold."""
    return _ILLEGAL.sub("\ufffd", text)


class Xml:
    """A document that is taken away as it grows."""

    def __init__(self) -> None:
        self._out = io.StringIO()
        self._generator = XMLGenerator(self._out, "utf-8", short_empty_elements=True)
        self._generator.startDocument()

    def open(self, name: str, attributes: Mapping[str, str] | None = None) -> None:
        """Begin an element."""
        safe = {key: legal(value) for key, value in (attributes or {}).items()}
        self._generator.startElement(name, AttributesImpl(safe))

    def close(self, name: str) -> None:
        """End an element."""
        self._generator.endElement(name)

    def leaf(self, name: str, text: str | None = None, attributes: Mapping[str, str] | None = None) -> None:
        """A whole element with text in it, or nothing."""
        self.open(name, attributes)
        if text is not None:
            self._generator.characters(legal(text))
        self.close(name)

    def line(self) -> None:
        """A line's end between elements, for people who read the source."""
        self._generator.ignorableWhitespace("\n")

    def taken(self) -> bytes:
        """What was written since the last time."""
        text = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return text.encode()
