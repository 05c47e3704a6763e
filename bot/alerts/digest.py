"""How a digest reads: by place, against the usual; then how well the channels were read. Nothing of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.alerts.compose import examined_since, moment, span, speaker
from bot.alerts.excerpt import excerpt, opening, shown
from bot.alerts.measure import units
from bot.alerts.unread import line as gap_line
from storage.records import Digest, Heard, Kept, PlaceNews, Tally

DISCLAIMER = "Claims by the sources; not verified."
_LIMIT = 4000  # UTF-16 units: Telegram's 4,096, less what a continued message's head takes
_QUOTE = 180  # characters
_NAME = 80
_NAMED = 5  # edited or deleted posts of one place
_NEW = timedelta(days=30)
_SILENT_FROM = timedelta(days=1)
_SILENT_TIMES = 5  # so many times the usual pause
_FEWEST_PAUSES = 4
_GAPS = 8  # named one by one
_UNREAD = timedelta(hours=1)


class How(NamedTuple):
    """What a reader types, where it is that they read."""

    watch: str
    follow: str


IN_CHAT: Final = How("/watch Pokrovsk", "/follow https://t.me/name")
AT_A_PROMPT: Final = How("placewatch places add Pokrovsk", "placewatch channels add https://t.me/NAME")


def digest(
    found: Digest,
    zone: ZoneInfo,
    *,
    late: bool = False,
    beside: Mapping[int, Sequence[str]] | None = None,
    how: How = IN_CHAT,
) -> list[str]:
    """The digest as one message, or as several where there is more.

    `beside` has further lines about a place (HTML, each well within a message), by the place's id; they stand below
    its statements. `how` says what a reader types to watch a place or to follow a channel.
    """
    head = f"📋 <b>Digest</b> · {moment(found.since, zone)} – {moment(found.until, zone)}"
    if late:
        head += " · late: it could not be sent at its time"
    with_news = [news for news in found.places if _has_news(news)]
    with_news.sort(key=lambda news: (-news.said.statements, news.place.name.casefold()))
    blocks = [[*_place(news, found, zone), *(beside or {}).get(news.place.id, ())] for news in with_news]
    blocks += [[line] for line in _without_news([n for n in found.places if not _has_news(n)])]
    if not found.places:
        blocks.append([f"No places are watched here yet. Add one: {how.watch}"])
    blocks.append(list(_reading(found, zone, how)))
    if with_news:
        blocks.append([f"<i>{DISCLAIMER}</i>"])
    return _messages(head, blocks)


def _has_news(news: PlaceNews) -> bool:
    return bool(news.said.statements or news.newest or news.read_late or news.edited or news.deleted)


def _place(news: PlaceNews, found: Digest, zone: ZoneInfo) -> Iterator[str]:
    name = f"📍 <b>{shown(opening(news.place.name, _NAME))}</b>"
    if news.place.region:
        name += f" · {shown(opening(news.place.region, _NAME))}"
    yield f"{name}: {counted(news.said)}{_beside_usual(news.usual)}{_first_mention(news, found, zone)}"
    for kept in news.newest:
        yield f"• {_link(kept, zone, found.until)}: «{_quote(kept, news.place.id)}»"
    if news.read_late:
        yield f"+ {_many(news.read_late, 'statement')} from before, read only now"
    for mark, posts in (("✎ edited", news.edited), ("🗑 deleted", news.deleted)):
        if posts:
            more = f" and {len(posts) - _NAMED} more" if len(posts) > _NAMED else ""
            yield f"{mark}: {', '.join(_link(kept, zone, found.until) for kept in posts[:_NAMED])}{more}"


def counted(said: Tally) -> str:
    """«14 statements by 5 sources»."""
    return f"{_many(said.statements, 'statement')} by {_many(said.sources, 'source')}"


def usually(mean: float) -> str:
    """A mean in words: "3"."""
    if mean == 0:
        return "none"
    return "less than one" if mean < 0.5 else f"{mean:.0f}"


def _many(number: float, what: str) -> str:
    return f"{number:.0f} {what}" if number == 1 else f"{number:.0f} {what}s"


def _beside_usual(usual: Tally | None) -> str:
    if usual is None:
        return ""
    sources = f" by {usually(usual.sources)}" if usual.statements >= 0.5 else ""
    return f" (usually {usually(usual.statements)}{sources})"


def _first_mention(news: PlaceNews, found: Digest, zone: ZoneInfo) -> str:
    """Only where the archive goes back far enough, and has been examined, to tell."""
    if news.usual is None or not news.said.statements or found.archive_from is None:
        return ""
    month_ago = found.until - _NEW
    if news.before is not None and news.before >= month_ago:
        return ""
    if found.archive_from > month_ago:
        return f" · 🆕 first mention since {moment(found.archive_from, zone)}, where the archive begins"
    return " · 🆕 first mention in 30 days"


def _link(kept: Kept, zone: ZoneInfo, until: datetime) -> str:
    when = moment(kept.post.posted_at, zone, than=until)
    return f'<a href="{shown(kept.link)}">{when} {shown(opening(kept.channel.name, _NAME))}</a>'


def _quote(kept: Kept, place_id: int) -> str:
    for revision in reversed(kept.revisions):
        about = [mention for mention in revision.mentions if mention.place_id == place_id]
        if about:
            return " ".join(excerpt(revision, about, _QUOTE).split())
    return shown(opening(kept.post.searchable, _QUOTE))


def _without_news(places: Sequence[PlaceNews]) -> Iterator[str]:
    """«nothing about: Toretsk, Lyman», with what would have been usual."""
    names = []
    for news in sorted(places, key=lambda news: news.place.name.casefold()):
        usual = (
            f" (usually {usually(news.usual.statements)})"
            if news.usual and news.usual.statements >= 1
            else ""
        )
        names.append(f"{shown(opening(news.place.name, _NAME))}{usual}")
    for at in range(0, len(names), 40):
        yield f"nothing about: {', '.join(names[at : at + 40])}"


def _reading(found: Digest, zone: ZoneInfo, how: How) -> Iterator[str]:
    """Which channels fell silent, which were not read, and what else the figures leave out."""
    if not found.channels:
        yield f"⚠ No channels are followed. Add one: {how.follow}"
    told = set()
    for heard in found.channels:
        gap = _gap(heard, found.until, zone)
        if gap:
            told.add(heard.channel.id)
        usual = None if gap else silence(heard, found.until)
        if gap:
            yield f"⚠ {_named(heard)}: {gap}"
        elif usual is not None:
            yield f"🔇 {_named(heard)} last posted {_ago(found.until - heard.posts[0])} ago, usually {_every(usual)}"
    lacking = [gap for gap in found.unread if gap.low is not None or gap.channel.id not in told]
    for lack in lacking[:_GAPS]:
        name = shown(opening(speaker(lack.channel), _NAME * 2))
        yield f"⚠ {name}: {shown(gap_line(lack, zone, found.until))}"
    if len(lacking) > _GAPS:
        yield f"⚠ and {len(lacking) - _GAPS} more gaps: /status"
    if found.unfinished is not None:
        yield f"ℹ {examined_since(found.unfinished, zone)}"
    if found.unexamined:
        yield f"ℹ {_many(found.unexamined, 'post')} could not be examined yet"


def _named(heard: Heard) -> str:
    return shown(opening(speaker(heard.channel), _NAME * 2))


def _gap(heard: Heard, until: datetime, zone: ZoneInfo) -> str | None:
    channel = heard.channel
    if channel.problem is not None:
        since = f"; last read {moment(channel.read_at, zone)}" if channel.read_at else ""
        return f"can't be read: {shown(opening(channel.problem, 200))}{since}"
    if channel.read_at is None:
        return "not read yet"
    return f"not read since {moment(channel.read_at, zone)}" if until - channel.read_at > _UNREAD else None


def silence(heard: Heard, until: datetime) -> timedelta | None:
    """The usual pause of a channel that has been silent much longer, and a day at least; None for any other."""
    if len(heard.posts) <= _FEWEST_PAUSES:
        return None
    pauses = [(later - at).total_seconds() for later, at in zip(heard.posts, heard.posts[1:], strict=False)]
    usual = timedelta(seconds=median(pauses))
    quiet = until - heard.posts[0]
    return usual if quiet >= _SILENT_FROM and quiet >= _SILENT_TIMES * usual else None


def _ago(time: timedelta) -> str:
    return _many(time.days, "day") if time.days >= 2 else span(time)


def _every(pause: timedelta) -> str:
    minutes = pause.total_seconds() / 60
    if minutes < 1.5:
        return "every minute"
    if minutes < 45:
        return f"every {minutes:.0f} minutes"
    if minutes < 90:
        return "hourly"
    if minutes < 20 * 60:
        return f"every {minutes / 60:.0f} hours"
    return "daily" if minutes < 36 * 60 else f"every {minutes / 1440:.0f} days"


def _messages(head: str, blocks: Sequence[Sequence[str]]) -> list[str]:
    """The blocks below the head, in as many messages as they need; a block is parted only where it must be."""
    pages: list[list[str]] = [[head]]
    room = _LIMIT - units(head)
    for block in blocks:
        if sum(units(line) + 1 for line in block) + 1 > room and len(pages[-1]) > 1:
            pages.append([])
            room = _LIMIT
        gap = [""] if pages[-1] and len(block) > 1 else []
        for line in [*gap, *block]:
            if units(line) + 1 > room:
                pages.append([])
                room = _LIMIT
            pages[-1].append(line)
            room -= units(line) + 1
    return ["\n".join(pages[0])] + [
        "\n".join([f"📋 <b>Digest</b>, continued · {number} of {len(pages)}", *page])
        for number, page in enumerate(pages[1:], 2)
    ]
