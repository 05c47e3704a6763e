"""One channel's pages: what is new from the cursor on, and what is shown otherwise than it was kept."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.coverage.keeper import Coverage
from bot.errors import Mendable, Unavailable
from bot.languages import N_
from bot.monitor import Monitor
from bot.preview import pages
from bot.preview.fetch import Answer, Pages
from bot.preview.pages import Page
from storage import channels
from storage.records import Channel, Post
from storage.store import Store

log = logging.getLogger(__name__)

_AGAIN: Final = timedelta(hours=1)  # between two attempts at a post that can't be kept
_NOT_SHOWN: Final = "it could not be read, and its page does not show it any more"
_LOOK_BACK: Final = 30  # looks at the newest page between two at the page before it


class History:
    """Reads pages in order, which alone moves a channel's cursor, and only after everything up to it was taken."""

    def __init__(
        self,
        asked: Pages,
        store: Store,
        take: Monitor,
        coverage: Coverage,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._pages = asked
        self._store = store
        self._monitor = take
        self._coverage = coverage
        self._clock = clock
        self._looks: Counter[int] = Counter()
        self._taken: dict[
            int, int
        ] = {}  # the cursor up to which a channel was read when its newest page was taken
        self._refused: set[tuple[int, int | None]] = set()

    @property
    def refused(self) -> int:
        """How many posts of the pages were not readable since the start."""
        return len(self._refused)

    async def read(self, channel: Channel) -> bool:
        """Read what is new since the cursor, and look again at the newest posts; True where the title is another now.

        A post that is not shown any more is left as it is: a page never proves a deletion.
        """
        name = _name(channel)
        # What is known of a page counts only for the cursor with which it was taken.
        same = self._taken.get(channel.id) == channel.cursor
        answer = await (self._pages.get_if_changed(name) if same else self._pages.get(name))
        if answer is None:
            await self._try_again(channel)
            await self._coverage.read_to_end(channel, channel.cursor)
            return False
        page = await self._read_page(channel, answer)
        cursor = channel.cursor
        if page.span is not None:
            await self._refuse_another(channel, page)
            first, last = page.span
            if page.older and first > cursor + 1:
                cursor = await self._read_from(channel, cursor, first - 1)
            cursor, before = max(cursor, last), cursor
            await self._keep(channel, page, before, cursor)
            await self._close_holes(channel, cursor)
            await self._look_back(channel, page)
        await self._try_again(channel)
        await self._coverage.read_to_end(channel, cursor)
        self._pages.taken(answer)
        self._taken[channel.id] = cursor
        if page.title and page.title != channel.title:
            await self._coverage.renamed(channel, channel.username, page.title)
            return True
        return False

    async def before(self, name: str, newest: int, at: datetime) -> int:
        """The id of the last post before a time; 0 where all posts are later. Finds it by halves."""
        low, high = 0, newest + 1  # what is up to `low` is earlier, what is from `high` on is not
        while low + 1 < high:
            middle = (low + high) // 2
            page = await self._page(name, 0, before=middle + 1)
            earlier = [p.key.message_id for p in page.posts if p.posted_at < at]
            later = [p.key.message_id for p in page.posts if p.posted_at >= at]
            if earlier and later:
                return max(earlier)
            if later:
                if not page.older:
                    return 0
                high = min(later)
            else:
                low = middle
        return low

    async def _page(self, name: str, channel_id: int, **where: int) -> Page:
        answer = await self._pages.get(name, **where)
        return await asyncio.to_thread(pages.read, answer.body, name, channel_id, self._clock())

    async def _read_page(self, channel: Channel, answer: Answer) -> Page:
        # Some 8 ms for a page of 20 posts: the loop has other things to do meanwhile.
        page = await asyncio.to_thread(pages.read, answer.body, _name(channel), channel.id, self._clock())
        for one in page.refused:
            key = (channel.id, one.message_id)
            if key not in self._refused:
                self._refused.add(key)
                log.warning(
                    "post not readable channel_id=%d message_id=%s problem=%s",
                    channel.id,
                    one.message_id,
                    one.reason,
                )
        return page

    async def _close_holes(self, channel: Channel, top: int) -> None:
        """Read what was left out before, by whatever source: ids up to `top` of which nothing is known."""
        missing, _ = await self._coverage.missing(channel.id, top)
        for low, high in missing:
            await self._read_from(channel, low - 1, high, in_order=False)

    async def _read_from(self, channel: Channel, cursor: int, last: int, *, in_order: bool = True) -> int:
        """Read forward page by page; in order, the cursor moves with each. Where reading stands then."""
        while cursor < last:
            answer = await self._pages.get(_name(channel), after=cursor)
            page = await self._read_page(channel, answer)
            if page.span is None or page.span[1] <= cursor:
                raise Unavailable(f"the pages after post {cursor} lead nowhere")
            await self._follows(channel, page, cursor)
            await self._keep(channel, page, cursor, page.span[1], in_order=in_order)
            cursor = page.span[1]
            log.info("catching up channel_id=%d cursor=%d newest=%d", channel.id, cursor, last)
        return cursor

    async def _follows(self, channel: Channel, page: Page, cursor: int) -> None:
        """A page that begins later than at the next id is believed only where the page before it ends by the cursor."""
        first = min((i for i in page.ids if i > cursor), default=cursor + 1)
        if first == cursor + 1:
            return
        before = await self._page(_name(channel), channel.id, before=first)
        if before.span is not None and before.span[1] > cursor:
            raise pages.ChangedForm(N_("the page after post {post} leaves posts out"), post=cursor)

    async def _look_back(self, channel: Channel, newest: Page) -> None:
        """Now and then the page before the newest one, for late edits."""
        self._looks[channel.id] += 1
        if newest.older and newest.span is not None and self._looks[channel.id] % _LOOK_BACK == 0:
            page = await self._page(_name(channel), channel.id, before=newest.span[0])
            await self._take_posts(channel, page)

    async def _keep(
        self, channel: Channel, page: Page, cursor: int, last: int, *, in_order: bool = True
    ) -> None:
        """Take a page whose ids follow on the cursor; then those up to `last` are known, but for what is unreadable."""
        lost = await self._take_posts(channel, page, beyond=cursor)
        if cursor < last:
            lost |= {
                one.message_id: (one.reason, self._clock())
                for one in page.refused
                if one.message_id is not None and cursor < one.message_id <= last
            }
            kept = [post.key.message_id for post in page.posts]
            done = last if in_order else None
            await self._coverage.page(
                channel.id, low=cursor + 1, high=last, kept=kept, lost=lost, cursor=done
            )

    async def _try_again(self, channel: Channel) -> None:
        """Look again, now and then, at posts that were shown and could not be kept, the newest first."""
        _, lost = await self._coverage.missing(channel.id, 0)
        now = self._clock()
        due = {message_id for message_id, tried in lost.items() if abs(now - tried) >= _AGAIN}
        while due:
            newest = max(due)
            page = await self._page(_name(channel), channel.id, before=newest + 1)
            here = {i for i in due if i >= min(newest, page.span[0] if page.span else newest)}
            left = await self._take([post for post in page.posts if post.key.message_id in here])
            left |= dict.fromkeys(here - page.ids, (_NOT_SHOWN, now))
            await self._coverage.looked(channel.id, ids=sorted(here), lost=left)
            due -= here

    async def _take(self, posts: Sequence[Post]) -> dict[int, tuple[str, datetime]]:
        """Take posts; the ids of those that could not be kept, why, and when they were posted."""
        if not posts:
            return {}
        refused = await self._monitor.take(posts, self._clock())
        return {
            post.key.message_id: (f"it could not be kept ({refused[post.key]})", post.posted_at)
            for post in posts
            if post.key in refused
        }

    async def _take_posts(
        self, channel: Channel, page: Page, *, beyond: int | None = None
    ) -> dict[int, tuple[str, datetime]]:
        """Take what lies beyond an id, the cursor where none is given; of earlier posts only those that we hold."""
        beyond = channel.cursor if beyond is None else min(beyond, channel.cursor)
        earlier = [p.key.message_id for p in page.posts if p.key.message_id <= beyond]
        held: Iterable[int] = ()
        if earlier:
            held = await self._store.read(channels.held_ids, channel.id, min(earlier), max(earlier))
        posts = [p for p in page.posts if p.key.message_id > beyond or p.key.message_id in held]
        return await self._take(posts)

    async def _refuse_another(self, channel: Channel, page: Page) -> None:
        """A name can pass to another channel; its posts then have other times at the ids that we hold."""
        shown = {p.key.message_id: p.posted_at for p in page.posts}
        kept = await self._store.read(channels.posting_times, channel.id, shown)
        if any(abs(shown[i] - at) > timedelta(seconds=1) for i, at in kept.items()):
            raise Mendable(
                N_(
                    "@{name} shows other posts than before under the same numbers: the name seems to belong to "
                    "another channel now. Unfollow it, and follow its new link."
                ),
                name=channel.username,
            )


def _name(channel: Channel) -> str:
    if channel.username is None:
        raise Mendable(
            N_("The channel has no public name, so it has no public page: only an account can read it.")
        )
    return channel.username
