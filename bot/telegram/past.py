"""A channel's past, read page by page, oldest first: so that a copy finds the statement that it repeats."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.errors import Mendable, NotUnderstood, Refused, Unavailable
from bot.languages import N_
from bot.monitor import Monitor
from bot.telegram.history import PAGE, Address, History, Page
from bot.telegram.live import converted
from bot.telegram.refusals import RpcRefused
from bot.telegram.sweep import Sweep
from storage import backfills, channels, known
from storage.records import Channel, ChannelState, Post
from storage.store import Store

log = logging.getLogger(__name__)

_SLICE = 10  # posts examined and committed together: what is pushed meanwhile waits for no more

_NOT_OURS = frozenset({"CHANNEL_INVALID", "CHANNEL_PRIVATE"})  # perhaps the access hash of another account


class Past:
    """Reads what is not known of a channel; its requests take their turn among those of live reading.

    One request waits at a time, so of everybody who wants to read, the past has one share.
    """

    def __init__(
        self, history: History, sweep: Sweep, store: Store, take: Monitor, clock: Callable[[], datetime]
    ) -> None:
        self._history = history
        self._sweep = sweep
        self._store = store
        self._take = take
        self._clock = clock

    def held_for(self) -> float:
        """Seconds for which Telegram has asked to read no history."""
        return self._history.held_for()

    async def bounds(
        self, channel: Channel, since: datetime | None, until: datetime | None, *, patient: bool
    ) -> tuple[int, int]:
        """The message ids from `since` until before `until`, both included; the second under the first: none.

        Busy where Telegram asks to wait and nobody is patient.
        """
        address = await self._sweep.address(channel)
        try:
            newest = await self._history.newest(address)
        except RpcRefused as refusal:
            if refusal.name not in _NOT_OURS:
                raise
            address = await self._renewed(channel, refusal)
            newest = await self._history.newest(address)
        high = max(newest.ids, default=0)
        if until is not None:
            high = min(high, await self._history.before(address, until, patient=patient))
        low = 0 if since is None else await self._history.before(address, since, patient=patient)
        return low + 1, high

    async def _renewed(self, channel: Channel, refusal: RpcRefused) -> Address:
        try:
            return await self._sweep.renew(channel)
        except Refused:
            raise refusal from None

    async def read(self, channel: Channel, low: int, high: int) -> None:
        """Read the ids of that range that are not known, oldest first; each page is known once its posts are kept.

        Mendable where the channel is followed no more.
        """
        address = await self._sweep.address(channel)
        for first, last in await self._store.read(known.missing, channel.id, low, high):
            at = first
            while at <= last:
                if (await self._store.read(channels.by_id, channel.id)).state is ChannelState.REMOVED:
                    raise Mendable(N_("{channel} is not followed any more."), channel=channel.name)
                at = await self._read_page(channel, address, at, last) + 1

    async def _read_page(self, channel: Channel, address: Address, first: int, last: int) -> int:
        """Read the next page from `first` on; the id up to which everything is known then."""
        lost: dict[int, tuple[str, datetime]] = {}
        try:
            page = await self._history.after(address, first - 1)
        except NotUnderstood:  # one of them this version can't read: find it, and take the others
            ids = range(first, min(first + PAGE - 1, last) + 1)
            there, odd = await self._sweep.by_id(address, ids)
            lost.update(odd)
            page, last = Page(tuple(there), entire=False), ids[-1]
        else:
            await self._check_end(address, page, first)
        reached = last if not page.ids or lost else min(last, max(page.ids))
        posts, unreadable = converted([m for m in page.messages if m.id <= last], channel.id)
        refused = await self._take_all(channel, posts)
        posted = {m.id: m.date for m in page.messages if isinstance(getattr(m, "date", None), datetime)}
        for message_id, why in {**unreadable, **refused}.items():
            lost[message_id] = why, posted.get(message_id, self._clock())
        await self._find_deletions(channel, address, page, first, reached)
        kept = len(posts) - len(refused)
        await self._store.write(backfills.read, channel.id, first, reached, kept, lost, now=self._clock())
        return reached

    async def _check_end(self, address: Address, page: Page, first: int) -> None:
        if not page.ids and max((await self._history.newest(address)).ids, default=0) >= first:
            raise Unavailable("Telegram gave an empty page of a history that goes on")

    async def _take_all(self, channel: Channel, posts: Sequence[Post]) -> dict[int, str]:
        """Take posts a few at a time; the message ids of those that could not be kept, and why."""
        refused: dict[int, str] = {}
        # What was said while nobody followed the channel is no news; what was missed since then is owed.
        followed = channel.added_at.replace(microsecond=0)  # Telegram's times are whole seconds
        for late in (True, False):
            part = [post for post in posts if (post.posted_at < followed) is late]
            for begin in range(0, len(part), _SLICE):
                taken = part[begin : begin + _SLICE]
                bad = await self._take.take(taken, self._clock(), late=late)
                refused |= {key.message_id: f"it could not be kept ({why})" for key, why in bad.items()}
        return refused

    async def _find_deletions(
        self, channel: Channel, address: Address, page: Page, first: int, last: int
    ) -> None:
        """What we hold and the page lacks is asked for by id; a second empty answer is a deletion."""
        held = await self._store.read(channels.known_ids, channel.id, first, last)
        missing = sorted(held - set(page.ids))
        for begin in range(0, len(missing), PAGE):
            gone, _ = await self._history.empty(address, missing[begin : begin + PAGE])
            if gone:
                log.info("deletions found channel_id=%d messages=%d", channel.id, len(gone))
                await self._take.deleted(channel.id, gone, self._clock())


class SharedPast:
    """The past of channels that several accounts read, each asked of the account that reads the channel."""

    def __init__(self, of: Callable[[str], Past]) -> None:
        """`of` knows each account's own by its name."""
        self._of = of
        self._last: Past | None = None

    def held_for(self) -> float:
        """Seconds for which Telegram has asked the account that was last at work to read no history."""
        return 0.0 if self._last is None else self._last.held_for()

    async def bounds(
        self, channel: Channel, since: datetime | None, until: datetime | None, *, patient: bool
    ) -> tuple[int, int]:
        """As `Past.bounds`."""
        self._last = self._of(channel.account)
        return await self._last.bounds(channel, since, until, patient=patient)

    async def read(self, channel: Channel, low: int, high: int) -> None:
        """As `Past.read`."""
        self._last = self._of(channel.account)
        await self._last.read(channel, low, high)
