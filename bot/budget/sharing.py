"""Which account reads which channel: each within its limits, and a channel stays where it is as long as it can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.budget.plan import READING, Share, wish
from storage.records import Channel

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Member:
    """An account that reads."""

    name: str
    works: bool = True
    allowed: float = READING  # requests a second that it may spend on reading in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A channel to be read, as the accounts see it."""

    channel_id: int
    account: str | None  # which reads it now
    polled: float  # requests a second, of an account that is not its member
    pushed: float  # of one that is
    members: frozenset[str] = frozenset()
    known: frozenset[str] = (
        frozenset()
    )  # accounts that know how to address it: others have to look its name up
    unable: frozenset[str] = frozenset()  # accounts that were refused

    def by(self, account: str) -> float:
        """What reading it costs that account, in requests a second."""
        return self.pushed if account in self.members else self.polled


def load(
    channel: Channel,
    share: Share,
    *,
    members: Iterable[str] = (),
    known: Iterable[str] = (),
    unable: Iterable[str] = (),
) -> Load:
    """What reading a channel costs an account that has such a share, were it read as often as wished."""
    return Load(
        channel_id=channel.id,
        account=channel.account,
        polled=1 / wish(replace(channel, joined=False), share),
        pushed=1 / wish(replace(channel, joined=True), share),
        members=frozenset(members),
        known=frozenset(known),
        unable=frozenset(unable),
    )


def share_out(accounts: Sequence[Member], channels: Iterable[Load]) -> dict[int, str]:
    """The account that reads each channel; the same again for channels that are shared out so already.

    A channel stays with its account while that works, was not refused, and has enough requests for all of its own.
    Another one takes it where that leaves it enough, a member before others, then one that need not look its name
    up, then the one with the least to do. Where too much is to be read for all of them, no account is left with
    more than it had, relative to what it may spend. Where none works, channels stay as they are.
    """
    return _Sharing(accounts).out(sorted(channels, key=lambda channel: channel.channel_id))


class _Sharing:
    """Accounts being filled; nothing outlives one sharing out."""

    def __init__(self, accounts: Sequence[Member]) -> None:
        self._working = {account.name: account for account in accounts if account.works}
        self._order = {account.name: number for number, account in enumerate(accounts)}
        self._spent = dict.fromkeys(self._working, 0.0)
        self._chosen: dict[int, str] = {}

    def out(self, channels: Sequence[Load]) -> dict[int, str]:
        homeless = []
        for channel in channels:
            able = self._able(channel)
            if channel.account is not None and (not able or channel.account in able):
                self._give(channel, channel.account)
            elif able:
                homeless.append(channel)
        for channel in sorted(homeless, key=lambda c: -c.polled):
            self._give(channel, min(self._able(channel), key=lambda name: self._rank(channel, name)))
        while self._relieve(channels):
            pass
        return self._chosen

    def _able(self, channel: Load) -> list[str]:
        """Working accounts that may read the channel; all that work where each was refused."""
        able = [name for name in self._working if name not in channel.unable]
        if able or not self._working:
            return able
        return [channel.account] if channel.account in self._working else list(self._working)

    def _give(self, channel: Load, name: str) -> None:
        self._chosen[channel.channel_id] = name
        if name in self._spent:
            self._spent[name] += channel.by(name)

    def _fill(self, name: str, more: float = 0.0) -> float:
        """How much of its requests the account would spend; above 1 it reads more rarely than wished."""
        return (self._spent[name] + more) / self._working[name].allowed

    def _rank(self, channel: Load, name: str) -> tuple[bool, bool, bool, float, int]:
        fill = self._fill(name, channel.by(name))
        return (
            fill > 1 + _ROUNDING,
            name not in channel.members,
            name not in channel.known,
            fill,
            self._order[name],
        )

    def _relieve(self, channels: Sequence[Load]) -> bool:
        """Move channels away from accounts that have too many; False where no more can be moved.

        It ends: the account that had too much has less, and the other one has less than that was, or enough for all.
        """
        moved = False
        for channel in channels:
            source = self._chosen.get(channel.channel_id)
            if source not in self._working or self._fill(source) <= 1 + _ROUNDING:
                continue
            others = [name for name in self._able(channel) if name != source]
            if not others:
                continue
            target = min(others, key=lambda name: self._rank(channel, name))
            after = self._fill(target, channel.by(target))
            if after <= max(1.0, self._fill(source, -channel.by(source))) + _ROUNDING:
                self._spent[source] -= channel.by(source)
                self._give(channel, target)
                moved = True
        return moved
