"""What is looked for just now: the tracked places as one matcher, and the generation that they make."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.places import MATCHER_VERSION, Matcher
from storage import examination, mentions
from storage.records import Examination, Examined, Mention, Place, PlaceName
from storage.store import Store

log = logging.getLogger(__name__)

_LATELY = timedelta(days=14)
_NOWHERE: frozenset[str] = frozenset()
_FEW = 50  # changes that are mended rather than built anew; what has gone stays in memory until then


@dataclass(frozen=True, slots=True)
class _Look:
    """One state of all names: swapped whole, so that a post is never looked at with half of a change."""

    generation: int
    places: dict[int, Place]
    matcher: Matcher
    patched: int  # places that have come or gone since the matcher was built


class Lookout:
    """Finds the tracked places in texts; `refresh` after every change of places or names."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._look = _Look(-1, {}, Matcher((), morphology=True), 0)
        self._usual: dict[int, frozenset[str]] = {}
        self._refreshing = asyncio.Lock()
        self.changed = asyncio.Event()

    @property
    def generation(self) -> int:
        """Which state of names and matcher examines texts now."""
        return self._look.generation

    @property
    def places(self) -> Collection[Place]:
        """The places that are looked for now, with all their names."""
        return self._look.places.values()

    async def refresh(self) -> None:
        """Look for the places as they are tracked now, from the next post on."""
        async with self._refreshing:
            while True:
                generation = await self._store.write(examination.begin, MATCHER_VERSION, now=self._now())
                old = self._look
                wanted, ids, changed = await self._store.read(examination.changes, old.generation)
                if wanted <= generation:
                    break  # else names have changed once more since
            fresh = {place.id: place for place in changed}
            places = {i: fresh.get(i) or old.places[i] for i in ids}
            if places != old.places or generation != old.generation:
                matcher, patched = await self._build(places)
                self._look = _Look(generation, places, matcher, patched)
                log.info("looking for places=%d generation=%d", len(places), generation)
            self.changed.set()

    async def _build(self, places: dict[int, Place]) -> tuple[Matcher, int]:
        """The matcher of these places, by mending the one there is where little has changed."""
        old = self._look
        gone = [i for i, place in old.places.items() if places.get(i) != place]
        come = [place for i, place in places.items() if old.places.get(i) != place]
        patched = old.patched + len(gone) + len(come)
        if patched <= max(_FEW, len(old.places) // 5):
            return await asyncio.to_thread(_mended, old.matcher, gone, come), patched
        return await asyncio.to_thread(_built, list(places.values())), 0

    async def learn(self) -> None:
        """Learn anew of which regions each channel usually speaks: it tells places of one name apart."""
        self._usual = await self._store.read(mentions.usual_regions, self._now() - _LATELY)

    def find(self, text: str, channel_id: int) -> tuple[Mention, ...]:
        """The mentions of tracked places in what a channel (by our row id) says."""
        return self._look.matcher.find(text, usual_regions=self._usual.get(channel_id, _NOWHERE))

    def examine(self, text: str, channel_id: int) -> Examination:
        """Look at a post's text. Never fails: what can't be examined is marked, logged and tried again."""
        look = self._look
        if not text.strip():
            return Examination(state=Examined.NO_TEXT, generation=look.generation)
        try:
            found = look.matcher.find(text, usual_regions=self._usual.get(channel_id, _NOWHERE))
        except Exception:
            # One post that breaks the matcher must not stop its channel.
            log.exception("examination failed characters=%d", len(text))
            return Examination(state=Examined.FAILED, generation=look.generation)
        return Examination(state=Examined.YES, mentions=found, generation=look.generation)


def _built(places: Sequence[Place]) -> Matcher:
    """A matcher of these places; it may take seconds, so it is built beside the event loop."""
    return Matcher(_names(places), regions=_regions(places), coordinates=_positions(places), morphology=True)


def _mended(matcher: Matcher, gone: Sequence[int], come: Sequence[Place]) -> Matcher:
    left = matcher.without_places(gone) if gone else matcher
    if not come:
        return left
    return left.with_names(_names(come), regions=_regions(come), coordinates=_positions(come))


def _names(places: Sequence[Place]) -> list[PlaceName]:
    return [name for place in places for name in place.names]


def _regions(places: Sequence[Place]) -> dict[int, str]:
    return {place.id: place.region for place in places if place.region}


def _positions(places: Sequence[Place]) -> dict[int, tuple[float, float]]:
    return {
        place.id: (place.latitude, place.longitude)
        for place in places
        if place.latitude is not None and place.longitude is not None
    }
