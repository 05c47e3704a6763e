"""The sentences about a place, not the whole post, with the names in bold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import razdel

from storage.records import Mention, Revision

# razdel ends a sentence after these (DESIGN.md); the next one belongs to it.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«])(?:м|с|смт|вул|просп|обл|г|н\.\s?п|ул|пос|р|ст|им|Gov|Gen|Col|St|Mr|Dr)\.$", re.IGNORECASE
)
_WIDTH = 400  # characters around a name where one sentence alone is longer than the room


# Overrides and isolates would turn around the rest of the message, link and disclaimer included.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """Somebody's words, safe in our message: markup escaped, nothing that turns the text around."""
    return escape(_DIRECTION.sub("", text))


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, in order; a line's end always ends one."""
    spans: list[tuple[int, int]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        pieces = [(start + s.start, start + s.stop) for s in razdel.sentenize(line)] if line.strip() else []
        for begin, end in pieces:
            joins = (
                spans and spans[-1][0] >= start and _ABBREVIATION.search(text[spans[-1][0] : spans[-1][1]])
            )
            if joins:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((begin, end))
        start += len(line)
    return spans


def excerpt(revision: Revision, mentions: Sequence[Mention], room: int) -> str:
    """The sentences with a mention, names in bold, escaped; at most about `room` characters of the source.

    What is left out is marked with an ellipsis. Words of a linked page are marked as such.
    """
    said = _quote(revision.text, [m for m in mentions if m.end <= len(revision.text)], room)
    offset = len(revision.text) + 1
    linked = [(m.start - offset, m.end - offset) for m in mentions if m.start >= offset]
    if linked and not said:
        return f"[in the preview of a linked page] {_marked(revision.preview, 0, min(len(revision.preview), room), linked)}"
    return said


def sentence_at(text: str, start: int, end: int, room: int) -> str:
    """The sentence with `text[start:end]`, that in bold, escaped and on one line; about `room` characters at most.

    A longer sentence is cut to what stands around the span; what is left out of it is marked with an ellipsis.
    """
    spot = (start, min(end, start + room // 2))
    whole = next(((a, b) for a, b in sentences(text) if a <= start < b), spot)
    begin, stop = _around(text, *whole, [spot], room) if whole[1] - whole[0] > room else whole
    words = " ".join(_marked(text, begin, stop, [spot]).split())
    return ("… " if begin > whole[0] else "") + words + (" …" if stop < whole[1] else "")


def spans_about(text: str, mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """Spans of the sentences of a text that mention a place; mentions beyond the text lie in a link's preview."""
    names = [(m.start, m.end) for m in mentions if m.end <= len(text)]
    return [span for span in sentences(text) if any(span[0] < e and s < span[1] for s, e in names)]


def _quote(text: str, mentions: Sequence[Mention], room: int) -> str:
    if not mentions:
        return ""
    names = [(m.start, m.end) for m in mentions]
    chosen = [span for span in sentences(text) if any(span[0] < e and s < span[1] for s, e in names)]
    pieces: list[str] = []
    end_before, left = 0, room
    for begin, end in chosen:
        if left <= 0:
            break
        if end - begin > left:
            begin, end = _around(text, begin, end, names, min(left, _WIDTH))
        cut = text[end_before:begin].strip() != ""
        pieces.append(("… " if cut else "") + _marked(text, begin, end, names))
        left -= end - begin
        end_before = end
    if not pieces:
        return ""
    return " ".join(pieces) + (" …" if text[end_before:].strip() else "")


def _around(text: str, begin: int, end: int, names: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """A window of a long sentence around its first name, cut between words where there are any."""
    name = next(span for span in names if begin < span[1] and span[0] < end)
    low = max(begin, name[0] - width // 2)
    high = min(end, max(name[1], low + width))
    if low > begin and (space := text.find(" ", low, name[0])) != -1:
        low = space + 1
    if high < end and (space := text.rfind(" ", name[1], high)) != -1:
        high = space
    return low, high


def _marked(text: str, begin: int, end: int, names: Sequence[tuple[int, int]]) -> str:
    out: list[str] = []
    at = begin
    for s, e in sorted(set(names)):
        if s < at or e > end:
            continue
        out += [shown(text[at:s]), "<b>", shown(text[s:e]), "</b>"]
        at = e
    out.append(shown(text[at:end]))
    return "".join(out).strip()


def opening(text: str, room: int) -> str:
    """The beginning of a text on one line, cut between words."""
    flat = " ".join(text.split())
    if len(flat) <= room:
        return flat
    return (flat[:room].rpartition(" ")[0] or flat[:room]) + " …"
