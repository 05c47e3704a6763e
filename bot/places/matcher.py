"""Which of the tracked places a text mentions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.places.confidence import context_of, explain, judge
from bot.places.engine import Hit, Index
from bot.places.forms import Forms, forms_of
from bot.places.text import Reading, read
from storage.records import Mention, PlaceName, Rival

# Rises when the same text and names may give other mentions; stored posts are then examined again.
MATCHER_VERSION: Final[int] = 1

_SURE = 0.5  # from here up a longer name hides the shorter ones inside it


class Matcher:
    """Finds the given names in all their forms, with a confidence and a reason for each mention.

    Immutable: `with_names` gives a new matcher that shares everything already built.
    Names that are not active, and names without two letters to look for, are passed over.
    """

    __slots__ = ("_layers", "_names")

    def __init__(self, names: Iterable[PlaceName]) -> None:
        self._names: list[PlaceName] = []
        self._layers: tuple[Index, ...] = (self._index(names),)

    def with_names(self, added: Iterable[PlaceName]) -> Matcher:
        """Give a matcher that also finds the added names, in time that depends on these alone."""
        grown = Matcher.__new__(Matcher)
        grown._names = self._names.copy()
        grown._layers = (*self._layers, grown._index(added))
        return grown

    def _index(self, names: Iterable[PlaceName]) -> Index:
        index = Index()
        seen: dict[str, Forms] = {}
        for name in names:
            if name.active:
                forms = seen.get(name.text)
                if forms is None:
                    forms = seen[name.text] = forms_of(name.text)
                index.add(len(self._names), forms)
                self._names.append(name)
        return index

    def find(self, text: str, *, min_confidence: float = 0.2) -> tuple[Mention, ...]:
        """Give the mentions of tracked places in text order; offsets are string indices into `text` as given.

        Of overlapping names the longer wins; of several places with one name each is given, the others as rivals.
        """
        reading = read(text)
        words = reading.low.split()
        small = text.islower()
        hits: list[Hit] = []
        for layer in self._layers:
            hits += layer.hits(reading.raw, reading.low, words, small=small)
        if not hits:
            return ()
        return self._mentions(text, reading, hits, min_confidence)

    def _mentions(
        self, text: str, reading: Reading, hits: list[Hit], min_confidence: float
    ) -> tuple[Mention, ...]:
        spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for hit in hits:
            spans.setdefault((hit.start, hit.end), []).extend(hit.entries)
        groups = []
        for (start, end), entries in spans.items():
            group = self._at(text, reading, start, end, entries, min_confidence)
            if group:
                sure = max(mention.confidence for mention in group) >= _SURE
                groups.append((not sure, start - end, start, end, group))
        found: list[Mention] = []
        taken: list[tuple[int, int]] = []
        for _, _, start, end, group in sorted(groups, key=lambda entry: entry[:3]):
            if not any(start < e and s < end for s, e in taken):
                taken.append((start, end))
                found += group
        found.sort(key=lambda mention: (mention.start, -mention.confidence))
        return tuple(found)

    def _at(
        self,
        post: str,
        reading: Reading,
        start: int,
        end: int,
        entries: list[tuple[int, int]],
        min_confidence: float,
    ) -> list[Mention]:
        first, last = reading.span(start, end)
        surface, written = reading.text[start:end], post[first:last]
        context = context_of(reading.text, start, end)
        tags: dict[int, int] = {}
        for number, tag in entries:
            tags[number] = tags.get(number, 0) | tag
        mentions: dict[int, Mention] = {}
        for number, tag in tags.items():
            name = self._names[number]
            verdict = judge(context, surface, tag, name.text)
            confidence = round(verdict.confidence, 3)
            there = mentions.get(name.place_id)
            if confidence < min_confidence or (there and there.confidence >= confidence):
                continue
            mentions[name.place_id] = Mention(
                start=first,
                end=last,
                surface=written,
                place_id=name.place_id,
                name=name.text,
                kind=verdict.kind,
                confidence=confidence,
                why=explain(surface, name.text, tag, verdict),
            )
        rivals = [Rival(mention.place_id, mention.confidence) for mention in mentions.values()]
        return [
            replace(mention, rivals=tuple(rival for rival in rivals if rival.place_id != mention.place_id))
            if len(rivals) > 1
            else mention
            for mention in mentions.values()
        ]
