"""How often somebody may fail before they have to wait: by address, and everybody together."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

_ADDRESSES: Final = 10_000  # remembered; of more, those that failed longest ago are forgotten


class Attempts:
    """Counts what failed within a stretch of time."""

    def __init__(
        self, *, each: int = 10, together: int = 1_000, within: timedelta = timedelta(minutes=10)
    ) -> None:
        """At most `each` of one address, and `together` of all."""
        self._each = each
        self._together = together
        self._within = within
        self._all: deque[datetime] = deque()
        self._by_address: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, address: str, now: datetime) -> timedelta:
        """How long an address has to wait until it may try again; zero where it may now."""
        since = now - self._within
        mine = self._by_address.get(network(address), deque())
        longest = timedelta(0)
        for failed, most in ((mine, self._each), (self._all, self._together)):
            while failed and failed[0] <= since:
                failed.popleft()
            if len(failed) >= most:
                longest = max(longest, failed[len(failed) - most] + self._within - now)
        return longest

    def failed(self, address: str, now: datetime) -> None:
        """An attempt came to nothing."""
        key = network(address)
        self._by_address.setdefault(key, deque(maxlen=self._each)).append(now)
        self._by_address.move_to_end(key)
        while len(self._by_address) > _ADDRESSES:
            self._by_address.popitem(last=False)
        self._all.append(now)
        if len(self._all) > self._together:
            self._all.popleft()


def network(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, which one household has."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)


def client(peer: str, forwarded: str | None) -> str:
    """Who asks: the connection's other end, or whom a proxy on this machine or network names last."""
    if forwarded is None:
        return peer
    try:
        near = ip_address(peer.partition("%")[0]).is_private
    except ValueError:
        near = False
    named = forwarded.rpartition(",")[2].strip()
    return named if near and named else peer
