"""Our own words in one language: messages, dates and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from string import Formatter
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal

_FORMER: Final = {"Europe/Kyiv": "Europe/Kiev"}


def N_(text: str) -> str:  # noqa: N802, gettext's own name for it
    """Mark a text that is translated where it is used."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802, as `N_`
    """Mark a text with a number, for `Words.many`."""
    return one, many


class _Numbers(Formatter):
    """Fills a text in; numbers that are grouped are written as the language writes them."""

    def __init__(self, code: str) -> None:
        self._code = code

    def format_field(self, value: Any, format_spec: str) -> str:
        if "," in format_spec and self._code != "en":
            pattern = "#,##0" + {"": "", ".0f": "", ".1f": ".0"}[format_spec.replace(",", "")]
            return format_decimal(value, pattern, locale=_locale(self._code))
        return str(super().format_field(value, format_spec))


@dataclass(frozen=True, slots=True)
class Words:
    """Our own words in one language; called with a text in English it gives the text in that language.

    What stands in braces is filled in from the keywords: `t("Watching {place}", place=name)`. A text without a
    translation stays English.
    """

    code: str = "en"
    _texts: NullTranslations = field(default_factory=NullTranslations, repr=False, compare=False)

    def __call__(self, text: str, /, **values: object) -> str:
        found = self._texts.gettext(text)
        return _numbers(self.code).format(found, **values) if values else found

    def many(self, one: str, many: str, number: float, /, **values: object) -> str:
        """The text in the form that the number asks for, which fills in `{number}`: "1 place", "5 places"."""
        found = self._texts.ngettext(one, many, _counted(number))
        return _numbers(self.code).format(found, **{"number": number, **values})

    def date(self, local: datetime, pattern: str) -> str:
        """A time as it is in its own zone, by a pattern of the Unicode standard 35: "d MMM y"."""
        # Without a zone: it is not shown, and Babel would look for its name.
        return format_datetime(local.replace(tzinfo=None), pattern, locale=_locale(self.code))

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """A day and a time in the team's zone, with the zone's city: "17 Nov 2025 14:03 Kyiv"."""
        local = at.astimezone(zone)
        return f"{self.date(local, 'd MMM y HH:mm')} {self.city(zone)}"

    def city(self, zone: ZoneInfo) -> str:
        """The city by which a zone is named, in this language: "Kyiv", "Київ"."""
        return (
            zone.key.rpartition("/")[2].replace("_", " ") if self.code == "en" else _city(zone.key, self.code)
        )


ENGLISH: Final = Words()
"""The texts as they are written in the code."""


@dataclass(frozen=True, slots=True)
class Languages:
    """Our words in each language of the interface, and the language of who has chosen none."""

    default: str = "en"
    words: Mapping[str, Words] = field(default_factory=lambda: {"en": ENGLISH}, repr=False, compare=False)

    def of(self, code: str | None) -> Words:
        """Our words for who reads that language; None: for who has chosen none."""
        return self.words.get(code or self.default, ENGLISH)


def _counted(number: float) -> int:
    """What the plural rules look at: what is shown of a mean is its whole number."""
    return round(number)


@lru_cache(maxsize=8)
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@lru_cache(maxsize=8)
def _numbers(code: str) -> _Numbers:
    return _Numbers(code)


@lru_cache(maxsize=64)
def _city(zone: str, code: str) -> str:
    """The zone's city in that language. Babel's data know zones by the names that these had first."""
    found = _locale(code).time_zones.get(_FORMER.get(zone, zone), {}).get("city")
    return str(found or zone.rpartition("/")[2].replace("_", " "))
