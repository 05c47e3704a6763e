"""The words of a rich message (layer 229): its blocks, flattened to lines in reading order.

The shapes are read by attribute, not by class: a block that a later layer adds is read as far as it looks
like those that we know, and never raises.
"""

from __future__ import annotations

from typing import Any

_DEPTH = 40  # nesting that a person could still read; more is an attack on our stack

# In reading order. A block holds words (rich text), or other blocks, or both.
_WORDS_FIRST = ("title", "text", "source", "author")
_CHILDREN = ("cover", "blocks", "items", "articles")
_WORDS_LAST = ("description", "caption", "credit")


def flatten(message: Any) -> list[str]:
    """The lines of a `RichMessage`; none where there is none."""
    lines: list[str] = []
    _blocks(getattr(message, "blocks", None), lines, 0)
    return [line for line in (line.strip() for line in "\n".join(lines).splitlines()) if line]


def _blocks(blocks: Any, lines: list[str], depth: int) -> None:
    if depth > _DEPTH or not isinstance(blocks, list | tuple):
        return
    for block in blocks:
        _block(block, lines, depth + 1)


def _block(block: Any, lines: list[str], depth: int) -> None:
    if depth > _DEPTH or block is None:
        return
    lines += [words(getattr(block, name, None), depth) for name in _WORDS_FIRST]
    for row in _list(getattr(block, "rows", None)):
        cells = (words(getattr(cell, "text", None), depth) for cell in _list(getattr(row, "cells", None)))
        lines.append(" | ".join(cell for cell in cells if cell))
    for name in _CHILDREN:
        child = getattr(block, name, None)
        _blocks(child if isinstance(child, list | tuple) else [child], lines, depth)
    for name in _WORDS_LAST:
        last: Any = getattr(block, name, None)
        if hasattr(last, "credit"):  # a PageCaption: words and who took the picture
            lines += [words(getattr(last, "text", None), depth), words(last.credit, depth)]
        else:
            lines.append(words(last, depth))


def words(text: Any, depth: int = 0) -> str:
    """A RichText as plain text."""
    if isinstance(text, str):
        return text
    if text is None or depth > _DEPTH:
        return ""
    if texts := _list(getattr(text, "texts", None)):
        return "".join(words(part, depth + 1) for part in texts)
    for name in ("text", "alt", "source"):
        inner = getattr(text, name, None)
        if inner is not None:
            return words(inner, depth + 1)
    return ""


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
