r"""A Telegram Desktop export, message by message, in memory that does not grow with the file.

The format is read off Telegram Desktop's own writer (export/output/export_output_json.cpp). Two things in it
decide how it is read here. It writes control characters as `\x0B`, which is no JSON: a strict parser loses the
rest of the file there, so such a message is mended and read. And it puts every message on lines of its own with
the same indentation, which no text can imitate (line breaks in texts are escaped): behind a damaged message the
next one is found by it, so damage costs one message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from bot.characters import clean
from bot.errors import Mendable
from bot.exports.window import Window

_LONGEST = 1 << 22  # characters of one message, or of one value outside of messages
_TITLE = 256  # characters of a name; Telegram allows 128
_INDENT = 200  # characters in which the first message begins, where the file is indented at all
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_FIRST = re.compile(r"\[\r?\n([ \t]+)\{")
_ID = re.compile(r'\{\s*"id"\s*:\s*([0-9]{1,10})\b')
_UNINDENTED = re.compile(r'(?=\{\s*"id"\s*:)')
_DECODER = json.JSONDecoder()

AGAIN = (
    "In Telegram Desktop open the channel, then ⋮ → Export chat history, and choose the format "
    "“Machine-readable JSON”."
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat begins; the messages that follow are its own."""

    name: str | None
    kind: str  # "public_channel", "personal_chat", …
    telegram_id: int | None  # bare id
    alone: bool  # the export is of this chat: it lists every message from its first to its last one


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at the place of one message, as JSON."""

    raw: Any
    position: int  # characters before it


@dataclass(frozen=True, slots=True)
class Damaged:
    """A message, or what is left of it, that can't be read."""

    position: int
    reason: str
    message_id: int | None  # where at least that can be read


@dataclass(frozen=True, slots=True)
class Broken:
    """From here on nothing can be read."""

    position: int
    reason: str


class _End(Exception):
    """Nothing can be read from here on."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.broken = Broken(position, reason)


class Reader:
    """Iterating gives Chat, Entry and Damaged in the order of the file, and at the end perhaps one Broken."""

    def __init__(self, file: BinaryIO) -> None:
        self._window = Window(file)
        self._mark: re.Pattern[str] | None = None

    @property
    def bytes_read(self) -> int:
        """How far the file has been read."""
        return self._window.bytes_read

    def __iter__(self) -> Iterator[Chat | Entry | Damaged | Broken]:
        """Mendable where the file is no export of Telegram Desktop as JSON."""
        start = self._window.peek()
        if start == "<":
            raise Mendable(
                f"This is a web page, perhaps an export as HTML; only JSON can be taken in. {AGAIN}"
            )
        if start != "{":
            raise Mendable(f"This is no export of Telegram Desktop as JSON. {AGAIN}")
        try:
            yield from self._root()
        except _End as end:
            yield end.broken

    def _root(self) -> Iterator[Chat | Entry | Damaged]:
        header: dict[str, Any] = {}
        found = False
        for key in self._keys():
            if key in ("chats", "left_chats"):
                found = True
                yield from self._chats()
            else:
                found = found or key == "messages"
                yield from self._field(header, key, alone=True)
        if not found:
            raise Mendable(f"There are no messages in this file, so it is no export of chats. {AGAIN}")

    def _chats(self) -> Iterator[Chat | Entry | Damaged]:
        if self._window.peek() != "{":
            self._skip()
            return
        for key in self._keys():
            if key != "list" or self._window.peek() != "[":
                self._skip()
                continue
            self._window.at += 1
            while (here := self._window.peek()) != "]":
                if here == ",":
                    self._window.at += 1
                elif here == "{":
                    header: dict[str, Any] = {}
                    for field in self._keys():
                        yield from self._field(header, field, alone=False)
                else:
                    self._skip()
            self._window.at += 1

    def _field(self, header: dict[str, Any], key: str, *, alone: bool) -> Iterator[Chat | Entry | Damaged]:
        """One field of a chat: of its head, or its messages."""
        if key in ("name", "type", "id"):
            header[key] = self._value()
        elif key == "messages" and self._window.peek() == "[":
            name, kind, number = header.get("name"), header.get("type"), header.get("id")
            yield Chat(
                clean(name)[:_TITLE] or None,
                clean(kind)[:_TITLE],
                number if type(number) is int else None,
                alone,
            )
            yield from self._messages(alone)
        else:
            self._skip()

    def _keys(self) -> Iterator[str]:
        """The keys of the object that begins here; at each the caller reads or skips its value."""
        window = self._window
        window.at += 1
        while (here := window.peek()) != "}":
            if here == ",":
                window.at += 1
                continue
            key = self._value() if here == '"' else None
            if not isinstance(key, str) or window.peek() != ":":
                raise self._end()
            window.at += 1
            window.peek()
            yield key
        window.at += 1

    def _value(self) -> Any:
        """The value that stands here."""
        window = self._window
        window.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(window.text, window.at)
            except (ValueError, RecursionError):
                if window.left > _LONGEST or not window.more():
                    raise self._end() from None
                continue
            if end == len(window.text) and window.more():
                continue  # a number may go on
            window.at = end
            return value

    def _skip(self) -> None:
        """Pass over the value that stands here, however long."""
        window = self._window
        if window.peek() not in ("[", "{"):
            self._value()
            return
        depth = 0
        while True:
            start = window.at
            window.at = len(window.text)
            for token in _TOKEN.finditer(window.text, start):
                if token[0][0] == '"':
                    if not token[1]:
                        window.at = token.start()  # goes on in what has not been read yet
                        break
                    continue
                depth += 1 if token[0] in "[{" else -1
                if not depth:
                    window.at = token.end()
                    return
            if window.left > _LONGEST or not window.more():
                raise self._end()

    def _end(self) -> _End:
        window = self._window
        return _End(window.position, "it is damaged here" if window.left else "the file ends here")

    def _messages(self, alone: bool) -> Iterator[Entry | Damaged]:
        window = self._window
        if window.left < _INDENT:
            window.more()
        self._mark = _mark(window.text, window.at, alone)
        window.at += 1
        while True:
            here = window.peek()
            if here == ",":
                window.at += 1
            elif here == "]":
                window.at += 1
                return
            elif here == "}":
                return  # the list's own end is gone
            elif here == "{":
                yield self._message()
            elif not here:
                raise _End(window.position, "the file ends here, in the middle of the messages")
            else:
                yield self._damaged(window.position, "no message stands here")

    def _message(self) -> Entry | Damaged:
        window = self._window
        position = window.position
        while True:
            try:
                raw, end = _DECODER.raw_decode(window.text, window.at)
            except RecursionError:
                reason = "it is nested too deeply"
            except ValueError as error:
                reason = f"it is no JSON ({error.msg if isinstance(error, json.JSONDecodeError) else error})"
            else:
                window.at = end
                return Entry(raw, position)
            if self._next() is not None or window.left > _LONGEST or not window.more():
                break
        end_ = self._next()
        if window.left <= _LONGEST or end_ is not None:
            mended = _ESCAPE.sub(_mend, window.text[window.at : end_])
            try:
                raw, end = _DECODER.raw_decode(mended)
            except (ValueError, RecursionError):
                pass
            else:
                if end_ is None:  # the last message: what follows it is read on from
                    window.text, window.at = mended, end
                else:
                    window.at = end_
                return Entry(raw, position)
        else:
            reason = f"it is longer than {_LONGEST:,} characters"
        return self._damaged(position, reason)

    def _damaged(self, position: int, reason: str) -> Damaged:
        """Go on to where the next message begins, or the list ends; nothing can be read where that can't be told."""
        window = self._window
        number = _ID.match(window.text, window.at)
        while (end := self._next()) is None:
            window.at = max(window.at, len(window.text) - _INDENT) if self._mark else window.at
            if self._mark is None or not window.more():
                why = f"a message can't be read here ({reason}), and none is found after it: the file is cut off or damaged"
                raise _End(position, why)
        window.at = end
        return Damaged(position, reason, int(number[1]) if number else None)

    def _next(self) -> int | None:
        """Where in the window the next message, or the end of the list, is for sure."""
        found = self._mark.search(self._window.text, self._window.at + 1) if self._mark else None
        return found.end() if found else None


def _mark(text: str, at: int, alone: bool) -> re.Pattern[str] | None:
    """What stands before each message: a line break and its indentation; less of that before the list's end."""
    if first := _FIRST.match(text, at):
        indent = first[1]
        return re.compile(rf"\n{indent}(?=\{{)|\n[ \t]{{0,{len(indent) - 1}}}(?=[\]}}])")
    # In one long line a damaged message may hide the end of its chat: only where there is one chat is that no harm.
    return _UNINDENTED if alone else None


def _mend(escape: re.Match[str]) -> str:
    return f"\\u00{escape[1]}" if escape[1] else escape[0]
