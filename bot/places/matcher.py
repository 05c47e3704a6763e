"""Which of the tracked places a text mentions."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.places import homonyms
from bot.places.cases import ANY_CASE
from bot.places.confidence import Verdict, explain, judge
from bot.places.context import context_after, context_of
from bot.places.engine import Hit, Index, is_capital
from bot.places.forms import Forms, forms_of
from bot.places.homonyms import Coordinates
from bot.places.qualities import SAFE, qualities
from bot.places.regions import may_name_oblast
from bot.places.text import Reading, read
from storage.records import Mention, MentionKind, PlaceName, Rival

# Rises when the same text and names may give other mentions; stored posts are then examined again.
MATCHER_VERSION: Final[int] = 2

_BETWEEN_PLACES = re.compile(r"\s*(?:,|/|\+|-|–|—|•|;|\bі\b|\bи\b|\bй\b|\bта\b|\bабо\b|\bили\b|\band\b)\s*")
_UNMEANT = -0.8  # at most this log-odds for a homonym that the post speaks against: possible, no alert
_FEW_NAMES = 3000  # up to here pymorphy3 is asked
_LAYER = 100  # names: built in about 25 ms
_NEARBY = 1000  # characters on either side in which the same word in small letters counts
_CROWDED = 0.25  # about 1,100 places: from here on everyday words after a preposition are too many
_FEW, _MANY = 460, 17_604  # numbers of tracked places at which the share of true hits was measured


Span = tuple[int, int]


@dataclass(slots=True)
class _Candidate:
    """A place that a span may mean, while the cues of the whole post are gathered."""

    name: PlaceName
    tag: int
    verdict: Verdict


Candidates = dict[int, _Candidate]  # by place


class _Layer(NamedTuple):
    """The forms of the names from number `first` on, up to those of the next layer."""

    first: int
    forms: Index


class Matcher:
    """Finds the given names in all their forms, with a confidence and a reason for each mention.

    Immutable: `with_names` and `without_places` give new matchers that share what is already built.
    Names that are not active, and names without two letters to look for, are passed over.
    `regions` (place id -> region in any of the languages) and `coordinates` tell places of one name apart.
    `morphology` lets pymorphy3, where it is installed, add forms to sets of up to 3,000 names.
    """

    __slots__ = (
        "_coordinates",
        "_crowding",
        "_dropped",
        "_layers",
        "_morphology",
        "_names",
        "_places",
        "_regions",
    )

    def __init__(
        self,
        names: Iterable[PlaceName],
        *,
        regions: Mapping[int, str] | None = None,
        coordinates: Mapping[int, Coordinates] | None = None,
        morphology: bool = False,
    ) -> None:
        self._morphology = morphology
        self._names = [name for name in names if name.active]
        self._dropped: frozenset[int] = frozenset()  # numbers of names that are no longer looked for
        self._layers: tuple[_Layer, ...] = (self._layer(0),)
        self._places = frozenset(name.place_id for name in self._names)
        self._crowding = _crowding(len(self._places))
        self._coordinates = dict(coordinates or {})
        self._regions = {place: homonyms.region(name) for place, name in (regions or {}).items()}

    def with_names(
        self,
        added: Iterable[PlaceName],
        *,
        regions: Mapping[int, str] | None = None,
        coordinates: Mapping[int, Coordinates] | None = None,
    ) -> Matcher:
        """Give a matcher that also finds the added names, without building the known ones again.

        Only the last hundred or so added are built together with them, so that layers stay few.
        """
        grown = copy(self)
        added = [name for name in added if name.active]
        grown._names = self._names + added
        *below, last = self._layers
        if below and len(self._names) - last.first + len(added) <= _LAYER:
            grown._layers = (*below, grown._layer(last.first))
        else:
            grown._layers = (*self._layers, grown._layer(len(self._names)))
        grown._places = self._places | {name.place_id for name in added}
        grown._crowding = _crowding(len(grown._places))
        grown._coordinates = self._coordinates | dict(coordinates or {})
        grown._regions = self._regions | {
            place: homonyms.region(name) for place, name in (regions or {}).items()
        }
        return grown

    def without_places(self, places: Iterable[int]) -> Matcher:
        """Give a matcher that no longer finds these places, without building anything again.

        Their forms stay in memory until a matcher is built anew.
        """
        gone = frozenset(places) & self._places
        left = copy(self)
        left._dropped = self._dropped.union(
            number for number, name in enumerate(self._names) if name.place_id in gone
        )
        left._places = self._places - gone
        left._crowding = _crowding(len(left._places))
        return left

    def _layer(self, first: int) -> _Layer:
        names = self._names[first:]
        morphology = self._morphology and len(names) <= _FEW_NAMES
        return _Layer(first, Index(_numbered(names, first, morphology=morphology)))

    def find(
        self, text: str, *, min_confidence: float = 0.2, usual_regions: frozenset[str] = frozenset()
    ) -> tuple[Mention, ...]:
        """Give the mentions of tracked places in text order; offsets are string indices into `text` as given.

        Of overlapping names the longer wins, unless it is unsure and the shorter is not. Where several places
        bear one name each is given, with the others as its rivals; `usual_regions`, those of which the channel
        usually speaks, tells for some of them where the text itself does not.
        """
        reading = read(text)
        small = text.islower()
        lenient = self._crowding < _CROWDED
        hits: list[Hit] = []
        for layer in self._layers:
            hits += layer.forms.hits(reading.raw, reading.low, small=small, lenient=lenient)
        if not hits:
            return ()
        spans = _by_span(hits, self._dropped)
        judged = {span: self._judge(reading, *span, tags, small=small) for span, tags in spans.items()}
        chosen = list(judged.items())
        if len(chosen) > 1:
            chosen = _choose(judged)
            _strengthen_lists(reading.text, chosen)
        mentions: list[Mention] = []
        others: set[int] | None = None
        by_region = bool(self._regions) and may_name_oblast(reading.low)
        for (start, end), candidates in chosen:
            left = candidates
            if by_region and (
                away := homonyms.elsewhere(reading.text, start, end, candidates, self._regions)
            ):
                _lower(candidates, away, "another region is named beside it")
                left = {place: one for place, one in candidates.items() if place not in away}
            if len(left) > 1:
                if others is None:
                    others = {place for _, group in chosen if len(group) == 1 for place in group}
                self._tell_apart(reading, left, others, usual_regions)
            mentions += _mentions(text, reading, start, end, candidates, min_confidence)
        return tuple(mentions)

    def _judge(
        self, reading: Reading, start: int, end: int, tags: dict[int, int], *, small: bool
    ) -> Candidates:
        """Weigh each place that the span may mean; the best of its names speaks for it."""
        surface = reading.text[start:end]
        capital = is_capital(reading.raw[start])
        if capital or any(tag & ANY_CASE for tag in tags.values()):
            context = context_of(reading.text, start, end, small=small)
        else:
            context = context_after(reading.text, end, small=small)
        also_small: bool | None = None if capital else False
        best: Candidates = {}
        verdicts: dict[tuple[str, int], Verdict] = {}
        for number, tag in tags.items():
            name = self._names[number]
            verdict = verdicts.get((name.text, tag))
            if verdict is None:
                doubtful = qualities(name.text) not in SAFE
                if doubtful and also_small is None:
                    also_small = _written_small(reading, start, end)
                verdict = verdicts[name.text, tag] = judge(
                    context,
                    surface,
                    tag,
                    name.text,
                    crowding=self._crowding,
                    also_small=doubtful and bool(also_small),
                )
            there = best.get(name.place_id)
            if there is None or there.verdict.score < verdict.score:
                best[name.place_id] = _Candidate(name, tag, verdict)
        return best

    def _tell_apart(
        self,
        reading: Reading,
        candidates: Candidates,
        others: set[int],
        usual_regions: frozenset[str],
    ) -> None:
        """Lower the places of one name that the region words or the neighbours in the post speak against."""
        meant = homonyms.named_regions(reading.low, candidates, self._regions)
        if not meant and self._coordinates:
            found = homonyms.nearest(candidates, others - candidates.keys(), self._coordinates)
            meant = {found[0]} if found and found[1] <= homonyms.NEAR_KM else set()
        if meant:
            _lower(candidates, candidates.keys() - meant, "another place of this name fits better")
        elif usual := homonyms.usual_places(candidates, self._regions, usual_regions):
            for place, candidate in candidates.items():
                where = (
                    "in the channel's usual region"
                    if place in usual
                    else "outside the channel's usual regions"
                )
                candidate.verdict = candidate.verdict.also(where)


def _numbered(names: list[PlaceName], first: int, *, morphology: bool) -> Iterator[tuple[int, Forms]]:
    """Give the forms of each name, made once for names that are written alike."""
    left = Counter(name.text for name in names)
    made: dict[str, Forms] = {}
    for number, name in enumerate(names, start=first):
        forms = made.pop(name.text, None) or forms_of(name.text, morphology=morphology)
        left[name.text] -= 1
        if left[name.text]:
            made[name.text] = forms
        yield number, forms


def _by_span(hits: list[Hit], dropped: frozenset[int]) -> dict[Span, dict[int, int]]:
    """Give the numbers of the names that each span may be, with their tags; `dropped` ones are passed over."""
    spans: dict[Span, dict[int, int]] = {}
    for start, end, entries in hits:
        if dropped:
            entries = tuple(entry for entry in entries if entry[0] not in dropped)
            if not entries:
                continue
        tags = spans.get((start, end))
        if tags is None:
            spans[start, end] = dict(entries)
            continue
        for number, tag in entries:
            tags[number] = tags[number] | tag if number in tags else tag
    return spans


def _lower(candidates: Candidates, places: Iterable[int], reason: str) -> None:
    """Keep places that the post speaks against below an alert."""
    for place in places:
        lowered = candidates[place].verdict.also(reason)
        candidates[place].verdict = lowered._replace(score=min(lowered.score, _UNMEANT))


def _crowding(places: int) -> float:
    """How far the number of tracked places lies from a few hundred (0) to every settlement of a country (1)."""
    if places <= _FEW:
        return 0.0
    return min(1.0, math.log(places / _FEW) / math.log(_MANY / _FEW))


def _written_small(reading: Reading, start: int, end: int) -> bool:
    low, last = reading.low, start + _NEARBY
    bounded = low[start : end + 2]
    at = low.find(bounded, start - _NEARBY if start > _NEARBY else 0, last)
    while at >= 0:
        if at != start and not is_capital(reading.raw[at]):
            return True
        at = low.find(bounded, at + 1, last)
    return False


def _choose(judged: dict[Span, Candidates]) -> list[tuple[Span, Candidates]]:
    """Keep spans that don't overlap, in text order: the sure before the unsure, the longer before the shorter."""
    spans = sorted(judged)
    chosen: list[Span] = []
    cluster: list[Span] = []
    reach = -1
    for span in spans:
        if span[0] >= reach:
            chosen += _resolve(cluster, judged)
            cluster = []
        cluster.append(span)
        reach = max(reach, span[1])
    chosen += _resolve(cluster, judged)
    return [(span, judged[span]) for span in chosen]


def _resolve(cluster: list[Span], judged: dict[Span, Candidates]) -> list[Span]:
    """Choose among spans that hang together by overlapping."""
    if len(cluster) < 2:
        return cluster
    ranked = []
    for start, end in cluster:
        sure = max(candidate.verdict.score for candidate in judged[start, end].values()) >= 0
        ranked.append((not sure, start - end, start, end))
    taken: list[Span] = []
    for _, _, start, end in sorted(ranked):
        if not any(start < last and first < end for first, last in taken):
            taken.append((start, end))
    return sorted(taken)


def _strengthen_lists(text: str, chosen: list[tuple[Span, Candidates]]) -> None:
    """Let places that stand side by side («Сватове, Кремінна та Лиман») vouch for each other."""
    for ((_, end), left), ((start, _), right) in itertools.pairwise(chosen):
        if start - end > 6 or not _BETWEEN_PLACES.fullmatch(text, end, start):
            continue
        sure = [max(candidate.verdict.score for candidate in group.values()) > 0 for group in (left, right)]
        for group, other_sure in ((right, sure[0]), (left, sure[1])):
            if other_sure:
                for candidate in group.values():
                    if candidate.verdict.kind is MentionKind.NAME:
                        candidate.verdict = candidate.verdict.also("beside another place")


def _mentions(
    post: str,
    reading: Reading,
    start: int,
    end: int,
    candidates: Candidates,
    min_confidence: float,
) -> list[Mention]:
    """Report the candidates of one span that are sure enough, the likeliest first."""
    first, last = reading.span(start, end)
    surface = reading.text[start:end]
    if len(candidates) == 1:
        ((place, candidate),) = candidates.items()
        confidence = candidate.verdict.confidence
        if confidence < min_confidence:
            return []
        return [_mention(post, first, last, surface, place, candidate, confidence, ())]
    rated = [(candidate.verdict.confidence, place, candidate) for place, candidate in candidates.items()]
    rated = sorted(
        (entry for entry in rated if entry[0] >= min_confidence), key=lambda entry: (-entry[0], entry[1])
    )
    return [
        _mention(
            post,
            first,
            last,
            surface,
            place,
            candidate,
            confidence,
            tuple(Rival(other, rate) for rate, other, _ in rated if other != place),
        )
        for confidence, place, candidate in rated
    ]


def _mention(
    post: str,
    first: int,
    last: int,
    surface: str,
    place: int,
    candidate: _Candidate,
    confidence: float,
    rivals: tuple[Rival, ...],
) -> Mention:
    verdict = candidate.verdict
    return Mention(
        start=first,
        end=last,
        surface=post[first:last],
        place_id=place,
        name=candidate.name.text,
        kind=verdict.kind,
        confidence=confidence,
        why=explain(surface, candidate.name.text, candidate.tag, verdict),
        rivals=rivals,
    )
