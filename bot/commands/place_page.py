"""How /places and a place's own page read: what is watched here, and how this chat wants to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.excerpt import shown
from bot.commands.replies import counted, fit, named, no_channels
from bot.commands.watch import people
from storage.records import Channel, Delivery, MentionKind, Place, Watch

FOREVER: Final = (
    9000  # a place that is muted into this year or a later one is muted until somebody unmutes it
)
KINDS: Final = tuple(MentionKind)
CONFIDENCES: Final = (0.3, 0.5, 0.7, 0.9)
_DELIVERED: Final = {
    Delivery.ALERT: "🔔 alert",
    Delivery.SILENT: "🔕 silent",
    Delivery.URGENT: "❗ urgent",
    Delivery.DIGEST: "📰 digest",
}
_TOLD: Final = {
    Delivery.ALERT: "an alert each time",
    Delivery.SILENT: "an alert each time, without a sound",
    Delivery.URGENT: "an alert each time, in quiet hours too where the chat wants that",
    Delivery.DIGEST: "in digests only",
}
_OFTEN_WRONG = 2  # times that a name was marked wrong before it is asked about


@dataclass(frozen=True, slots=True)
class Area:
    """Places that are watched as parts of one area."""

    name: str
    places: tuple[Place, ...]


def entries(watched: Sequence[Place]) -> list[Area | Place]:
    """What a list has a row for: areas, each as one, then the other places."""
    inside: dict[str, list[Place]] = {}
    alone: list[Area | Place] = []
    for place in watched:
        if place.area is None:
            alone.append(place)
        else:
            inside.setdefault(place.area, []).append(place)
    areas: list[Area | Place] = [Area(name, tuple(found)) for name, found in sorted(inside.items())]
    return areas + alone


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: what it is about, how the chat watches it, and which of its names are often wrong."""

    entry: Area | Place
    watch: Watch | None = None
    wrong: Sequence[tuple[str, int, int]] = ()


def listed(head: str, rows: Sequence[Row], zone: ZoneInfo, now: datetime) -> str:
    """A page of a list of places."""
    lines = [head]
    for row in rows:
        lines.append(_row(row.entry, row.watch, zone, now))
        lines += map(_often_wrong, row.wrong)
    return fit(lines)


def _row(entry: Area | Place, watch: Watch | None, zone: ZoneInfo, now: datetime) -> str:
    if isinstance(entry, Area):
        return f"🗺 <b>{shown(entry.name)}</b>: {counted(len(entry.places), 'place')}"
    others = [n.text for n in entry.names if n.active and n.text != entry.name][:5]
    marks = _marks(watch, zone, now) if watch is not None else ""
    return f"📍 {shown(entry.name)}" + (f" = {shown(' = '.join(others))}" if others else "") + marks


def _marks(watch: Watch, zone: ZoneInfo, now: datetime) -> str:
    marks = [] if watch.delivery is Delivery.ALERT else [_DELIVERED[watch.delivery]]
    if muted := muted_until(watch, zone, now):
        marks.append(f"muted {muted}")
    if watch.min_confidence is not None:
        marks.append(f"≥ {watch.min_confidence:g}")
    if watch.kinds is not None or watch.channels is not None:
        marks.append("filtered")
    return f" ({', '.join(marks)})" if marks else ""


def page(
    place: Place,
    watch: Watch,
    *,
    min_confidence: float,
    channels: Sequence[Channel],
    topic: int | None,
    wrong: Sequence[tuple[str, int, int]],
    zone: ZoneInfo,
    now: datetime,
) -> str:
    """All that can be set about one place; `min_confidence` is what holds everywhere, `topic` where this is shown."""
    where = " · ".join(part for part in (place.region, people(place)) if part)
    sure = (
        f"{watch.min_confidence:g}"
        if watch.min_confidence is not None
        else f"{min_confidence:g}, as everywhere"
    )
    lines = [
        f"📍 <b>{shown(place.name)}</b>" + (f" · {shown(where)}" if where else ""),
        f"Names: {named(place)}",
        f"Smallest confidence: {sure}",
        f"Mentions that count: {_kinds(watch)}",
        f"Channels: {_channels(watch, channels)}",
        f"Told: {_TOLD[watch.delivery]}",
    ]
    if topic is not None or watch.topic is not None:
        lines.append(f"Topic: {_topic(watch.topic, topic)}")
    if muted := muted_until(watch, zone, now):
        lines.append(f"Muted {muted}")
    lines += map(_often_wrong, wrong)
    return fit(lines)


def _often_wrong(judged: tuple[str, int, int]) -> str:
    name, wrong, times = judged
    return f"⚠ “{shown(name)}” was marked wrong {wrong} of {times} times. Stop using this name?"


def stop_using(name: str) -> str:
    """The button below that question."""
    return f"Stop using «{name if len(name) <= 24 else name[:23] + '…'}»"


def _kinds(watch: Watch) -> str:
    return "of every kind" if watch.kinds is None else ", ".join(k for k in KINDS if k in watch.kinds)


def _channels(watch: Watch, channels: Sequence[Channel], only: str = "only ") -> str:
    if watch.channels is None:
        return "all"
    chosen = [c.name for c in channels if c.id in watch.channels]
    rest = f" and {len(chosen) - 6} more" if len(chosen) > 6 else ""
    if not chosen:
        return f"{only.removeprefix('only ')}none of those followed now"
    return f"{only}{shown(', '.join(chosen[:6]))}{rest}"


def _topic(chosen: int | None, here: int | None) -> str:
    if chosen is None:
        return "General"
    return "this one" if chosen == here else f"another one (number {chosen})"


def muted_until(watch: Watch, zone: ZoneInfo, now: datetime) -> str | None:
    """Until when a place is muted; None where it is not."""
    if watch.muted_until is None or watch.muted_until <= now:
        return None
    if watch.muted_until.year >= FOREVER:
        return "until you unmute it"
    return f"until {moment(watch.muted_until, zone, than=now)}"


def misfiring(place: Place, judged: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The names in use that were marked wrong often enough to ask about: at least twice, and one time of three."""
    used = {name.text for name in place.names if name.active}
    return [
        (name, wrong, every)
        for name, wrong, every in judged
        if name in used and wrong >= _OFTEN_WRONG and wrong * 3 >= every
    ]


def chosen(words: str, on: bool) -> str:
    """One of several settings, as a button: the one that holds is marked."""
    return f"· {words} ·" if on else words


def delivery(how: Delivery) -> str:
    """A button's words."""
    return _DELIVERED[how]


def end_place(place: Place) -> str:
    """The question before a watch ends."""
    return (
        f"Stop alerts here about 📍 <b>{shown(place.name)}</b>? What was said about it stays in the archive."
    )


def end_area(area: Area) -> str:
    """The question before the watches of a whole area end."""
    return f"Stop alerts here about all {counted(len(area.places), 'place')} of <b>{shown(area.name)}</b>?"


def ended_area(area: Area) -> str:
    """The watches of an area have ended."""
    return f"No more alerts here about {counted(len(area.places), 'place')} of {area.name}"


def several(name: str) -> str:
    """A name that several watched places bear: a question above buttons."""
    return f"Several places watched here are called “{shown(name)}”. Which one?"


def channels_page(place: Place, watch: Watch, channels: Sequence[Channel]) -> str:
    """Which channels' words about a place count here, above buttons that choose them."""
    if not channels:
        return no_channels()
    head = f"Alerts here about 📍 <b>{shown(place.name)}</b> come"
    if watch.channels is None:
        return f"{head} from every channel. Press some to be told by those only."
    return f"{head} {_channels(watch, channels, 'only from ')}."
