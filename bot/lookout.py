"""What is looked for just now: the tracked places as one matcher, and the generation that they make."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.places import MATCHER_VERSION, Matcher
from storage import examination
from storage.records import Examination, Examined, Mention, Place, PlaceName
from storage.store import Store

log = logging.getLogger(__name__)

_MOST_LAYERS = 12  # additions are laid over what is built; each layer costs every post a little


@dataclass(frozen=True, slots=True)
class _Look:
    """One state of all names: swapped whole, so that a post is never looked at with half of a change."""

    generation: int
    places: dict[int, Place]
    matcher: Matcher
    layers: int


class Lookout:
    """Finds the tracked places in texts; `refresh` after every change of places or names."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._look = _Look(0, {}, Matcher(()), 0)
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
            generation, tracked = await self._store.write(examination.begin, MATCHER_VERSION, now=self._now())
            places = {place.id: place for place in tracked}
            if places != self._look.places or generation != self._look.generation:
                matcher, layers = await self._build(places)
                self._look = _Look(generation, places, matcher, layers)
                log.info("looking for places=%d generation=%d", len(places), generation)
            self.changed.set()

    async def _build(self, places: dict[int, Place]) -> tuple[Matcher, int]:
        old = self._look
        added = [place for i, place in places.items() if i not in old.places]
        grows = all(places.get(i) == place for i, place in old.places.items())
        if grows and old.layers < _MOST_LAYERS and len(added) < len(old.places):
            return await asyncio.to_thread(_grown, old.matcher, added), old.layers + 1
        # Building must not hold up the loop.
        return await asyncio.to_thread(_grown, None, list(places.values())), 1

    def find(self, text: str) -> tuple[Mention, ...]:
        """The mentions of tracked places in a text."""
        return self._look.matcher.find(text)

    def examine(self, text: str) -> Examination:
        """Look at a post's text. Never fails: what can't be examined is marked, logged and tried again."""
        look = self._look
        if not text.strip():
            return Examination(state=Examined.NO_TEXT, generation=look.generation)
        try:
            found = look.matcher.find(text)
        except Exception:
            # One post that breaks the matcher must not stop its channel.
            log.exception("examination failed characters=%d", len(text))
            return Examination(state=Examined.FAILED, generation=look.generation)
        return Examination(state=Examined.YES, mentions=found, generation=look.generation)


def _grown(matcher: Matcher | None, places: Sequence[Place]) -> Matcher:
    names: list[PlaceName] = [name for place in places for name in place.names]
    regions = {place.id: place.region for place in places if place.region}
    positions = {
        place.id: (place.latitude, place.longitude)
        for place in places
        if place.latitude is not None and place.longitude is not None
    }
    if matcher is None:
        return Matcher(names, regions=regions, coordinates=positions, morphology=True)
    return matcher.with_names(names, regions=regions, coordinates=positions)
