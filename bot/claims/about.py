"""Which claims of a text are about which of its places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from bot.claims.find import Located, claims_in
from bot.claims.judge import Claim
from bot.claims.table import Table
from bot.claims.words import Sentence, Span, lists_of_names, sentences_of
from storage.records import Mention


def spans_by_place(mentions: Iterable[Mention]) -> dict[int, list[Span]]:
    """Where each place is named: what `claims_about` asks for."""
    spans: dict[int, list[Span]] = {}
    for mention in mentions:
        spans.setdefault(mention.place_id, []).append((mention.start, mention.end))
    return spans


def claims_about(
    text: str, sentences: Sequence[Span], places: Mapping[int, Sequence[Span]], table: Table
) -> dict[int, tuple[Claim, ...]]:
    """The claims about each place, in their order; a place that nothing is claimed about is left out.

    Only sentences that name a place count. Within one, a claim is about the name in its cue's PLACE, else about
    the nearest name in its clause, together with all names that are listed with it; a clause without a name
    speaks of all places of its sentence. Give all mentions of a text at once: another place's name keeps its
    claims to itself.
    """
    owners: dict[Span, set[int]] = {}
    for place, spans in places.items():
        for span in spans:
            owners.setdefault(span, set()).add(place)
    named = sorted(owners)
    found: dict[int, list[Claim]] = {}
    for sentence in sentences_of(text, sentences, named, table.breaks):
        if not sentence.name_from:
            continue
        claims = claims_in(sentence, text, table)
        if not claims:
            continue
        at_name = _places_at(sentence, owners, named)
        everybody = set().union(*at_name.values())
        names = _Names(sentence)
        for located in claims:
            about = names.about(located, table)
            chosen = set().union(*(at_name.get(first, ()) for first in about)) if about else everybody
            for place in chosen:
                found.setdefault(place, []).append(located.claim)
    return {place: tuple(claims) for place, claims in found.items()}


def _places_at(
    sentence: Sentence, owners: Mapping[Span, set[int]], named: Sequence[Span]
) -> dict[int, set[int]]:
    """The places that each name of a sentence means, by its first word."""
    firsts = sorted(sentence.name_from)
    starts = [sentence.starts[first] for first in firsts]
    at_name: dict[int, set[int]] = {}
    for span in named[bisect_left(named, (sentence.start, 0)) : bisect_left(named, (sentence.end, 0))]:
        # A name may begin with a mark that is no word; the word that it covers comes at or after its start.
        index = max(0, bisect_left(starts, span[1]) - 1)
        at_name.setdefault(firsts[index], set()).update(owners[span])
    return at_name


class _Names:
    """Where the names of a sentence stand, for finding the nearest."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence
        self._firsts = sorted(sentence.name_from)
        self._lists = lists_of_names(sentence)

    def about(self, located: Located, table: Table) -> tuple[int, ...]:
        """The names that a claim is about, by their first words; none where its clause has no name."""
        name = located.name
        if name is None:
            name = self._nearest(located, table.kinds[located.claim.kind].not_after)
        return () if name is None else self._lists[name]

    def _nearest(self, located: Located, not_after: frozenset[str]) -> int | None:
        index = bisect_left(self._firsts, located.first)
        around = [
            first
            for first in self._firsts[max(0, index - 2) : index + 2]
            if self._sentence.clause[first] == located.clause
        ]
        return min(around, key=lambda first: self._distance(located, first, not_after), default=None)

    def _distance(self, located: Located, first: int, not_after: frozenset[str]) -> tuple[bool, int]:
        """How far a name is from a claim in words; a name that the claim is turned away from comes last."""
        away = first > 0 and self._sentence.words[first - 1] in not_after
        after = self._sentence.name_from[first]
        return away, first - located.last if first > located.last else located.first - after + 1
