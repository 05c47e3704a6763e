"""What a report is told from: the posts that are found, counted first, then read again as they are written."""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot import ledger
from bot.alerts.compose import moment
from bot.alerts.excerpt import excerpt, shown
from bot.archive.export.fields import at, became
from bot.archive.export.selection import Archive, Selection, Tell, again, hits
from storage import channels, places, timeline
from storage.records import Channel, Mention, Order, Revision, Search, Watch
from storage.records.exported import Statement
from storage.search import After
from storage.times import posted_at

WHOLE: Final = (
    900  # characters of a statement that is quoted whole; of a longer one the sentences about places
)
_NOW: Final = -(1 << 15)  # in the list of versions: what the post says now
_BARS: Final = 92  # bars of a chart at most: by day, else by week, else by month
_CLAIMS: Final = 12  # about one place
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
OTHERS: Final = "no side given"


@dataclass(frozen=True, slots=True)
class Bar:
    """Statements of a day, a week or a month, by side."""

    begin: date
    sides: dict[str, int]

    @property
    def total(self) -> int:
        """Statements of all sides."""
        return sum(self.sides.values())


@dataclass(frozen=True, slots=True)
class Told:
    """Who is quoted, how often, and from when on the archive holds what it said."""

    channel: Channel
    statements: int
    read_since: str  # "" where the channel is not followed any more


@dataclass(slots=True)
class Story:
    """A report's posts in their order, counted; reading one gives its statements anew."""

    archive: Archive
    selection: Selection
    ids: array[int] = field(default_factory=lambda: array("q"))
    versions: array[int] = field(default_factory=lambda: array("h"))
    by_channel: Counter[int] = field(default_factory=Counter)
    by_day: Counter[tuple[date, int]] = field(default_factory=Counter)
    who: list[Told] = field(default_factory=list)
    claims: list[tuple[str, list[str]]] = field(default_factory=list)  # by place: blocks of safe HTML

    @property
    def zone(self) -> ZoneInfo:
        """The team's."""
        return self.selection.heading.zone

    def statements(self) -> Iterator[Statement]:
        """Everything that is told, in its order."""
        found = (
            After(post_id, version=None if version == _NOW else version)
            for post_id, version in zip(self.ids, self.versions, strict=True)
        )
        return again(self.archive, found, self.selection.heading.asked)

    def sides(self) -> dict[str, int]:
        """Statements by side, the most telling first."""
        found: Counter[str] = Counter()
        for told in self.who:
            found[told.channel.side or OTHERS] += told.statements
        return dict(found.most_common())

    def bars(self) -> tuple[str, list[Bar]]:
        """ "day", "week" or "month", and every one from the first statement to the last, empty ones too."""
        if not self.by_day:
            return "day", []
        side = {told.channel.id: told.channel.side or OTHERS for told in self.who}
        days = [day for day, _ in self.by_day]
        first, last = min(days), max(days)
        unit = _unit((last - first).days + 1)
        found: dict[date, Counter[str]] = {}
        begin = _begin(first, unit)
        while begin <= last:
            found[begin] = Counter()
            begin = _next(begin, unit)
        for (day, channel_id), number in self.by_day.items():
            found[_begin(day, unit)][side.get(channel_id, OTHERS)] += number
        return unit, [Bar(day, dict(sides)) for day, sides in found.items()]


def gathered(archive: Archive, selection: Selection, tell: Tell = lambda _, __: None) -> Story:
    """The posts of a report: oldest first, unless the query says which come first."""
    story = Story(archive, selection)
    zone, done = story.zone, 0
    for looked_at, found in hits(archive, selection):
        story.ids.extend(hit.post_id for hit in found)
        story.versions.extend(_NOW if hit.version is None else hit.version for hit in found)
        for post_id, channel_id in archive.read(_whose, [hit.post_id for hit in found]):
            story.by_channel[channel_id] += 1
            story.by_day[posted_at(post_id).astimezone(zone).date(), channel_id] += 1
        done += looked_at
        tell(done, len(story.ids))
    if selection.search.order is Order.NEWEST and "sort:" not in selection.heading.query.casefold():
        story.ids.reverse()
        story.versions.reverse()
    story.who = archive.read(_who, story.by_channel, zone)
    story.claims = archive.read(_claims, selection)
    return story


def _claims(db: sqlite3.Connection, selection: Selection) -> list[tuple[str, list[str]]]:
    """What is claimed about the places asked for; nothing where the query asks for only some of what was said."""
    heading, search, table = selection.heading, selection.search, selection.table
    of_all = Search(
        places=search.places,
        since=search.since,
        until=search.until,
        min_confidence=search.min_confidence,
        order=search.order,
    )
    if table is None or not heading.asked or search != of_all:
        return []
    since, until = heading.since or _BEGINNING, heading.until or heading.made_at
    found = ledger.read(
        db,
        [Watch(chat_id=0, place_id=place_id, since=since) for place_id in sorted(heading.asked)],
        since,
        until,
        table,
        heading.zone,
        heading.made_at,
        min_confidence=heading.sure,
        most=_CLAIMS,
    )
    named = places.by_ids(db, found)
    # The first block is a heading for chats.
    return [(named[place_id].name, blocks[1:]) for place_id, blocks in found.items()]


def _whose(db: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[int, int]]:
    marks = ",".join("?" * len(ids))
    return db.execute(f"SELECT id, channel_id FROM post WHERE id IN ({marks})", ids).fetchall()


def _who(db: sqlite3.Connection, by_channel: Counter[int], zone: ZoneInfo) -> list[Told]:
    read = {channel.id: moment(since, zone) for channel, since in timeline.read_since(db)}
    known = channels.by_ids(db, by_channel)
    return [
        Told(known[channel_id], number, read.get(channel_id, ""))
        for channel_id, number in by_channel.most_common()
    ]


def _unit(days: int) -> str:
    return "day" if days <= _BARS else "week" if days <= _BARS * 7 else "month"


def _begin(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _next(day: date, unit: str) -> date:
    if unit == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if unit == "week" else 1)


def quotation(one: Statement) -> str:
    """The words of the version that was found as safe HTML, names of places in bold; "" where there are none.

    A long statement and a protected one are quoted by their sentences about places, whose omissions are marked.
    """
    text = one.told
    spans = sorted({span for span in one.spans if span[1] <= len(text)})
    if one.protected or len(text) > WHOLE:
        mentions = tuple(_mention(text, span) for span in spans)
        revision = Revision(number=one.found_in, seen_at=at(one.received_at), edited_at=None, text=text)
        said = excerpt(revision, mentions, WHOLE)
        if said or one.protected:
            return said
        return f"{shown(text[:WHOLE])} …"
    parts, done = [], 0
    for begin, end in spans:
        if begin >= done:
            parts += [shown(text[done:begin]), "<b>", shown(text[begin:end]), "</b>"]
            done = end
    return "".join([*parts, shown(text[done:])])


def _mention(text: str, span: tuple[int, int]) -> Mention:
    surface = text[span[0] : span[1]]
    return Mention(
        start=span[0], end=span[1], surface=surface, place_id=0, name=surface, confidence=1, why=""
    )


def marks(one: Statement, zone: ZoneInfo) -> list[str]:
    """What became of a statement, here as well, in plain words."""
    shortened = not one.protected and len(one.told) > WHOLE
    return [*became(one, zone), *(["shortened here"] if shortened else [])]
