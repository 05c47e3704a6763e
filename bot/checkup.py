"""How the accounts, chats and channels are, as seen by a placewatch that holds them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.unread import line
from bot.budget import words
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.findings import Finding
from bot.telegram import clock
from bot.telegram.connection import Connection
from bot.telegram.messenger import Messenger
from bot.telegram.readers import Readers
from storage import accounts, channels, chats, gaps, joining
from storage.store import Store

_TROUBLE = (Mendable, Busy, Unavailable, Refused)
_CLOCK = 30.0  # seconds; Telegram's protocol refuses messages that are further off (300 behind, 30 ahead)
_PATIENCE = 15.0  # seconds until a connection that does not come up is a finding


@asynccontextmanager
async def connected(connection: Connection) -> AsyncIterator[asyncio.Task[None]]:
    """Keep a connection up while the context lasts."""
    task = asyncio.create_task(connection.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def account(name: str, connection: Connection) -> list[Finding]:
    """Whether an account is signed in and connected, and whether the clocks agree."""
    try:
        async with asyncio.timeout(_PATIENCE):
            apart = await clock.ahead(connection)
    except (TimeoutError, *_TROUBLE) as trouble:
        words = (
            connection.state.problem
            or str(trouble)
            or "no connection; check the network and this machine's clock"
        )
        return [Finding(name, "bad", words)]
    who = connection.state.account_name or connection.state.account_id
    findings = [Finding(name, "ok", f"signed in as {who}")]
    if abs(apart) > _CLOCK:
        off = f"{abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} Telegram's"
        findings.append(Finding("clock", "bad", f"{off}. Set it: timedatectl set-ntp true"))
    elif name == "bot":
        findings.append(Finding("clock", "ok", "agrees with Telegram's"))
    return findings


async def team_chats(messenger: Messenger, chat_ids: Sequence[int], store: Store) -> list[Finding]:
    """Whether the bot can speak in each chat."""
    known = {chat.id: chat for chat in await store.read(chats.every)}
    findings = []
    for chat_id in chat_ids:
        area = f"chat {chat_id}"
        try:
            info = await messenger.inspect(chat_id)
        except _TROUBLE as trouble:
            findings.append(Finding(area, "bad", str(trouble)))
            continue
        blocked = known[chat_id].problem if chat_id in known else None
        if info.problem or not info.can_write:
            findings.append(Finding(area, "bad", info.problem or "the bot may not write here. Allow it to."))
        elif blocked:
            findings.append(
                Finding(area, "warning", f"refused before: {blocked}; it is tried again within the hour")
            )
        else:
            findings.append(Finding(area, "ok", f"{info.title or info.kind}: the bot can write"))
    return findings


async def followed(store: Store, zone: ZoneInfo, now: datetime) -> list[Finding]:
    """Whether each channel can be read, and what the archive lacks."""
    findings = []
    several = len(await store.read(accounts.every)) > 1
    for channel in await store.read(channels.followed):
        by = f", by the account {channel.account}" if several else ""
        area = f"channel {channel.name}"
        if channel.problem:
            findings.append(Finding(area, "bad", channel.problem))
        elif channel.read_at is None:
            findings.append(Finding(area, "warning", "not read yet; `placewatch run` reads it"))
        else:
            findings.append(Finding(area, "ok", f"read {channel.read_at:%Y-%m-%d %H:%M} UTC{by}"))
    findings += [
        Finding(f"channel {gap.channel.name}", "warning", line(gap, zone, now))
        for gap in await store.read(gaps.unread, now)
        if gap.low is not None or gap.channel.problem is None
    ]
    return findings or [
        Finding("channels", "warning", "none followed yet: placewatch channels add https://t.me/NAME")
    ]


async def requests(store: Store, readers: Readers, zone: ZoneInfo) -> list[Finding]:
    """Whether the accounts' requests suffice for the channels, what Telegram holds back, and what waits to be joined."""
    await readers.refresh()
    told = partial(moment, zone=zone)
    findings = []
    for one in readers.accounts:
        await one.reader.asking.load()
        area = f"requests of {one.name}" if readers.several else "requests"
        findings += words.findings(one.reader.plan, one.reader.asking.until(), told, area=area)
    wishes = await store.read(joining.by_channel)
    followed = await store.read(channels.followed)
    return findings + words.wished([(c, wishes[c.id]) for c in followed if c.id in wishes])


def reader_missing(session: Path) -> list[Finding]:
    """What to say where nobody has signed in."""
    return [Finding("reading account", "bad", f"not signed in (no {session}). Sign in: placewatch login")]
