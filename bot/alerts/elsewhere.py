"""How our messages read outside Telegram, where its HTML is not understood and nothing can be edited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from html import escape
from html.parser import HTMLParser

from storage.records import Button, Buttons

_MARKUP = re.compile(r"([\\`*_\[\]<>#~|])")
_TOLD_BY_UPDATES = ("«", "✎", "🗑")  # how the lines begin that an edit or a deletion changes


class Form(StrEnum):
    """What a service reads; the values are apprise's."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


def written(html: str, buttons: Buttons, form: Form) -> str:
    """A message in a form that the service reads: every link survives, and what was struck out stays marked.

    Buttons that open an address become links where the text has none to it; the others need Telegram.
    """
    lines = [
        html,
        *(f'<a href="{escape(b.url or "")}">{escape(b.words)}</a>' for b in _further(html, buttons)),
    ]
    whole = "\n".join(lines)
    if form is Form.HTML:
        return whole.replace("\n", "<br>\n")
    writer = _Writer(form)
    writer.feed(whole)
    writer.close()
    return "".join(writer.pieces)


def _further(html: str, buttons: Buttons) -> Iterator[Button]:
    for button in (b for row in buttons for b in row):
        if button.url is not None and f'href="{escape(button.url)}"' not in html:
            yield button


class _Writer(HTMLParser):
    """Writes Telegram's HTML anew, as plain text or as Markdown."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._markdown = form is Form.MARKDOWN
        self._marks = {"s": "~~", "b": "**", "i": "*"} if self._markdown else {"s": "~~"}
        self._address: str | None = None
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._address = dict(attrs).get("href")
            self.pieces.append("[" if self._markdown else "")
        self.pieces.append(self._marks.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append(self._marks.get(tag, ""))
        if tag == "a" and self._address is not None:
            address = self._address.replace("(", "%28").replace(")", "%29")
            self.pieces.append(f"]({address})" if self._markdown else f" ({address})")
            self._address = None

    def handle_data(self, data: str) -> None:
        if self._markdown:
            # Markdown runs lines together, unless they end with two spaces.
            data = _MARKUP.sub(r"\\\1", data).replace("\n", "  \n")
        self.pieces.append(data)


def changes(shown: str, wanted: str, *, updates: bool) -> str | None:
    """What is new in an alert that can't be edited: its headline and the lines that it did not have before.

    None where nothing is. With `updates`, edits and deletions have been told by messages of their own.
    """
    before = set(shown.split("\n"))
    headline, *rest = wanted.split("\n")
    new = [line for line in rest if line not in before]
    if updates:
        new = [line for line in new if not line.startswith(_TOLD_BY_UPDATES)]
    return "\n".join([headline, *new]) if new or headline not in before else None
