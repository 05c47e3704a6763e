"""CSV for spreadsheets: UTF-8 with the mark by which they know it, and no cell that they would run.

A spreadsheet takes a cell that begins with = + - @, a tab or a line's end for a formula. Such a cell, and one that
begins with an apostrophe, has an apostrophe put before it here. To get the text back, take one apostrophe off every
cell that begins with one; no other cell is changed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from bot.archive.export.fields import COLUMNS, values
from bot.archive.export.heading import Heading
from storage.records.exported import Statement

MIME: Final = "text/csv; charset=utf-8"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_AT_ONCE: Final = 500


def written(_: Heading, statements: Iterable[Statement]) -> Iterator[bytes]:
    """A table with a row for each statement; lists within a cell are parted by "; "."""
    yield header()
    out = io.StringIO()
    write = csv.writer(out).writerow
    for number, one in enumerate(statements, start=1):
        write([_cell(value) for value in values(one)])
        if number % _AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def header() -> bytes:
    """What a file begins with: the mark of UTF-8, then the names of the columns."""
    return ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()


def line(one: Statement) -> bytes:
    """One row."""
    out = io.StringIO()
    csv.writer(out).writerow([_cell(value) for value in values(one)])
    return _taken(out)


def safe(text: str) -> str:
    """A cell's text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(cell: str) -> str:
    """The text from which `safe` made a cell."""
    return cell.removeprefix("'")


def _cell(value: Any) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, list):
        value = str(value[0]) if len(value) == 1 else "; ".join(map(str, value))
    return f"'{value}" if value.startswith(_FORMULA) else str(value)


def _taken(out: io.StringIO) -> bytes:
    """What was written since the last time; a lone surrogate, which no encoding knows, becomes U+FFFD."""
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return encoded(text)


def encoded(text: str) -> bytes:
    """Text as UTF-8, whatever it holds."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
