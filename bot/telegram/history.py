"""Requests for a channel's history, paced; and what their answers say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiolimiter import AsyncLimiter
from telethon.tl import functions, types

from bot.errors import Busy, Mendable, NotUnderstood
from bot.languages import N_
from bot.telegram.holds import Holds, method_of
from storage.records import Peer

PAGE = 100  # the most that Telegram gives at once
_PATIENCE = 30.0  # seconds; a longer wait is handed to the caller, who has other things to do


@dataclass(frozen=True, slots=True)
class Address:
    """A channel as the reading account may address it."""

    telegram_id: int
    access_hash: int

    @classmethod
    def of(cls, peer: Peer) -> Address:
        """How the account that has looked a channel up may address it."""
        if peer.telegram_id is None or peer.access_hash is None:
            raise Mendable(
                N_("@{name} was not looked up by an account. Look it up again."), name=peer.username
            )
        return cls(peer.telegram_id, peer.access_hash)

    @property
    def peer(self) -> Any:
        return types.InputPeerChannel(self.telegram_id, self.access_hash)

    @property
    def channel(self) -> Any:
        return types.InputChannel(self.telegram_id, self.access_hash)


@dataclass(frozen=True, slots=True)
class Page:
    """Messages of a channel, oldest first, service messages included."""

    messages: tuple[Any, ...]
    entire: bool  # there are no others
    channel: Any = None  # the channel as it is now, where the answer says so

    @property
    def ids(self) -> list[int]:
        return [message.id for message in self.messages]


class History:
    """Reads history at a pace that Telegram bears; Busy where it names a long wait for that method."""

    def __init__(self, asking: Holds, per_second: float) -> None:
        self._asking = asking
        self._pace = AsyncLimiter(1, 1 / per_second)

    async def newest(self, address: Address) -> Page:
        """The last posts."""
        return await self._page(address)

    async def after(self, address: Address, message_id: int) -> Page:
        """The first posts with an id above `message_id`."""
        # Offset ids are exclusive towards older posts: the page that ends (add_offset = -limit) just
        # under message_id + 1 turned upside down, as Telethon's iter_messages(reverse=True) does.
        page = await self._page(address, offset_id=message_id + 1, add_offset=-PAGE)
        return Page(tuple(m for m in page.messages if m.id > message_id), entire=False)

    async def before(self, address: Address, at: datetime, *, patient: bool = False) -> int:
        """Id of the last post that is older than `at`; 0 where there is none."""
        page = await self._page(address, offset_date=at, limit=1, patient=patient)
        return max(page.ids, default=0)

    async def tail(self, address: Address, most: int = 8) -> int:
        """Id of the newest post that can be read, where the page of the newest ones can't; NotUnderstood where `most` can't."""
        for skipped in range(most):
            try:
                page = await self._page(address, add_offset=skipped, limit=1)
            except NotUnderstood:
                continue
            return max(page.ids, default=0)
        raise NotUnderstood(f"GetHistory: the newest {most} posts can't be read by this version")

    async def last(self, address: Address) -> Any:
        """The last post; None where there is none."""
        return next(reversed((await self._page(address, limit=1, patient=False)).messages), None)

    async def empty(self, address: Address, message_ids: Sequence[int]) -> tuple[list[int], list[Any]]:
        """Which of these ids have no message behind them, and the messages of the others; at most 100."""
        result = await self._ask(
            functions.channels.GetMessagesRequest(
                address.channel, [types.InputMessageID(message_id) for message_id in message_ids]
            )
        )
        gone = [m.id for m in result.messages if isinstance(m, types.MessageEmpty)]
        return gone, [m for m in result.messages if not isinstance(m, types.MessageEmpty)]

    def held_for(self, method: str = "GetHistory") -> float:
        """Seconds for which Telegram has asked to leave that method alone."""
        return self._asking.left(method)

    async def _page(
        self,
        address: Address,
        *,
        offset_id: int = 0,
        offset_date: datetime | None = None,
        add_offset: int = 0,
        limit: int = PAGE,
        patient: bool = True,
    ) -> Page:
        result = await self._ask(
            functions.messages.GetHistoryRequest(
                peer=address.peer,
                offset_id=offset_id,
                offset_date=offset_date,
                add_offset=add_offset,
                limit=limit,
                max_id=0,
                min_id=0,
                hash=0,
            ),
            patient=patient,
        )
        messages = sorted(
            (m for m in getattr(result, "messages", ()) if not isinstance(m, types.MessageEmpty)),
            key=lambda m: m.id,
        )
        total = getattr(result, "count", len(messages))
        entire = len(messages) >= total and not getattr(result, "inexact", False)
        channel = next(
            (chat for chat in getattr(result, "chats", ()) if chat.id == address.telegram_id), None
        )
        return Page(tuple(messages), entire, channel)

    async def _ask(self, request: Any, *, patient: bool = True) -> Any:
        """Ask in turn, and again after a short wait that Telegram names; impatient where a person waits: Busy."""
        method = method_of(request)
        await self._asking.load()
        while True:
            wait = self._asking.left(method)
            if wait == 0:
                try:
                    async with self._pace:
                        return await self._asking.ask(request)
                except Busy as busy:
                    wait = busy.wait
            if not patient or wait > _PATIENCE:
                raise Busy(method, wait)
            await asyncio.sleep(wait)
