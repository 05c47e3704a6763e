"""Every account that reads, and which of them reads which channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.budget.sharing import Load, Member, load, share_out
from bot.coverage.keeper import Coverage
from bot.errors import Busy, Mendable, Unavailable
from bot.telegram.account import AWAY, Make, ReadingAccount
from bot.telegram.past import SharedPast
from storage import accounts, channels
from storage.accounts import Access
from storage.records import Channel, Peer
from storage.store import Store

log = logging.getLogger(__name__)

_REFUSED = timedelta(days=1)  # until an account may try a channel again that it could not read


class Readers:
    """Shares the channels out among the accounts, and is asked as one reader would be.

    A channel stays with its account until that fails or is refused; what was missed until another one has read its
    history counts as not read.
    """

    def __init__(
        self,
        names: Sequence[str],
        make: Make,
        store: Store,
        coverage: Coverage,
        *,
        clock: Callable[[], datetime],
        look_seconds: float = 5.0,
        away_seconds: float = AWAY,
    ) -> None:
        """`make` opens the account of a name, given what to ask about unreadable channels and what to call when it
        has connected."""
        self._store = store
        self._coverage = coverage
        self._clock = clock
        self._look_seconds = look_seconds
        self._sharing = asyncio.Lock()
        self._unable: dict[tuple[int, str], datetime] = {}  # (channel, account): when it was refused
        self._working: dict[str, bool] = {}  # as the channels were shared out
        self.accounts: list[ReadingAccount] = []
        self.past = SharedPast(lambda name: self.of(name).reader.past)
        for name in names:
            connection, reader = make(name, partial(self._elsewhere, name), partial(self._connected, name))
            self.accounts.append(
                ReadingAccount(name=name, connection=connection, reader=reader, away_seconds=away_seconds)
            )

    @property
    def several(self) -> bool:
        """Whether there is more than one account."""
        return len(self.accounts) > 1

    @property
    def connected_since(self) -> datetime | None:
        """Since when channels can be reached; None where no account is connected."""
        times = [account.connection.state.connected_since for account in self.accounts]
        return min((at for at in times if at is not None), default=None)

    # What the house calls.

    async def run(self) -> None:
        """Read with every account until cancelled."""
        await self._begin()
        async with asyncio.TaskGroup() as group:
            for account in self.accounts:
                group.create_task(account.reader.run())
            group.create_task(self._watch())

    def parts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What keeps each account connected, by its session; Mendable where only a person can help."""
        return {account.connection.state.name: partial(self._serve, account) for account in self.accounts}

    def downloads(self, data: Path, most: int) -> dict[str, Callable[[], Awaitable[None]]]:
        """What fetches the files of posts, each by the account that reads the channel; none above `most` bytes."""
        return {
            f"files of {account.name}" if self.several else "files": account.reader.downloads(data, most).run
            for account in self.accounts
        }

    @property
    def works(self) -> bool:
        """Whether any account reads."""
        return any(self._works(account) for account in self.accounts)

    async def connect(self) -> None:
        """Keep every account connected until cancelled; Mendable when the last of them can't be used."""
        tasks = [asyncio.create_task(self._serve(account)) for account in self.accounts]
        try:
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if ended is not None:
                    raise ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def refresh(self) -> None:
        """Know the channels as the archive has them now, each read by one account; new ones are read at once."""
        await self._share()
        for account in self.accounts:
            await account.reader.refresh()

    def sweep_all(self) -> None:
        """Read every channel as soon as the pace allows."""
        for account in self.accounts:
            account.reader.sweep_all()

    async def resolve(self, link: str) -> Peer:
        """The public channel behind a name or link, looked up by the account that has most to spare.

        Mendable says why something else can't be followed. Another account is asked only where one can't ask.
        """
        if not self._working:  # nobody has shared out yet: a command that looks up a name and ends
            await self._begin()
        trouble: Exception | None = None
        for account in sorted(self.accounts, key=_readiness):
            try:
                return await account.reader.resolve(link)
            except (Busy, Unavailable) as problem:
                trouble = trouble or problem
        raise trouble or Unavailable("no account is signed in")

    async def since(self, peer: Peer, at: datetime) -> int:
        """The message id before the first post at or after a time; 0 where all posts are that new."""
        return await self.of(peer.account).reader.since(peer, at)

    async def give_up(self, name: str) -> None:
        """Have the other accounts read the channels of one that goes."""
        self.of(name).stopped = "it is signed out"
        await self._share()

    def of(self, name: str) -> ReadingAccount:
        """The account of that name, or the first one where there is none."""
        return next((account for account in self.accounts if account.name == name), self.accounts[0])

    # How the accounts are.

    async def _begin(self) -> None:
        """Know what was known of the accounts: one that had stopped is given nothing until it has connected."""
        await self._store.write(accounts.are, [account.name for account in self.accounts])
        known = {account.name: account for account in await self._store.read(accounts.every)}
        for account in self.accounts:
            await account.reader.asking.load()
            if not account.is_connected:
                account.stopped = account.stopped or known[account.name].problem
        await self.refresh()

    async def _serve(self, account: ReadingAccount) -> None:
        try:
            await account.connection.run()
        except Mendable as end:
            account.stopped = str(end)
            try:
                await self._store.write(accounts.stopped, account.name, str(end))
                await self._share()
            except Exception:  # the watch shares out again
                log.exception("channels not shared out account=%s", account.name)
            raise

    async def _connected(self, name: str) -> None:
        account = self.of(name)
        state = account.connection.state
        account.stopped = None
        account.look()
        if state.account_id is not None:
            await self._store.write(accounts.connected, name, state.account_id, state.account_name)
        await self._share()
        await account.reader.on_connect()

    def _works(self, account: ReadingAccount) -> bool:
        return self._trouble(account) is None

    def _trouble(self, account: ReadingAccount) -> str | None:
        others = any(other.is_connected for other in self.accounts if other is not account)
        return account.trouble(others_connected=others)

    async def _watch(self) -> None:
        """Share the channels out again when an account has failed, or reads again."""
        while True:
            await asyncio.sleep(self._look_seconds)
            for account in self.accounts:
                account.look()
            if {account.name: self._works(account) for account in self.accounts} == self._working:
                continue
            try:
                await self._share()
            except Exception:
                log.exception("channels not shared out")

    # Who reads what.

    async def _elsewhere(self, name: str, channel: Channel, problem: str) -> bool:
        """An account can't read a channel: True where another one reads it from now on."""
        self._unable[channel.id, name] = self._clock()
        await self._share()
        now = await self._store.read(channels.by_id, channel.id)
        if now.account == name:
            return False
        log.info("channel can't be read account=%s channel_id=%d problem=%s", name, channel.id, problem)
        return True

    async def _share(self) -> None:
        """Give every channel its account, and have the accounts know of what has moved."""
        async with self._sharing:
            followed, access = await self._store.read(lambda db: (channels.followed(db), accounts.access(db)))
            working = {account.name: self._works(account) for account in self.accounts}
            members = [
                Member(account.name, working[account.name], account.reader.plan.allowed)
                for account in self.accounts
            ]
            shared = share_out(members, [self._load(c, access.get(c.id, Access())) for c in followed])
            moved = [c for c in followed if shared.get(c.id, c.account) != c.account]
            if moved:
                await self._store.write(accounts.give, {c.id: shared[c.id] for c in moved})
            self._working = working
        if not moved:
            return
        for channel in moved:
            why = self._why(channel)
            log.info(
                "channel moves channel_id=%d from=%s to=%s why=%s",
                channel.id,
                channel.account,
                shared[channel.id],
                why or "too much to read",
            )
            if why is not None and channel.read_at is not None:
                await self._coverage.doubt(channel, why, goes_on=True)
        for account in self.accounts:
            await account.reader.refresh()

    def _why(self, channel: Channel) -> str | None:
        """Why a channel's account did not read it; None where it could have."""
        if (channel.id, channel.account) in self._unable:
            return "the account that read it was refused"
        its = next((account for account in self.accounts if account.name == channel.account), None)
        return "the account that read it is gone" if its is None else self._trouble(its)

    def _load(self, channel: Channel, access: Access) -> Load:
        unable = {a.name for a in self.accounts if self._is_unable(channel, access, a.name)}
        share = self.accounts[0].reader.plan.share
        return load(channel, share, members=access.members, known=access.known, unable=unable)

    def _is_unable(self, channel: Channel, access: Access, name: str) -> bool:
        if channel.username is None and name not in access.known:
            return True  # it could not look it up
        at = self._unable.get((channel.id, name))
        if at is None:
            return False
        read = channel.account == name and channel.read_at is not None and channel.read_at > at
        if read or abs(self._clock() - at) >= _REFUSED:
            del self._unable[channel.id, name]
            return False
        return True


def _readiness(account: ReadingAccount) -> tuple[bool, bool, bool, float]:
    return (
        account.stopped is not None,
        not account.is_connected,
        account.reader.asking.left("ResolveUsername") > 0,
        account.fill,
    )
