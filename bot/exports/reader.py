r"""A Telegram Desktop export, message by message, in memory that does not grow with the file.

The format is read off Telegram Desktop's own writer (export/output/export_output_json.cpp). It writes control
characters as `\x0B`, which is no JSON: a strict parser would lose the rest of the file there, so such a message is
mended and read. And it lays its files out so that behind a damaged message the next one can be found (`layout`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from bot.characters import clean
from bot.errors import Mendable
from bot.exports.layout import Layout, layout_of
from bot.exports.window import Window

_LONGEST = 1 << 22  # characters of one message, or of one value outside of messages
_TITLE = 256  # characters of a name; Telegram allows 128
_INDENT = 200  # characters in which the first message begins, where the file is indented at all
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_ID = re.compile(r'\{\s*"id"\s*:\s*([0-9]{1,10})\b')
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
        self._layout = Layout(None, None)

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
        if found and self._window.peek():
            raise _End(self._window.position, "something follows after the end")
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
                    yield from self._one_of_many()
                else:
                    self._skip()
            self._window.at += 1

    def _one_of_many(self) -> Iterator[Chat | Entry | Damaged]:
        position = self._window.position
        header: dict[str, Any] = {}
        fields = set()
        for field in self._keys():
            fields.add(field)
            yield from self._field(header, field, alone=False)
        if "messages" not in fields:
            yield Damaged(position, "no chat stands here", None)

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
        self._layout = layout_of(window.text, window.at, alone=alone)
        window.at += 1
        found = False  # by its indentation, which was passed over
        while here := window.peek():
            over = found or self._layout.is_over(window.space)
            if here == ",":
                window.at += 1
            elif here == "]" and over:
                window.at += 1
                return
            elif here == "}" and over:
                return  # the list's own end is gone
            else:
                item = (
                    self._message()
                    if here == "{"
                    else self._damaged(window.position, "no message stands here")
                )
                yield item
                found = isinstance(item, Damaged)
        raise _End(window.position, "the file ends here, in the middle of the messages")

    def _message(self) -> Entry | Damaged:
        window, layout = self._window, self._layout
        position = window.position
        while True:
            try:
                raw, end = _DECODER.raw_decode(window.text, window.at)
            except RecursionError:
                reason = "it is nested too deeply"
            except ValueError as error:
                reason = f"it is no JSON ({error.msg if isinstance(error, json.JSONDecodeError) else error})"
            else:
                if layout.may_end(window.text, end):
                    window.at = end
                    return Entry(raw, position)
                reason = "it ends in its middle"
            following = layout.next(window.text, window.at)
            if following is not None:
                return self._mended(following, position, reason)
            if window.left > _LONGEST:
                return self._damaged(position, f"it is longer than {_LONGEST:,} characters")
            if not window.more():
                return self._mended(None, position, reason)

    def _mended(self, following: int | None, position: int, reason: str) -> Entry | Damaged:
        """What can be read once control characters are written as JSON has them; `following` is where the next begins."""
        window, layout = self._window, self._layout
        mended = _ESCAPE.sub(_mend, window.text[window.at : following])
        try:
            raw, end = _DECODER.raw_decode(mended)
        except (ValueError, RecursionError):
            return self._damaged(position, reason)
        if not layout.may_end(mended, end):
            return self._damaged(position, reason)
        if following is None:  # the last message: what comes after it is read on from
            window.text, window.at = mended, end
        else:
            window.at = following
        return Entry(raw, position)

    def _damaged(self, position: int, reason: str) -> Damaged:
        """Go on to where the next message begins, or the list ends; nothing can be read where that can't be told."""
        window, layout = self._window, self._layout
        number = _ID.match(window.text, window.at)
        while (following := layout.next(window.text, window.at)) is None:
            window.at = max(window.at, len(window.text) - _INDENT)
            if layout.begins is None or not window.more():
                why = f"a message can't be read here ({reason}), and none is found after it: the file is cut off or damaged"
                raise _End(position, why)
        window.at = following
        return Damaged(position, reason, int(number[1]) if number else None)


def _mend(escape: re.Match[str]) -> str:
    return f"\\u00{escape[1]}" if escape[1] else escape[0]
