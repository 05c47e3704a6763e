"""How often each channel is read, so that all of them together stay within what one account may ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from storage.records import Channel, Priority

READING: Final = 0.8  # of the account's requests go to reading channels in turn
RECHECKS: Final = 0.1  # to looking again at older posts; the rest is for gaps and for what people ask

# How many times as often as others of its kind a channel is read where there is enough for all.
_OFTEN: Final = {Priority.HIGH: 2.0, Priority.NORMAL: 1.0, Priority.LOW: 0.25}
# How far the others have to be stretched before these are: so hot channels come first, and nobody starves.
_SPARED: Final = {Priority.HIGH: 4.0, Priority.NORMAL: 2.0, Priority.LOW: 1.0}


@dataclass(frozen=True, slots=True)
class Share:
    """What an account has to spend, and how often channels are read where that is enough; seconds."""

    account: str
    requests_per_second: float
    poll_seconds: float  # a channel that is not joined
    sweep_seconds: float  # one that is, and so is pushed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The seconds between two readings of each channel, by our row of it."""

    share: Share
    intervals: Mapping[int, float] = field(default_factory=dict)
    wanted: float = 0.0  # requests a second, were every channel read as often as wished
    spent: float = 0.0  # requests a second, as planned
    stretch: float = 1.0  # how many times as rarely as wished the channels of low priority are read

    @property
    def allowed(self) -> float:
        """Requests a second that reading in turn may take."""
        return self.share.requests_per_second * READING

    @property
    def fits(self) -> bool:
        """Whether every channel is read as often as wished."""
        return self.wanted <= self.allowed


def wish(channel: Channel, share: Share) -> float:
    """Seconds between two readings of a channel where there is enough for all.

    A joined channel of high priority is read like one that is not joined: Telegram pushes posts of big channels
    late, by seconds to over ten minutes (TELEGRAM.md, 5).
    """
    if channel.priority is Priority.HIGH and channel.joined:
        return min(share.poll_seconds, share.sweep_seconds)
    usual = share.sweep_seconds if channel.joined else share.poll_seconds
    return usual / _OFTEN[channel.priority]


def make_plan(channels: Iterable[Channel], share: Share) -> Plan:
    """Give every channel its interval: as wished where that fits, else all are stretched, the hottest last.

    One reading is one request: the newest page. No channel is stretched more than four times as far as another.
    """
    followed = list(channels)
    wishes = {channel.id: wish(channel, share) for channel in followed}
    load = dict.fromkeys(Priority, 0.0)
    for channel in followed:
        load[channel.priority] += 1 / wishes[channel.id]
    stretch = _stretch(load, share.requests_per_second * READING)
    intervals = {
        channel.id: wishes[channel.id] * max(1.0, stretch / _SPARED[channel.priority]) for channel in followed
    }
    return Plan(
        share=share,
        intervals=intervals,
        wanted=sum(load.values()),
        spent=sum(1 / interval for interval in intervals.values()),
        stretch=stretch,
    )


def _stretch(load: Mapping[Priority, float], allowed: float) -> float:
    """The least stretch with which the load, in requests a second by priority, is no more than allowed."""
    if sum(load.values()) <= allowed:
        return 1.0
    # While the stretch grows, one priority after the other begins to give way: between two such points the
    # load is fixed + giving / stretch.
    points = sorted({_SPARED[priority] for priority in load})
    for point, end in zip(points, [*points[1:], float("inf")], strict=True):
        fixed = sum(rate for priority, rate in load.items() if _SPARED[priority] > point)
        giving = sum(
            rate * _SPARED[priority] for priority, rate in load.items() if _SPARED[priority] <= point
        )
        if fixed < allowed and giving / (allowed - fixed) <= end:
            return max(point, giving / (allowed - fixed))
    raise AssertionError("in the last part everything gives way, so some stretch is enough")
