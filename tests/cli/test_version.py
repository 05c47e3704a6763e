"""`placewatch --version` says what runs, for a report of a fault."""

from __future__ import annotations

from bot import __version__
from bot.versions import lines


def test_the_first_line_is_placewatchs_and_the_rest_names_what_it_stands_on() -> None:
    first, *rest = lines()
    assert first.startswith(f"placewatch {__version__} (archive schema ")
    text = "\n".join(rest)
    for part in ("Python 3.", "SQLite 3.", "TL layer 229", "telethon 1.45.", "cryptography "):
        assert part in text
