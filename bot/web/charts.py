"""Bars over time as shapes: all positions are shares of a width that the browser knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.commands.period import Window
from storage.records import Gap

HEIGHT: Final = 170  # pixels of the highest bar
_TICKS: Final = 5
_LEAST: Final = 2.0  # pixels of what is not nothing


class Block(NamedTuple):
    """One side's part of a bar."""

    side: int  # the number of its colour
    y: float
    height: float


class Bar(NamedTuple):
    """One hour, day, week or month."""

    start: datetime
    end: datetime
    label: str
    x: float  # percent, as are all widths
    width: float
    counts: dict[str, int]  # by side
    blocks: list[Block]

    @property
    def total(self) -> int:
        """All that was said."""
        return sum(self.counts.values())


class Tick(NamedTuple):
    """Words under the bars."""

    x: float
    words: str


class Strip(NamedTuple):
    """Where something was not read."""

    x: float
    width: float


def bars(
    window: Window, counts: Sequence[Mapping[str, int]], colours: Mapping[str, int], zone: ZoneInfo
) -> list[Bar]:
    """Each stretch of a window with what was said in it, sides in the order of their colours on top of each other."""
    most = max((sum(bar.values()) for bar in counts), default=0)
    each = 100 / max(len(counts), 1)
    found = []
    for at, ((start, end), bar) in enumerate(zip(pairwise(window.edges), counts, strict=True)):
        y, blocks = float(HEIGHT), []
        for side in sorted(bar, key=lambda side: (colours.get(side, 99), side)):
            height = max(_LEAST, bar[side] / most * HEIGHT) if bar[side] else 0.0
            y -= height
            blocks.append(Block(colours.get(side, 0), round(y, 2), round(height, 2)))
        found.append(
            Bar(
                start=start,
                end=end,
                label=label(start, window.unit, zone),
                x=round(at * each + each * 0.08, 3),
                width=round(each * 0.84, 3),
                counts=dict(bar),
                blocks=blocks,
            )
        )
    return found


def label(start: datetime, unit: str, zone: ZoneInfo) -> str:
    """What a bar is called."""
    local = start.astimezone(zone)
    if unit == "hour":
        again = f" ({local:%Z})" if local.fold else ""  # the hour that comes twice when the clock is put back
        return f"{local:%a} {local.day} {local:%b} {local:%H:%M}{again}"
    if unit == "month":
        return f"{local:%B %Y}"
    day = f"{local:%a} {local.day} {local:%b %Y}"
    return f"week of {day}" if unit == "week" else day


def ticks(window: Window, zone: ZoneInfo) -> list[Tick]:
    """A few words under the bars, evenly."""
    starts = window.edges[:-1]
    step = max(1, -(-len(starts) // _TICKS))
    each = 100 / len(starts)
    return [
        Tick(round((at + 0.5) * each, 3), _short(starts[at], window.unit, zone))
        for at in range(step // 2, len(starts), step)
    ]


def _short(start: datetime, unit: str, zone: ZoneInfo) -> str:
    local = start.astimezone(zone)
    if unit == "hour":
        return f"{local:%H:%M}"
    return f"{local:%b %Y}" if unit == "month" else f"{local.day} {local:%b}"


def strips(window: Window, gaps: Sequence[Gap], now: datetime) -> list[Strip]:
    """Where not everything was read; stretches that overlap are one."""
    spans = sorted(
        (max(gap.since, window.start), min(gap.until or now, window.end) + timedelta(seconds=1))
        for gap in gaps
        if gap.since < window.end and (gap.until or now) >= window.start
    )
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in spans:
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], ends)
        else:
            joined.append((begins, ends))
    return [
        Strip(x := round(_at(window, begins), 3), max(0.6, round(_at(window, ends) - x, 3)))
        for begins, ends in joined
    ]


def _at(window: Window, moment: datetime) -> float:
    """How far along the bars a moment is, in percent: each bar is as wide as the others, however long it is."""
    for number, (start, end) in enumerate(pairwise(window.edges)):
        if moment < end:
            share = max(0.0, (moment - start) / (end - start))
            return (number + share) * 100 / (len(window.edges) - 1)
    return 100.0


def spark(counts: Sequence[int], height: int = 28) -> list[tuple[float, float, float, float]]:
    """(x in percent, y, width in percent, height) of small bars."""
    most = max(counts, default=0)
    each = 100 / max(len(counts), 1)
    found = []
    for at, count in enumerate(counts):
        tall = max(1.5, count / most * height) if count else 0.0
        found.append((round(at * each, 2), round(height - tall, 2), round(each * 0.8, 2), round(tall, 2)))
    return found
