"""Take a post: find the places in it, and keep it together with what it owes. Live and history alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Final

from bot.alerts.owed import Rules, decide
from bot.copies import Copies
from bot.lookout import Lookout
from storage import posts
from storage.database import StorageError
from storage.records import Examination, Examined, Post, PostKey, Situation, Wanted
from storage.store import Store

log = logging.getLogger(__name__)

FILES: Final = {
    "none": frozenset[str](),
    "photos": frozenset({"photo"}),
    "all": frozenset({"photo", "video", "audio", "voice", "document", "sticker"}),
}
"""The kinds of media whose files are kept, by the setting."""

_TURN = 0.0005  # seconds of examining posts before others on the event loop have a turn


class Monitor:
    """The road of one post, from the reader's hands to the archive."""

    def __init__(
        self,
        store: Store,
        lookout: Lookout,
        rules: Rules | None,
        on_owed: Callable[[], None],
        copies: Copies,
        files: Collection[str] = (),
        ahead: Callable[[], timedelta] = timedelta,
    ) -> None:
        """Without `rules` nothing is owed: history that nobody waits for.

        `files` are the kinds of media whose files are kept: "photo", "video", … `ahead` says by how much this
        machine's clock is ahead of Telegram's.
        """
        self._ahead = ahead
        self._files = files
        self._store = store
        self._copies = copies
        self._lookout = lookout
        self._rules = rules
        self._on_owed = on_owed

    async def take(
        self, posts_: Sequence[Post], received_at: datetime, *, late: bool = False
    ) -> dict[PostKey, str]:
        """Keep posts, in order, with their mentions and alerts; returns once all is durable.

        Taking the same post again changes nothing. A post that can't be kept by itself is logged and left out:
        the answer has it, and why. StorageError means that nothing can be written just now, and the same posts
        must come again. Posts from before their channel was followed are `late`: shown, and never told.
        """
        looked = await self._look(posts_)
        outcomes = await self._keep(posts_, looked, received_at, late)
        again = [n for n, (_, problem) in enumerate(outcomes) if _ours(problem)]
        for n in again:
            log.error(
                "alerting failed channel_id=%d message_id=%d",
                posts_[n].key.channel_id,
                posts_[n].key.message_id,
                exc_info=outcomes[n][1],
            )
        if again:
            # What was said is kept whatever goes wrong in what we make of it.
            failed = [Examination(state=Examined.FAILED, generation=looked[n].generation) for n in again]
            for n, outcome in zip(
                again, await self._keep([posts_[n] for n in again], failed, received_at, late), strict=True
            ):
                outcomes[n] = outcome
        refused: dict[PostKey, str] = {}
        trouble: StorageError | None = None
        for post, (_, problem) in zip(posts_, outcomes, strict=True):
            if isinstance(problem, StorageError):
                trouble = problem
            elif problem is not None:
                refused[post.key] = f"{type(problem).__name__}: {problem}"
                log.error(
                    "post not kept channel_id=%d message_id=%d",
                    post.key.channel_id,
                    post.key.message_id,
                    exc_info=problem,
                )
        if any(news for news, _ in outcomes):
            self._on_owed()
        if trouble is not None:
            raise trouble
        return refused

    async def _look(self, posts_: Sequence[Post]) -> list[Examination]:
        """Examine posts; between two of a page everybody else has a turn, so that nobody waits for the whole page."""
        looked = []
        until = perf_counter() + _TURN
        for post in posts_:
            if perf_counter() > until:
                await asyncio.sleep(0)
                until = perf_counter() + _TURN
            looked.append(self._lookout.examine(post.searchable, post.key.channel_id))
        return looked

    async def _keep(
        self, posts_: Sequence[Post], looked: Sequence[Examination], received_at: datetime, late: bool
    ) -> list[tuple[bool | None, Exception | None]]:
        return await self._store.write_each(
            [
                partial(
                    posts.keep,
                    post=post,
                    looked=examination,
                    now=received_at,
                    decide=self._decide,
                    find_copy=self._copies.find,
                    late=late,
                    with_file=post.media is not None and post.media.kind in self._files,
                )
                for post, examination in zip(posts_, looked, strict=True)
            ]
        )

    async def deleted(self, channel_id: int, message_ids: Sequence[int], at: datetime) -> None:
        """Mark posts as deleted; their words stay, their alerts say so."""
        news = await self._store.write(posts.delete, channel_id, message_ids, now=at, decide=self._decide)
        if news:
            self._on_owed()

    def _decide(self, situation: Situation) -> list[Wanted]:
        return [] if self._rules is None else decide(situation, self._rules, self._ahead())


def _ours(problem: Exception | None) -> bool:
    """Whether a problem is that of one post, and not of the disk."""
    return problem is not None and not isinstance(problem, StorageError)
