"""Take a post: find the places in it, and keep it together with what it owes. Live and history alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.alerts.owed import Rules, decide
from bot.copies import Copies
from bot.lookout import Lookout
from bot.printable import printable
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
        posts_ = [printable(post) for post in posts_]
        refused: dict[PostKey, str] = {}
        outcomes = await asyncio.gather(
            *(self._take(post, received_at, late) for post in posts_), return_exceptions=True
        )
        trouble: StorageError | None = None
        for post, outcome in zip(posts_, outcomes, strict=True):
            if isinstance(outcome, StorageError):
                trouble = outcome
            elif isinstance(outcome, Exception):
                refused[post.key] = f"{type(outcome).__name__}: {outcome}"
                log.error(
                    "post not kept channel_id=%d message_id=%d",
                    post.key.channel_id,
                    post.key.message_id,
                    exc_info=outcome,
                )
            elif isinstance(outcome, BaseException):
                raise outcome
        if any(outcome is True for outcome in outcomes):
            self._on_owed()
        if trouble is not None:
            raise trouble
        return refused

    async def _take(self, post: Post, received_at: datetime, late: bool) -> bool:
        looked = self._lookout.examine(post.searchable, post.key.channel_id)
        try:
            return await self._keep(post, looked, received_at, late)
        except StorageError:
            raise
        except Exception:
            # What was said is kept whatever goes wrong in what we make of it.
            log.exception(
                "alerting failed channel_id=%d message_id=%d", post.key.channel_id, post.key.message_id
            )
            failed = Examination(state=Examined.FAILED, generation=looked.generation)
            return await self._keep(post, failed, received_at, late)

    async def _keep(self, post: Post, looked: Examination, received_at: datetime, late: bool) -> bool:
        return await self._store.write(
            posts.keep,
            post,
            looked,
            now=received_at,
            decide=self._decide,
            find_copy=self._copies.find,
            late=late,
            with_file=post.media is not None and post.media.kind in self._files,
        )

    async def deleted(self, channel_id: int, message_ids: Sequence[int], at: datetime) -> None:
        """Mark posts as deleted; their words stay, their alerts say so."""
        news = await self._store.write(posts.delete, channel_id, message_ids, now=at, decide=self._decide)
        if news:
            self._on_owed()

    def _decide(self, situation: Situation) -> list[Wanted]:
        return [] if self._rules is None else decide(situation, self._rules, self._ahead())
