"""CSV for spreadsheets (RFC 4180): UTF-8 with the mark by which they know it, and no cell that they would run.

A spreadsheet takes a cell that begins with = + - @, a tab or a line's end for a formula. Such a cell, and one that
begins with an apostrophe, has an apostrophe put before it here. To get the text back, take one apostrophe off every
cell that begins with one; no other cell is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.archive.export.fields import COLUMNS, PROTECTED, excerpt, quoted
from bot.archive.export.heading import Heading
from storage.records import Channel
from storage.records.exported import About, Statement, link_of

MIME: Final = "text/csv; charset=utf-8"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_AT_ONCE: Final = 500
_NOTHING: Final = ",,,,"  # of no place

_Who = tuple[str, str]  # how a channel's links begin, and its cells


def written(_: Heading, statements: Iterable[Statement]) -> Iterator[bytes]:
    """A table with a row for each statement; lists within a cell are parted by "; "."""
    yield header()
    rows: list[str] = []
    known: dict[int, _Who] = {}
    for one in statements:
        rows.append(_row(one, known))
        if len(rows) == _AT_ONCE:
            yield encoded("".join(rows))
            rows.clear()
    yield encoded("".join(rows))


def header() -> bytes:
    """What a file begins with: the mark of UTF-8, then the names of the columns."""
    return ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()


def line(one: Statement) -> bytes:
    """One row."""
    return encoded(_row(one, {}))


def safe(text: str) -> str:
    """A cell's text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(cell: str) -> str:
    """The text from which `safe` made a cell."""
    return cell.removeprefix("'")


def _row(one: Statement, known: dict[int, _Who]) -> str:
    """The fields of `values`, made safe, as a line; `known` are the channels whose cells were made.

    Not by the csv module: it looks at each character of each cell by itself, which takes four times as long as asking
    of the few cells that somebody else's words stand in whether they need quotation marks.
    """
    channel, entries = one.channel, one.entries
    link, who = known.get(channel.id) or known.setdefault(channel.id, _of_channel(channel))
    numbers = entries[0] if len(entries) == 1 else "; ".join(map(str, entries))
    return (
        f"{link}{one.message_id},{who},{one.posted_at},{one.received_at},{one.edited_at or ''},"
        f"{one.deleted_at or ''},{one.rev},{_cell(one.origin) if one.origin else ''},{one.repeats or ''},"
        f"{_cell(excerpt(one, one.text) if one.protected else one.text)},"
        f"{'' if one.found_in == one.rev else _cell(quoted(one))},{_cell(one.media) if one.media else ''},"
        f"{_about(one.about) if one.about else _NOTHING},{PROTECTED if one.protected else ''},"
        f"{numbers},{one.digest or ''},{one.head if one.digest else ''}\r\n"
    )


def _cell(text: str) -> str:
    if text.startswith(_FORMULA):
        text = f"'{text}"
    if '"' in text:
        text = text.replace('"', '""')
    elif not ("," in text or "\n" in text or "\r" in text):
        return text
    return f'"{text}"'


def _about(about: Sequence[About]) -> str:
    cells = (
        "; ".join([a.place.name for a in about]),
        "; ".join([str(round(a.confidence, 3)) for a in about]),
        "; ".join([", ".join(a.names) for a in about]),
        "; ".join([a.why for a in about]),
        "; ".join([a.verdict or "" for a in about]),
    )
    return ",".join(map(_cell, cells))


def _of_channel(channel: Channel) -> _Who:
    words = (channel.name, channel.label or channel.title, channel.side or "", channel.standing or "")
    return link_of(channel, 0)[:-1], ",".join(map(_cell, words))


def encoded(text: str) -> bytes:
    """Text as UTF-8; a lone surrogate, which no encoding knows, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
