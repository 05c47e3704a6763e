"""Brings the catalogues up to date with the code and the templates: `python -m bot.languages.collect`.

New texts are added without a translation, texts that are gone are taken out, and what misses is listed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.languages.choice import LANGUAGES

BOT: Final = Path(__file__).parents[1]
_TRANSLATED: Final = LANGUAGES[1:]
_IN_CODE: Final[dict[str, tuple[int, ...] | None]] = {
    "t": None,
    "_t": None,
    "many": (1, 2),
    "N_": None,
    "NN_": (1, 2),
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
}


def template() -> Catalog:
    """Every text of the interface, from the code and the templates, with where it stands."""
    found = Catalog(project="placewatch", fuzzy=False)
    for file in sorted(BOT.rglob("*.py")):
        with file.open("rb") as source:
            for line, texts, _, _ in extract(
                "python", source, keywords=_IN_CODE, options={"encoding": "utf-8"}
            ):
                found.add(texts, locations=[(str(file.relative_to(BOT.parent)), line)])
    for name, _, texts, _, _ in _in_templates():
        found.add(texts, locations=[(f"bot/web/templates/{name}", 0)])
    return found


def _in_templates() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    folder = BOT / "web" / "templates"
    if folder.is_dir():
        options = {"**.html": {"newstyle_gettext": "true", "trimmed": "false", "silent": "false"}}
        yield from extract_from_dir(folder, [("**.html", "jinja2")], options)


def catalogue(code: str) -> Catalog:
    """The translations into a language as they are kept."""
    file = BOT / "languages" / f"{code}.po"
    return read_po(BytesIO(file.read_bytes() if file.is_file() else b""), locale=code)


def missing(kept: Catalog, wanted: Catalog) -> list[Message]:
    """The texts without a translation, or with one that lacks a plural."""
    found = []
    for message in wanted:
        if message.id:
            there = kept.get(message.id)
            forms = (there.string if isinstance(there.string, tuple) else (there.string,)) if there else ("",)
            if not all(forms):
                found.append(message)
    return found


def update(code: str, wanted: Catalog) -> Catalog:
    """The catalogue with all the texts that are wanted and no others."""
    before = catalogue(code)
    now = Catalog(
        locale=code, project="placewatch", fuzzy=False, creation_date=_NO_DATE, revision_date=_NO_DATE
    )
    for message in sorted((m for m in wanted if m.id), key=_order):
        kept = before.get(message.id)
        files = sorted({(file, 0) for file, _ in message.locations})
        now.add(message.id, kept.string if kept else None, locations=files)
    return now


_NO_DATE = datetime(2025, 1, 1, tzinfo=UTC)  # the catalogues change with their texts only


def _order(message: Message) -> tuple[str, str]:
    return min(file for file, _ in message.locations), message.id if isinstance(
        message.id, str
    ) else message.id[0]


def _main() -> int:
    wanted = template()
    lacking = 0
    for code in _TRANSLATED:
        now = update(code, wanted)
        with (BOT / "languages" / f"{code}.po").open("wb") as file:
            write_po(file, now, width=110, include_lineno=False)
        for message in missing(now, wanted):
            lacking += 1
            sys.stdout.write(f"{code}: {message.id!r}\n")
    sys.stdout.write(f"{sum(1 for m in wanted if m.id)} texts, {lacking} translations missing\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(_main())
