"""A reader at work on the local server, and its archive as tests look at it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from telethon import functions

from bot.alerts.owed import Rules
from bot.telegram.reader import Reader
from storage import channels
from storage.records import Channel, Peer
from storage.store import Store
from tests.telegram_server import Account
from tests.telegram_server import Channel as Source

FULL = functions.channels.GetFullChannelRequest
GET = functions.channels.GetMessagesRequest
RESOLVE = functions.contacts.ResolveUsernameRequest
HISTORY = functions.messages.GetHistoryRequest
RULES = Rules(min_confidence=0.5, zone=ZoneInfo("Europe/Kyiv"))


def now() -> datetime:
    return datetime.now(UTC)


Reading = Callable[..., AbstractAsyncContextManager[Reader]]


T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], holds: Callable[[T], bool], seconds: float = 30) -> T:
    """What is seen once that holds of it; AssertionError with what is seen instead."""
    end = time.monotonic() + seconds
    while not holds(found := await look()):
        assert time.monotonic() < end, found
        await asyncio.sleep(0.01)
    return found


def peer_of(source: Source, account: Account, *, joined: bool = True, newest: int = 0) -> Peer:
    """A channel as that account has looked it up."""
    return Peer(
        telegram_id=source.id,
        access_hash=account.hash_of(source.id),
        username=source.username,
        title=source.title,
        joined=joined,
        newest=newest,
    )


class Kept:
    """The archive, as these tests look at it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def posts(self, channel: Channel) -> dict[int, str]:
        rows = await self.store.read(
            lambda db: db.execute(
                "SELECT message_id, CASE WHEN deleted_at IS NULL THEN text ELSE '(deleted)' END FROM post "
                "WHERE channel_id = ? ORDER BY message_id",
                (channel.id,),
            ).fetchall()
        )
        return dict(rows)

    async def told(self) -> list[str]:
        """What the team's chat is owed, oldest first."""
        rows = await self.store.read(lambda db: db.execute("SELECT wanted FROM owed ORDER BY id").fetchall())
        return [row[0] for row in rows]

    async def channel(self, channel: Channel) -> Channel:
        return await self.store.read(channels.by_id, channel.id)

    async def until(self, channel: Channel, expected: dict[int, str]) -> None:
        await until(lambda: self.posts(channel), lambda found: found == expected)

    async def until_channel(self, channel: Channel, condition: Callable[[Channel], bool]) -> Channel:
        return await until(lambda: self.channel(channel), condition)

    async def follow(
        self, source: Source, account: Account, *, joined: bool = True, cursor: int = 0
    ) -> Channel:
        peer = peer_of(source, account, joined=joined)
        channel, _ = await self.store.write(
            channels.follow, peer, account="reader", cursor=cursor, label=None, now=now()
        )
        return channel
