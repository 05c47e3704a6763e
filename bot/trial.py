"""How often would names be mentioned? A trial over what was said lately, before they are watched."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bot.places import Matcher
from storage import reading
from storage.records import Kept, Mention, Place
from storage.store import Store

_MOST_POSTS = 20_000
_PAGE = 500
_SLICE = 0.005  # seconds of work before others get their turn
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """What a place's names would have found in the newest posts of a period."""

    posts: int  # looked at
    since: datetime  # the oldest one's time, or the start of the period
    mentioned: int  # posts with a mention that would alert
    possible: int  # posts with less sure ones only
    by_name: Counter[str]  # mentions that would alert, by the name whose form was found
    examples: tuple[tuple[Kept, tuple[Mention, ...]], ...]  # newest first, with what was found in each


async def run(store: Store, place: Place, *, since: datetime, min_confidence: float) -> Trial:
    """Look for a place in the newest posts since a time, without keeping anything."""
    matcher = await asyncio.to_thread(Matcher, place.names)
    mentioned = possible = looked = 0
    newest: dict[int, tuple[Mention, ...]] = {}
    by_name: Counter[str] = Counter()
    before: int | None = None
    oldest = since
    worked = time.perf_counter()
    while looked < _MOST_POSTS:
        page = await store.read(reading.texts_since, since, limit=_PAGE, before=before)
        for post_id, posted_at, text in page:
            found = matcher.find(text)
            sure = [m for m in found if m.confidence >= min_confidence]
            by_name.update(m.name for m in sure)
            if sure:
                mentioned += 1
                if len(newest) < _EXAMPLES:
                    newest[post_id] = tuple(sure)
            elif found:
                possible += 1
            looked, before, oldest = looked + 1, post_id, posted_at
            if time.perf_counter() - worked > _SLICE:
                await asyncio.sleep(0)
                worked = time.perf_counter()
        if len(page) < _PAGE:
            oldest = since
            break
    kept = await store.read(reading.kept_by_ids, list(newest))
    examples = tuple((one, newest[one.id]) for one in kept)
    return Trial(looked, oldest, mentioned, possible, by_name, examples)
