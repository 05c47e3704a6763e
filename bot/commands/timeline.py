"""How a place's history reads: bars by hour, day, week or month, who said it first, who says it most, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.alerts.compose import examined_since, headline, moment, speaker
from bot.alerts.excerpt import excerpt, shown
from bot.alerts.measure import units
from bot.alerts.unread import note
from bot.commands.archive import telling
from bot.commands.period import Window, written
from bot.commands.replies import LIMIT, fit
from bot.languages import ENGLISH, N_, Words
from bot.languages.counts import counted
from storage.records import Channel, Gap, Kept, Place, Progress

ZOOMS = ("1d", "7d", "30d", "1y")
_WIDTH = 12  # characters of the longest bar
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_FIT = 150  # UTF-16 units kept free for what stands around the claims
_SHORTENED = N_("ℹ more is claimed than one message holds: choose a shorter time")
_NAMED = 4  # channels named in one remark
_UNITS: Final = {"day": N_("day"), "week": N_("week"), "month": N_("month")}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the archive knows about a place in a stretch of time."""

    place: Place
    window: Window
    counts: Sequence[tuple[int, int]]  # posts that mention it surely and possibly, bar by bar
    first: Kept | None  # in the window
    ever: Kept | None
    by_channel: Sequence[tuple[Channel, int]]
    counted: int  # `by_channel` counts so many of the newest statements at most
    read_since: Sequence[
        tuple[Channel, datetime]
    ]  # channels followed, and from when on they are in the archive
    unfinished: Progress | None
    claims: Sequence[str] = ()  # blocks of HTML, a head first
    unread: Sequence[Gap] = ()  # in the window


class Parts(NamedTuple):
    """A history in lines of HTML: what stands above its bars, below them, and what they leave out."""

    above: list[str]
    below: list[str]
    gaps: list[str]


def timeline(history: History, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    """One message: bars first, then what they mean and what they leave out."""
    above, below, gaps = parts(history, zone, now, t=t)
    lines = [*above, f"<code>{_bars(history, zone, now, t=t)}</code>", *below]
    if history.claims:
        room = LIMIT - sum(units(line) + 1 for line in (*lines, *gaps)) - _FIT
        lines += ["", *_claims(history.claims, room, t)]
    return fit([*lines, *gaps], t=t)


def parts(history: History, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> Parts:
    """What is said around the bars."""
    window = history.window
    total = sum(sure for sure, _ in history.counts)
    possible = sum(count for _, count in history.counts)
    said = counted(total, "statement", t=t)
    if possible:
        said += t(", and {possible:,} that possibly mean it", possible=possible)
    below = _firsts(history, zone, t=t)
    if history.by_channel:
        named = " · ".join(f"{shown(channel.name)} {count:,}" for channel, count in history.by_channel)
        part = t(", of the newest {counted:,}", counted=history.counted) if total > history.counted else ""
        below.append(t("By channel{part}: {named}", part=part, named=named))
    return Parts(
        [headline([history.place], t=t), f"{_period(window, zone, t=t)}: {said}"],
        below,
        [f"ℹ {gap}" for gap in _gaps(history, zone, now, t=t)],
    )


def _claims(blocks: Sequence[str], room: int, t: Words) -> list[str]:
    """Whole blocks only: a claim never stands without its quote."""
    kept: list[str] = []
    for block in blocks:
        room -= units(block) + 1
        if room < 0:
            return [*(kept if len(kept) > 1 else ()), t(_SHORTENED)]
        kept.append(block)
    return kept


def _period(window: Window, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    start = window.start.astimezone(zone)
    if window.unit == "hour":
        return t(
            "{when} to {when2}, by hour",
            when=moment(window.start, zone, t=t),
            when2=moment(window.end, zone, than=window.start, t=t),
        )
    last = (window.end - timedelta(seconds=1)).astimezone(zone)
    return t(
        "{first} to {last}, by {unit}",
        first=t.date(start, "d MMM y"),
        last=t.date(last, "d MMM y"),
        unit=t(_UNITS[window.unit]),
    )


class Bar(NamedTuple):
    """One bar: its hour, day, week or month, and the posts that mention the place surely and possibly."""

    label: str
    start: datetime
    end: datetime
    sure: int
    possible: int


def bars(
    history: History, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH
) -> tuple[list[Bar], list[Bar]]:
    """The stretches that nobody had read, and the others; what lies before the first channel was followed is not zero.

    What has not begun yet is in neither.
    """
    known = min((since for _, since in history.read_since), default=now)
    unread: list[Bar] = []
    found: list[Bar] = []
    for (start, end), (sure, possible) in zip(pairwise(history.window.edges), history.counts, strict=True):
        if start <= now:
            bar = Bar(_label(start, history.window.unit, zone, t), start, end, sure, possible)
            (unread if end <= known and not sure and not possible else found).append(bar)
    return unread, found


def _bars(history: History, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    """A line a bar; what was not read takes one line."""
    most = max((sure for sure, _ in history.counts), default=0)
    unread, found = bars(history, zone, now, t=t)
    lines = []
    if unread:
        ends = dict.fromkeys((unread[0].label.strip(), unread[-1].label.strip()))
        lines.append(t("{ends} not read", ends=" … ".join(ends)))
    for bar in found:
        figure = f"{bar.sure}" + (f"+{bar.possible}?" if bar.possible else "")
        lines.append(" ".join(part for part in (bar.label, _bar(bar.sure, most), figure) if part))
    return "\n".join(lines)


def _label(start: datetime, unit: str, zone: ZoneInfo, t: Words) -> str:
    local = start.astimezone(zone)
    if unit == "hour":
        again = "²" if local.fold else " "  # the hour that comes twice when the clock is put back
        return f"{t.date(local, 'dd MMM HH:mm')}{again}"
    if unit == "day":
        return t.date(local, "EEE dd MMM")
    return t.date(local, "dd MMM yy" if unit == "week" else "LLL y")


def _bar(count: int, most: int) -> str:
    """Whole and eighth blocks; what is not nothing is seen."""
    if not count:
        return ""
    eighths = max(1, round(count * _WIDTH * 8 / most))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _firsts(history: History, zone: ZoneInfo, *, t: Words = ENGLISH) -> list[str]:
    """Who said it first, in this stretch and ever, among the channels followed."""
    place_id = history.place.id
    if history.ever is None:
        return [t("Never mentioned in what was read so far.")]
    if history.first is None:
        return [_first(t("First ever, among the channels followed"), history.ever, place_id, zone, t=t)]
    if history.first.id == history.ever.id:
        return [
            _first(t("First here, and ever, among the channels followed"), history.first, place_id, zone, t=t)
        ]
    return [
        _first(t("First here, among the channels followed"), history.first, place_id, zone, t=t),
        _first(t("First ever"), history.ever, place_id, zone, t=t),
    ]


def _first(what: str, kept: Kept, place_id: int, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    link = f'<a href="{shown(kept.link)}">{moment(kept.post.posted_at, zone, t=t)}</a>'
    deleted = t(" · 🗑 deleted") if kept.deleted_at else ""
    revision, mentions = telling(kept, {place_id})
    words = excerpt(revision, [m for m in mentions if m.place_id == place_id], 200)
    return f"{what}: {shown(speaker(kept.channel))} · {link}{deleted}\n«{words}»"


def _gaps(history: History, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> list[str]:
    """What the bars can't show, because nobody read or examined it."""
    window, gaps = history.window, []
    if not history.read_since:
        gaps.append(t("no channels are followed"))
    late = sorted((since, c.name) for c, since in history.read_since if since > window.start)
    if late:
        named = ", ".join(f"{shown(name)} {_day(since, zone, t)}" for since, name in late[:_NAMED])
        more = t(" and {more} more", more=len(late) - _NAMED) if len(late) > _NAMED else ""
        gaps.append(t("read only since: {named}{more}", named=named, more=more))
    unread = [c.name for c, _ in history.read_since if c.read_at is None]
    if unread:
        gaps.append(t("not read yet: {names}", names=_names(unread, t=t)))
    lacking = note(history.unread, zone, now, t=t)
    if lacking is not None:
        gaps.append(shown(lacking))
    if history.unfinished is not None:
        gaps.append(shown(examined_since(history.unfinished, zone, t=t)))
    return gaps


def _day(at: datetime, zone: ZoneInfo, t: Words) -> str:
    return t.date(at.astimezone(zone), "d MMM y")


def _names(names: Sequence[str], *, t: Words = ENGLISH) -> str:
    more = t(" and {more} more", more=len(names) - _NAMED) if len(names) > _NAMED else ""
    return ", ".join(map(shown, names[:_NAMED])) + more


def nearest_zoom(window: Window) -> str:
    """The zoom button that stands for a window, if any."""
    return {"365d": "1y"}.get(written(window.span), written(window.span))


def several(name: str, places: Sequence[Place], command: str, *, t: Words = ENGLISH) -> str:
    """A name that several tracked places bear: what to type for each."""
    lines = [
        t(
            "“{name}” may be several of the places tracked. Send the line of the one you mean:",
            name=shown(name),
        )
    ]
    lines += [f"/{command} {shown(p.name)}" + (f" ({shown(p.region)})" if p.region else "") for p in places]
    return fit(lines, t=t)
