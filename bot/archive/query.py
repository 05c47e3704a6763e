"""What a query asks for: words, "phrases", -minus, OR, prefix*, (groups), and fields such as place:Pokrovsk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.errors import Mendable
from bot.languages import N_, Said
from bot.languages.said import Text

FIELDS: Final[dict[str, str]] = {
    "place": N_("place:Pokrovsk, also several: place:Pokrovsk,Lyman"),
    "channel": N_("channel:@name, or its title in quotes"),
    "side": N_("side:Ukraine, as /label says it"),
    "from": "from:2025-11-01, from:7d",
    "to": "to:2025-11-30, to:2d",
    "is": "is:edited, is:deleted, is:forward, is:copy, is:relevant, is:irrelevant, is:wrong, is:second-look, is:reviewed, is:unreviewed, is:noted, is:assigned, is:mentions",
    "has": "has:photo, has:video, has:document, has:audio, has:media, has:link",
    "claim": N_("claim:capture; all kinds: placewatch claims check --all"),
    "sort": "sort:newest, sort:oldest, sort:relevance",
}
"""Every field, with an example."""

LANGUAGE: Final = (
    ("эвакуация школы", N_("both words, in any of their forms")),
    ('"минское соглашение"', N_("exactly these words, one after another")),
    ("обстрел OR удар, (…)", N_("either word; brackets group")),
    ("-учения", N_("without this word")),
    ("дрон*", N_("all words that begin so")),
    ("place:Pokrovsk", N_("mentions the place, under any of its names; several: place:Pokrovsk,Lyman")),
    ("channel:@name, side:Ukraine", N_("who says it")),
    ("from:7d, to:2025-11-30", N_("when")),
    ("is:edited, deleted, forward, copy, relevant, unreviewed", N_("what became of it")),
    ("has:photo, video, document, audio, link", N_("what hangs on it")),
    ("claim:capture", N_("what it claims; kinds: placewatch claims check --all")),
    ("sort:newest, oldest, relevance", N_("which come first")),
)
"""The language in a few lines: what is typed, and what it means."""

CHOICES: Final[dict[str, frozenset[str]]] = {
    "is": frozenset(
        [
            "edited",
            "deleted",
            "forward",
            "copy",
            "relevant",
            "irrelevant",
            "wrong",
            "second-look",
            "reviewed",
            "unreviewed",
            "noted",
            "assigned",
            "mentions",
        ]
    ),
    "has": frozenset(["photo", "video", "document", "audio", "media", "link"]),
    "sort": frozenset(["newest", "oldest", "relevance"]),
}
"""The values of those fields that take only some."""


class QueryError(Mendable):
    """A query that can't be read; the message says where it broke and what may have been meant."""

    def __init__(self, query: str, at: int, problem: Text | Said, /, **values: object) -> None:
        here = query[at : at + 30].strip()
        what = problem if isinstance(problem, Said) else Said(problem, **values)
        if here:
            super().__init__(N_("I can't read the query at “{here}”: {problem}"), here=here, problem=what)
        else:
            super().__init__(N_("I can't read the query at its end: {problem}"), problem=what)
        self.at = at


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in any of its forms; with `prefix`, all words that begin so."""

    text: str  # folded; the parts of a compound («Нью-Йорк») with a space between them
    typed: str  # as it was written: capital letters and apostrophes tell which forms it can have
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after another, exactly so."""

    words: tuple[str, ...]  # folded


@dataclass(frozen=True, slots=True)
class Every:
    """Everything of `wanted`, and nothing of `unwanted`."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of them."""

    nodes: tuple[Node, ...]


Node = Word | Phrase | Every | Either


@dataclass(frozen=True, slots=True)
class Filter:
    """A field and its values, one of which must hold; with `negated`, none of them."""

    field: str
    values: tuple[str, ...]
    negated: bool
    at: int  # where it stands in the query


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: words, and what else must hold."""

    text: Every
    filters: tuple[Filter, ...]
    source: str

    def of(self, field: str) -> tuple[Filter, ...]:
        """The filters of one field."""
        return tuple(one for one in self.filters if one.field == field)

    def error(self, one: Filter, problem: Text | Said, /, **values: object) -> QueryError:
        """A problem with a filter's value, said with its place in the query."""
        return QueryError(self.source, one.at, problem, **values)


def leaves(node: Node) -> Iterator[Word | Phrase]:
    """The words and phrases that are looked for; unwanted ones are not among them."""
    if isinstance(node, Word | Phrase):
        yield node
    else:
        for one in node.wanted if isinstance(node, Every) else node.nodes:
            yield from leaves(one)
