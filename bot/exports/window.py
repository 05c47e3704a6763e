"""A file of any length, looked at a part at a time."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

_CHUNK = 1 << 20  # bytes read at once
_SPACES = 100  # the last ones of any number
_SPACE = re.compile(r"[ \t\r\n]*")


class Window:
    """A part of the file's text, which grows at its end and is let go of at its beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        start = file.read(_CHUNK)
        wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")("replace")
        self.text = self._decoder.decode(start)
        self.at = 0
        self.space = ""
        self.bytes_read = len(start)
        self._passed = 0
        self._ended = False

    @property
    def position(self) -> int:
        return self._passed + self.at

    @property
    def left(self) -> int:
        return len(self.text) - self.at

    def more(self) -> bool:
        """Read on; False at the end of the file."""
        if self._ended:
            return False
        # As much again as is waiting: what is tried anew with every piece is tried a few times only.
        data = self._file.read(max(_CHUNK, self.left))
        self._ended = not data
        self.bytes_read += len(data)
        self.text = self.text[self.at :] + self._decoder.decode(data, final=self._ended)
        self._passed += self.at
        self.at = 0
        return not self._ended

    def peek(self) -> str:
        """The next character that is no space; "" at the end of the file. The space before it is in `space`."""
        self.space = ""
        while True:
            space = _SPACE.match(self.text, self.at)
            end = space.end() if space else self.at
            self.space = (self.space + self.text[self.at : end])[-_SPACES:]
            self.at = end
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""
