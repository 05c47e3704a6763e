"""One channel of an export: its posts are kept in batches, and what is known by them."""

from __future__ import annotations

from datetime import datetime

from bot.importing.tally import Tally
from bot.monitor import Monitor
from storage import imports
from storage.records import Channel, ChannelState, Post
from storage.store import Store


class Listed:
    """The channel whose messages are being read, and those of them that wait to be kept."""

    def __init__(
        self, channel: Channel | None, alone: bool, store: Store, live: Monitor, history: Monitor
    ) -> None:
        self.channel = channel  # None: a dry run, and the channel is new
        self.channel_id = channel.id if channel else 0
        self.waiting: list[Post] = []
        self._store = store
        self._live = live
        self._history = history
        # An account's export may leave out what others wrote; only one of a single chat lists every message.
        self._lists_all = alone
        self._span: tuple[int, int] | None = None
        self._spans: list[tuple[int, int]] = []

    def saw(self, message_id: int) -> None:
        """A message was listed: with the one before it, all between them are known to have been nothing."""
        if self._span is None or message_id < self._span[1]:
            self.interrupted()
            self._span = (message_id, message_id)
        else:
            self._span = (self._span[0], message_id)

    def interrupted(self) -> None:
        """Something stands here that we could not read."""
        if self._span is not None:
            self._spans.append(self._span)
        self._span = None

    async def flush(self, tally: Tally, now: datetime) -> None:
        """Keep what waits, then what is known by it."""
        posts, self.waiting = self.waiting, []
        spans, self._spans = [*self._spans, *([self._span] if self._span else [])], []
        if self._span:
            self._span = (self._span[1], self._span[1])
        kept = await self._keep(posts, tally, now)
        if kept and self._lists_all and self.channel is not None and not tally.dry_run:
            for low, high in spans:
                await self._store.write(imports.listed, self.channel.id, low, high, now=now)

    async def _keep(self, posts: list[Post], tally: Tally, now: datetime) -> bool:
        """Take the posts, and count what came of each; whether all of them are held now."""
        if not posts:
            return True
        numbers = list(dict.fromkeys(post.key.message_id for post in posts))
        before = await self._store.read(imports.held, self.channel_id, numbers)
        news = [p for p in posts if p.key.message_id not in before or not before[p.key.message_id].says(p)]
        tally.known += len(posts) - len(news)
        if tally.dry_run:
            self._expect(news, before, tally)
            return True
        # What a followed channel said and reading has yet to reach is news, and owes what it would have owed.
        cursor = None
        if self.channel is not None and self.channel.state is not ChannelState.REMOVED:
            cursor = self.channel.cursor
        ahead = [p for p in news if cursor is not None and p.key.message_id > cursor]
        behind = [p for p in news if cursor is None or p.key.message_id <= cursor]
        for monitor, some in ((self._history, behind), (self._live, ahead)):
            if some:
                await monitor.take(some, now)
        after = await self._store.read(imports.held, self.channel_id, numbers)
        self._count(news, before, after, tally)
        return all(number in after for number in numbers)

    def _expect(self, news: list[Post], before: dict[int, imports.Held], tally: Tally) -> None:
        for post in news:
            held = before.get(post.key.message_id)
            if held is None:
                tally.posts += 1
            elif held.text == post.text:
                tally.known += 1
            elif held.is_newer(post):
                tally.older += 1
            else:
                tally.revised += 1

    def _count(
        self,
        news: list[Post],
        before: dict[int, imports.Held],
        after: dict[int, imports.Held],
        tally: Tally,
    ) -> None:
        counted: set[int] = set()
        for post in news:
            number = post.key.message_id
            was, is_ = before.get(number), after.get(number)
            if is_ is None:
                tally.refuse(f"message {number}", "it could not be kept; the log says why")
            elif number in counted:
                tally.known += 1  # twice in the file
            elif was is None:
                tally.posts += 1
            elif is_.rev > was.rev:
                tally.revised += 1
            elif is_.text != post.text:
                tally.older += 1
            else:
                tally.known += 1
            counted.add(number)
