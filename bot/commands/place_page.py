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
from bot.languages import ENGLISH, N_, Words
from bot.languages.places import called
from storage.records import Channel, Delivery, MentionKind, Place, Watch

FOREVER: Final = (
    9000  # a place that is muted into this year or a later one is muted until somebody unmutes it
)
KINDS: Final = tuple(MentionKind)
CONFIDENCES: Final = (0.3, 0.5, 0.7, 0.9)
_DELIVERED: Final = {
    Delivery.ALERT: N_("🔔 alert"),
    Delivery.SILENT: N_("🔕 silent"),
    Delivery.URGENT: N_("❗ urgent"),
    Delivery.DIGEST: N_("📰 digest"),
}
_TOLD: Final = {
    Delivery.ALERT: N_("an alert each time"),
    Delivery.SILENT: N_("an alert each time, without a sound"),
    Delivery.URGENT: N_("an alert each time, in quiet hours too where the chat wants that"),
    Delivery.DIGEST: N_("in digests only"),
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


def listed(head: str, rows: Sequence[Row], zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    """A page of a list of places."""
    lines = [head]
    for row in rows:
        lines.append(_row(row.entry, row.watch, zone, now, t=t))
        lines += map(_often_wrong, row.wrong)
    return fit(lines, t=t)


def _row(
    entry: Area | Place, watch: Watch | None, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH
) -> str:
    if isinstance(entry, Area):
        return f"🗺 <b>{shown(entry.name)}</b>: {counted(len(entry.places), 'place', t=t)}"
    entry = called(entry, t)
    others = [n.text for n in entry.names if n.active and n.text != entry.name][:5]
    marks = _marks(watch, zone, now, t=t) if watch is not None else ""
    return f"📍 {shown(entry.name)}" + (f" = {shown(' = '.join(others))}" if others else "") + marks


def _marks(watch: Watch, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    marks = [] if watch.delivery is Delivery.ALERT else [t(_DELIVERED[watch.delivery])]
    if muted := muted_until(watch, zone, now, t=t):
        marks.append(t("muted {muted}", muted=muted))
    if watch.min_confidence is not None:
        marks.append(f"≥ {watch.min_confidence:g}")
    if watch.kinds is not None or watch.channels is not None:
        marks.append(t("filtered"))
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
    t: Words = ENGLISH,
) -> str:
    """All that can be set about one place; `min_confidence` is what holds everywhere, `topic` where this is shown."""
    place = called(place, t)
    where = " · ".join(part for part in (place.region, people(place, t=t)) if part)
    sure = (
        f"{watch.min_confidence:g}"
        if watch.min_confidence is not None
        else t("{min_confidence:g}, as everywhere", min_confidence=min_confidence)
    )
    lines = [
        f"📍 <b>{shown(called(place, t).name)}</b>" + (f" · {shown(where)}" if where else ""),
        t("Names: {named}", named=named(place, t=t)),
        t("Smallest confidence: {sure}", sure=sure),
        t("Mentions that count: {kinds}", kinds=_kinds(watch, t=t)),
        t("Channels: {channels}", channels=_channels(watch, channels, t=t)),
        t("Told: {told}", told=t(_TOLD[watch.delivery])),
    ]
    if topic is not None or watch.topic is not None:
        lines.append(t("Topic: {topic}", topic=_topic(watch.topic, topic, t=t)))
    if muted := muted_until(watch, zone, now, t=t):
        lines.append(t("Muted {muted}", muted=muted))
    lines += map(_often_wrong, wrong)
    return fit(lines, t=t)


def _often_wrong(judged: tuple[str, int, int], *, t: Words = ENGLISH) -> str:
    name, wrong, times = judged
    return t(
        "⚠ “{name}” was marked wrong {wrong} of {times} times. Stop using this name?",
        name=shown(name),
        wrong=wrong,
        times=times,
    )


def stop_using(name: str, *, t: Words = ENGLISH) -> str:
    """The button below that question."""
    return t("Stop using «{name}»", name=name if len(name) <= 24 else name[:23] + "…")


def _kinds(watch: Watch, *, t: Words = ENGLISH) -> str:
    return (
        t("of every kind")
        if watch.kinds is None
        else ", ".join(t(k.value) for k in KINDS if k in watch.kinds)
    )


def _channels(watch: Watch, channels: Sequence[Channel], *, t: Words = ENGLISH) -> str:
    if watch.channels is None:
        return t("all")
    named = _only(watch, channels, t)
    return t("only {channels}", channels=named) if named else t("none of those followed now")


def _only(watch: Watch, channels: Sequence[Channel], t: Words) -> str:
    """The channels whose words count, "" where none of them is followed now."""
    chosen = [c.name for c in channels if c.id in (watch.channels or ())]
    rest = t(" and {more} more", more=len(chosen) - 6) if len(chosen) > 6 else ""
    return f"{shown(', '.join(chosen[:6]))}{rest}" if chosen else ""


def _topic(chosen: int | None, here: int | None, *, t: Words = ENGLISH) -> str:
    if chosen is None:
        return t("General")
    return t("this one") if chosen == here else t("another one (number {chosen})", chosen=chosen)


def muted_until(watch: Watch, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str | None:
    """Until when a place is muted; None where it is not."""
    if watch.muted_until is None or watch.muted_until <= now:
        return None
    if watch.muted_until.year >= FOREVER:
        return t("until you unmute it")
    return t("until {when}", when=moment(watch.muted_until, zone, than=now, t=t))


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


def delivery(how: Delivery, *, t: Words = ENGLISH) -> str:
    """A button's words."""
    return t(_DELIVERED[how])


def end_place(place: Place, *, t: Words = ENGLISH) -> str:
    """The question before a watch ends."""
    return t(
        "Stop alerts here about 📍 <b>{place}</b>? What was said about it stays in the archive.",
        place=shown(called(place, t).name),
    )


def end_area(area: Area, *, t: Words = ENGLISH) -> str:
    """The question before the watches of a whole area end."""
    return t(
        "Stop alerts here about all {counted} of <b>{area}</b>?",
        counted=counted(len(area.places), "place", t=t),
        area=shown(area.name),
    )


def ended_area(area: Area, *, t: Words = ENGLISH) -> str:
    """The watches of an area have ended."""
    return t(
        "No more alerts here about {counted} of {area}",
        counted=counted(len(area.places), "place", t=t),
        area=area.name,
    )


def several(name: str, *, t: Words = ENGLISH) -> str:
    """A name that several watched places bear: a question above buttons."""
    return t("Several places watched here are called “{name}”. Which one?", name=shown(name))


def channels_page(place: Place, watch: Watch, channels: Sequence[Channel], *, t: Words = ENGLISH) -> str:
    """Which channels' words about a place count here, above buttons that choose them."""
    if not channels:
        return no_channels(t=t)
    name = shown(called(place, t).name)
    if watch.channels is None:
        return t(
            "Alerts here about 📍 <b>{place}</b> come from every channel. Press some to be told by those only.",
            place=name,
        )
    only = _only(watch, channels, t)
    if not only:
        return t("Alerts here about 📍 <b>{place}</b> come from none of those followed now.", place=name)
    return t("Alerts here about 📍 <b>{place}</b> come only from {channels}.", place=name, channels=only)
