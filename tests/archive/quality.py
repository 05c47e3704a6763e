"""How well searching finds other forms of words: recall and precision over a written set of queries.

    python -m tests.archive.quality            # all, with and without pymorphy3
    python -m tests.archive.quality --missed   # and every text that is found wrongly or not at all

queries.tsv was looked at while the endings were written. held_out.tsv was written when they were done; at its first
measurement recall was .979 with pymorphy3 and its Russian dictionary, .957 without, precision 1.00, and what it showed
was mended. unseen.tsv was written after that and is as it was measured first: recall .991 and .974, precision .991.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.archive.forms import expand, forms
from bot.archive.match import Forms, matching
from bot.archive.parser import parse
from bot.archive.query import Word
from storage.folding import fold

SETS = ("queries.tsv", "held_out.tsv", "unseen.tsv")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and which texts it must find and must not."""

    language: str
    query: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """What a set of queries found."""

    right: int
    missed: tuple[tuple[str, str], ...]  # (query, text)
    wrong: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        """The share of what had to be found that was."""
        return self.right / (self.right + len(self.missed))

    @property
    def precision(self) -> float:
        """The share of what was found that had to be."""
        return self.right / (self.right + len(self.wrong))


def written(name: str) -> list[Asked]:
    """A set of queries as it was written."""
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [Asked(row[0], row[1], tuple(row[2].split("|")), tuple(row[3].split("|"))) for row in rows]


def measure(asked: list[Asked], of_word: Forms) -> Quality:
    """Ask every query of an index of its texts, as the archive's."""
    right, missed, wrong = 0, [], []
    for one in asked:
        found = _found(one.query, of_word, (*one.wanted, *one.unwanted))
        right += len(found & set(one.wanted))
        missed += [(one.query, text) for text in one.wanted if text not in found]
        wrong += [(one.query, text) for text in one.unwanted if text in found]
    return Quality(right, tuple(missed), tuple(wrong))


def _found(query: str, of_word: Forms, texts: tuple[str, ...]) -> set[str]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(
            "CREATE VIRTUAL TABLE said USING fts5(text, content='', tokenize='unicode61 remove_diacritics 0')"
        )
        db.executemany(
            "INSERT INTO said(rowid, text) VALUES (?, ?)", [(n, fold(t)) for n, t in enumerate(texts)]
        )
        expression = matching(parse(query).text, of_word)
        return {
            texts[row] for (row,) in db.execute("SELECT rowid FROM said WHERE said MATCH ?", (expression,))
        }


def installed(word: Word) -> frozenset[str]:
    """All forms of a word, by the dictionaries that are installed."""
    return forms(word)


def by_endings(word: Word) -> frozenset[str]:
    """All forms of a word where no dictionary is installed."""
    return expand(word, lambda _, __: None)


def main() -> None:
    """Print recall and precision of each set and language."""
    for name in SETS:
        asked = written(name)
        _print(f"{name}, with the dictionaries that are installed", asked, installed)
        _print(f"{name}, without dictionaries", asked, by_endings)


def _print(title: str, asked: list[Asked], of_word: Forms) -> None:
    print(f"\n{title}: {len(asked)} queries")
    for language in ("ru", "uk", "en", ""):
        quality = measure([one for one in asked if not language or one.language == language], of_word)
        print(f"  {language or 'all'}  recall {quality.recall:.3f}  precision {quality.precision:.3f}")
    if "--missed" in sys.argv:
        for query, text in quality.missed:
            print(f"  missed  {query}: {text}")
        for query, text in quality.wrong:
            print(f"  wrong   {query}: {text}")


if __name__ == "__main__":
    main()
