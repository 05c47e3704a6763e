"""The archive examined again, in the background: after a change of names or of the matcher, and where it failed.

Old posts owe no alerts for what is found late. A post that could not be examined when it came, or whose names
changed just then, owes what it would have owed at once; its alert says how late it is.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby

from bot.alerts.owed import Rules, decide
from bot.copies import Copies
from bot.lookout import Lookout
from storage import examination, posts
from storage.database import StorageError
from storage.examination import Text
from storage.records import Examined, Mention, Progress
from storage.store import Store

log = logging.getLogger(__name__)

_PAGE = 200  # posts a transaction
_SLICE = 0.002  # seconds of work before others get their turn; as long again is rested
_LONGEST_WAIT = 60.0  # seconds without a look at what waits
_TROUBLE_WAIT = 5.0  # seconds after the archive refused


class Examiner:
    """Brings the stored posts to what the lookout would find in them now."""

    def __init__(
        self,
        store: Store,
        lookout: Lookout,
        rules: Rules,
        on_owed: Callable[[], None],
        copies: Copies,
        now: Callable[[], datetime],
    ) -> None:
        self._copies = copies
        self._store = store
        self._lookout = lookout
        self._decide = partial(decide, rules=rules)
        self._on_owed = on_owed
        self._now = now

    async def run(self) -> None:
        """Examine whatever waits, for ever."""
        begun = False
        while True:
            self._lookout.changed.clear()
            try:
                if not begun:
                    await self._store.write(examination.retry_all, now=self._now())
                    begun = True
                await self.catch_up()
                wait = await self._until_next()
            except StorageError as trouble:
                log.error("examination delayed problem=%s", trouble)
                wait = _TROUBLE_WAIT
            try:
                async with asyncio.timeout(wait):
                    await self._lookout.changed.wait()
            except TimeoutError:
                pass

    async def catch_up(self, tell: Callable[[Progress], None] = lambda _: None) -> None:
        """Examine all that waits, then return; `tell` hears of every page."""
        while await self._one_alone() or await self._one_page(tell):
            pass

    async def _until_next(self) -> float:
        due = await self._store.read(examination.next_alone)
        if due is None:
            return _LONGEST_WAIT
        return min(_LONGEST_WAIT, max(0.0, (due[1] - self._now()).total_seconds()))

    async def _one_alone(self) -> bool:
        """Examine the next post that waits for it by itself; False where none is due."""
        due = await self._store.read(examination.next_alone)
        if due is None or due[1] > self._now():
            return False
        post_id = due[0]
        texts = await self._store.read(examination.texts, [post_id])
        looks = {text.rev: self._lookout.examine(text.searchable, text.channel_id) for text in texts}
        newest = looks[max(looks)]
        if newest.generation < self._lookout.generation:
            return True  # names changed again
        failed = any(look.state is Examined.FAILED for look in looks.values())
        if not failed:
            found = {rev: look.mentions for rev, look in looks.items()}
            try:
                await self._store.write(
                    posts.examined_alone,
                    post_id,
                    found,
                    newest.state,
                    now=self._now(),
                    decide=self._decide,
                    find_copy=self._copies.find,
                )
            except StorageError:
                raise
            except Exception:
                # What broke its alert before may break it again: later.
                log.exception("alerting failed again post_id=%d", post_id)
                failed = True
        if failed:
            await self._store.write(examination.put_off, post_id, now=self._now())
        else:
            self._on_owed()
        return True

    async def _one_page(self, tell: Callable[[Progress], None]) -> bool:
        """Examine the next page of the archive; False where there is none."""
        generation = self._lookout.generation
        page = await self._store.read(examination.page, generation, _PAGE)
        if not page:
            await self._store.write(examination.finish, generation, now=self._now())
            return False
        found: dict[int, dict[int, Sequence[Mention]]] = {}
        failed: list[int] = []
        worked = time.perf_counter()
        for post_id, revisions in groupby(page, key=lambda text: text.post_id):
            try:
                anew = _anew(list(revisions), self._lookout.find)
            except Exception:
                # One post of many; it is tried by itself later.
                log.exception("examination failed post_id=%d", post_id)
                failed.append(post_id)
                continue
            if anew:
                found[post_id] = anew
            if (spent := time.perf_counter() - worked) > _SLICE:
                await asyncio.sleep(spent)
                worked = time.perf_counter()
        await self._store.write(self._keep, generation, page, found, failed)
        running = await self._store.read(examination.progress)
        if running is not None:
            tell(running)
        return True

    def _keep(
        self,
        db: sqlite3.Connection,
        generation: int,
        page: Sequence[Text],
        found: dict[int, dict[int, Sequence[Mention]]],
        failed: Sequence[int],
    ) -> None:
        # The lookout may have gone on to other names meanwhile: then this page comes again.
        if generation == self._lookout.generation and examination.keep_page(
            db, generation, page, found, now=self._now()
        ):
            for post_id in failed:
                examination.note(db, post_id, "failed", now=self._now())


def _anew(
    texts: Sequence[Text], find: Callable[[str, int], Sequence[Mention]]
) -> dict[int, Sequence[Mention]]:
    """What one post's revisions mention now, where that differs from what is kept; {} where nothing does.

    A place that was not found in the post before is found late, and stays so.
    """
    late: dict[int, bool] = defaultdict(lambda: True)
    for mention in (m for text in texts for m in text.mentions):
        late[mention.place_id] = late[mention.place_id] and mention.late
    anew: dict[int, Sequence[Mention]] = {}
    for text in texts:
        found = tuple(replace(m, late=late[m.place_id]) for m in find(text.searchable, text.channel_id))
        if found != text.mentions:
            anew[text.rev] = found
    return anew
