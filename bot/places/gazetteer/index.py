"""Looking a name up in one country's lines, without a table of all names in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from bot.places.gazetteer.file import Country
from bot.places.gazetteer.folding import fold_long

_COLUMNS = 5  # before the names
_NAME = re.compile(r"\t([^\t\n|]+)\|.[^x]")


class Index:
    """The folded names of a country; built at the first question."""

    def __init__(self, country: Country) -> None:
        self.country = country

    @cached_property
    def _text(self) -> str:
        return "\n".join(["", *map(fold_long, ["\n".join(self.country.lines)])])

    @cached_property
    def keys(self) -> list[str]:
        """Every folded name once; those left out are not among them."""
        return list(dict.fromkeys(_NAME.findall(self._text)))

    def written(self, key: str) -> str | None:
        """A name that folds to the key, as it is written; None where no place bears it."""
        for line, number in self.exact(key):
            return self.country.lines[line].split("\t")[_COLUMNS + number].rpartition("|")[0]
        return None

    def exact(self, key: str) -> Iterator[tuple[int, int]]:
        """Where a folded name stands: settlement and number of the name among `names`."""
        text, needle = self._text, f"\t{key}|"
        line, counted = -1, 0
        at = text.find(needle)
        while at >= 0:
            line += text.count("\n", counted, at)
            counted = at
            codes = at + len(needle)
            if text[codes + 1] != "x":
                start = text.rfind("\n", 0, at)
                yield line, text.count("\t", start, at + 1) - _COLUMNS
            at = text.find(needle, at + 1)
