"""Which language somebody reads."""

from __future__ import annotations

from typing import Final

from babel.core import negotiate_locale

LANGUAGES: Final = ("en", "uk", "ru")
"""The languages of the interface, by code."""

OWN_NAMES: Final = {"en": "English", "uk": "Українська", "ru": "Русский"}
"""Each language as its readers call it."""

_WRITTEN: Final = {
    "en": ("en", "eng", "english", "англійська", "английский"),
    "uk": ("uk", "ua", "ukr", "ukrainian", "українська", "украинский"),
    "ru": ("ru", "rus", "russian", "російська", "русский"),
}


def named(text: str) -> str | None:
    """The language that a member has written: "uk", "Ukrainian", "українська"; None where it is none of ours."""
    asked = text.strip().casefold()
    return next((code for code, names in _WRITTEN.items() if asked in names), None)


def chosen(own: str | None, header: str | None, default: str) -> str:
    """A reader's language: their own setting, else what their browser asks for (Accept-Language), else the default."""
    if own in LANGUAGES:
        return own
    wished = negotiate_locale(_by_weight(header or ""), LANGUAGES, sep="-")
    return wished or default


def _by_weight(header: str) -> list[str]:
    """The languages of an Accept-Language header, best first (RFC 9110, 12.5.4); what can't be read is left out."""
    found = []
    for part in header[:1000].split(","):
        name, _, weight = part.strip().partition(";")
        try:
            rank = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if name and name != "*" and rank > 0:
            found.append((name.strip(), rank))
    return [name for name, _ in sorted(found, key=lambda one: -one[1])]
