"""Reading one channel's history from its cursor to its end, and looking again at its newest posts."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from telethon.tl import types

from bot.characters import clean
from bot.coverage import holes
from bot.coverage.keeper import Coverage, Lost
from bot.errors import Mendable, NotUnderstood, Refused
from bot.languages import N_
from bot.monitor import Monitor
from bot.telegram.history import PAGE, Address, History, Page
from bot.telegram.live import converted
from bot.telegram.resolver import Resolver, username_of
from storage import channels, gaps
from storage.records import Channel
from storage.store import Store

log = logging.getLogger(__name__)

_NEWER = "it is of a kind that this version of placewatch does not know yet"
_AGAIN = timedelta(hours=1)  # between two attempts at a post that can't be kept


class Sweep:
    """Reads history in order, which alone moves a channel's cursor, and only after everything up to it was taken.

    What it makes known is what it asked for: a page covers the ids from its lowest to its highest, and up to the
    next page; whatever is left between is asked for by id. A channel counts as read to its end when nothing is left.
    """

    def __init__(
        self,
        history: History,
        resolver: Resolver,
        store: Store,
        take: Monitor,
        coverage: Coverage,
        *,
        clock: Callable[[], datetime],
        account: str,
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        """`on_change` is called where a channel's name, membership or Telegram id is another one now."""
        self._history = history
        self._resolver = resolver
        self._store = store
        self._take = take
        self._coverage = coverage
        self._clock = clock
        self._account = account
        self._on_change = on_change

    async def read(self, channel: Channel) -> None:
        """Read a channel's history from its cursor to its end, and look again at its newest posts.

        A post that is already kept and unchanged changes nothing when it is taken again. Unavailable where an
        answer left something open: what it did say is kept.
        """
        address = await self.address(channel)
        try:
            newest = await self._history.newest(address)
        except NotUnderstood:
            top = await self._piece_together(channel, address)
        else:
            if not newest.messages and not _open(newest):
                raise Refused("Telegram shows none of its posts to this account")
            await self._note_changes(channel, newest.channel)
            top = max([channel.cursor, *newest.ids])
            if not newest.entire and newest.ids and min(newest.ids) > channel.cursor + 1:
                await self._read_on(channel, address, channel.cursor, min(newest.ids) - 1)
            await self._take_newest(channel, newest, top)
            await self._find_deletions(channel, address, newest)
        await self._close_holes(channel, address, top)
        await self._coverage.read_to_end(channel, top)

    async def _piece_together(self, channel: Channel, address: Address) -> int:
        """The newest page has a post that this version can't read: find it, and the newest id that there is."""
        start = await self._store.read(gaps.start_of, channel.id)
        tail = await self._history.tail(address)
        ids = range(max(start + 1, tail - PAGE // 2), max(start, tail) + PAGE // 2)
        there, odd = await self.by_id(address, ids)
        top: int = max([channel.cursor, tail, *(m.id for m in there), *odd])
        await self._looked(channel, [i for i in ids if i <= top], there, odd)
        await self._read_on(channel, address, channel.cursor, ids[0] - 1)
        return top

    async def by_id(self, address: Address, ids: Sequence[int]) -> tuple[list[Any], Lost]:
        """The messages behind these ids, and those that this version can't read: they are found by asking for fewer."""
        try:
            return (await self._history.empty(address, ids))[1], {}
        except NotUnderstood:
            if len(ids) == 1:
                return [], {ids[0]: (_NEWER, self._clock())}
        half = len(ids) // 2
        there, odd = await self.by_id(address, ids[:half])
        more, odder = await self.by_id(address, ids[half:])
        return there + more, {**odd, **odder}

    async def _looked(self, channel: Channel, ids: Sequence[int], there: Sequence[Any], odd: Lost) -> None:
        """Keep what was said of ids that were asked for one by one."""
        lost = {**odd, **await self._take_messages(channel, there)}
        await self._coverage.looked(channel.id, ids=ids, lost=lost)

    async def _take_newest(self, channel: Channel, newest: Page, top: int) -> None:
        """Take the page without posts from before the channel was to be read; those that we hold are looked at again."""
        start = await self._store.read(gaps.start_of, channel.id)
        earlier = [i for i in newest.ids if i <= start]
        left_out = set(await self._store.read(gaps.lost_ids, channel.id))  # these have their own time
        if earlier:
            left_out |= set(earlier) - await self._store.read(
                channels.held_ids, channel.id, earlier[0], earlier[-1]
            )
        page = replace(newest, messages=tuple(m for m in newest.messages if m.id not in left_out))
        lost = await self._take_messages(channel, page.messages)
        low = start + 1 if newest.entire else max(start + 1, min(newest.ids, default=top + 1))
        if low <= top:
            await self._coverage.page(channel.id, low=low, high=top, kept=page.ids, lost=lost)

    async def _read_on(
        self, channel: Channel, address: Address, done: int, last: int, *, in_order: bool = True
    ) -> None:
        """Read page by page from above `done` until `last` is covered; in order, the cursor moves with each page."""
        while done < last:
            try:
                page = await self._history.after(address, done)
            except NotUnderstood:
                ids = range(done + 1, min(done + PAGE, last) + 1)
                await self._looked(channel, ids, *await self.by_id(address, ids))
                done = ids[-1]
                continue
            if not page.messages:
                return  # what was not said of these ids is asked for one by one, or in the next sweep
            lost = await self._take_messages(channel, page.messages)
            low, done = done + 1, max(page.ids)
            await self._coverage.page(
                channel.id,
                low=low,
                high=done,
                kept=page.ids,
                lost=lost,
                cursor=done if in_order else None,
            )

    async def _close_holes(self, channel: Channel, address: Address, top: int) -> None:
        """Ask for every id up to `top` of which nothing is known, and again for posts that could not be kept."""
        missing, lost = await self._coverage.missing(channel.id, top)
        now = self._clock()
        due = [message_id for message_id, tried in lost.items() if abs(now - tried) >= _AGAIN]
        asked = holes.questions(missing, due)
        for low, high in asked.stretches:
            await self._read_on(channel, address, low - 1, high, in_order=False)
        for ids in asked.ids:
            await self._looked(channel, ids, *await self.by_id(address, ids))

    async def _take_messages(self, channel: Channel, messages: Sequence[Any]) -> Lost:
        """Take what these messages say; the ids of those that could not be kept, why, and when they were posted."""
        posts, lost = converted(messages, channel.id)
        if posts:
            refused = await self._take.take(posts, self._clock())
            lost |= {key.message_id: f"it could not be kept ({why})" for key, why in refused.items()}
        if not lost:
            return {}
        posted = {m.id: m.date for m in messages if isinstance(getattr(m, "date", None), datetime)}
        return {i: (why, posted.get(i, self._clock())) for i, why in lost.items()}

    async def _note_changes(self, channel: Channel, now: Any) -> None:
        """Whether we are a member, and what the channel is called, as the last answer said."""
        if not isinstance(now, types.Channel) or now.min:
            return
        changed = channel.joined is bool(now.left)
        if changed:
            await self._store.write(channels.set_joined, channel.id, self._account, not now.left)
        name, title = username_of(now), clean(now.title)
        if (name, title) != (channel.username, channel.title):
            await self._coverage.renamed(channel, name, title)
            changed = True
        if changed:
            await self._on_change()

    async def _find_deletions(self, channel: Channel, address: Address, page: Page) -> None:
        """What we hold and the page lacks is asked for by id; a second empty answer is a deletion."""
        low = 1 if page.entire else min(page.ids)
        held = await self._store.read(channels.known_ids, channel.id, low, 2**31 - 1)
        missing = sorted(held - set(page.ids))[-PAGE:]
        if not missing:
            return
        gone, there = await self._history.empty(address, missing)
        await self._take_messages(channel, there)
        if gone:
            log.info("deletions found channel_id=%d messages=%d", channel.id, len(gone))
            await self._take.deleted(channel.id, gone, self._clock())

    async def address(self, channel: Channel) -> Address:
        """The channel as this account may address it; asked for by name where that is not known yet."""
        access_hash = await self._store.read(channels.access_hash, channel.id, self._account)
        if channel.telegram_id is not None and access_hash is not None:
            return Address(channel.telegram_id, access_hash)
        return await self.renew(channel)

    async def renew(self, channel: Channel) -> Address:
        """Ask who has the channel's name, and keep how this account addresses it; Mendable where that is another one now."""
        if channel.username is None:
            raise Mendable(N_("The channel has no public name any more: follow it again by its new link."))
        peer = await self._resolver.resolve(channel.username, patient=False)
        if channel.telegram_id not in (None, peer.telegram_id):
            await self._coverage.name_taken(channel)
            await self._on_change()
            raise Mendable(
                N_("@{name} is another channel now. Unfollow it, and follow its new link."),
                name=channel.username,
            )
        await self._store.write(channels.readdress, channel.id, peer, account=self._account)
        await self._on_change()
        return Address.of(peer)


def _open(page: Page) -> bool:
    """Whether an empty page is one of a channel that can be read: then it has no posts."""
    there = page.channel
    return page.entire and isinstance(there, types.Channel) and not there.restricted
