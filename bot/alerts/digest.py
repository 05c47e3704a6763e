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
from bot.languages import ENGLISH, N_, NN_, Words
from bot.languages.places import called
from storage.records import Digest, Heard, Kept, PlaceNews, Tally

DISCLAIMER = N_("Claims by the sources; not verified.")
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
_THINGS: Final = {
    "day": NN_("{number:.0f} day", "{number:.0f} days"),
    "post": NN_("{number:.0f} post", "{number:.0f} posts"),
    "statement": NN_("{number:.0f} statement", "{number:.0f} statements"),
}


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
    t: Words = ENGLISH,
) -> list[str]:
    """The digest as one message, or as several where there is more.

    `beside` has further lines about a place (HTML, each well within a message), by the place's id; they stand below
    its statements. `how` says what a reader types to watch a place or to follow a channel.
    """
    head = t(
        "📋 <b>Digest</b> · {when} – {when2}",
        when=moment(found.since, zone, t=t),
        when2=moment(found.until, zone, t=t),
    )
    if late:
        head += t(" · late: it could not be sent at its time")
    with_news = [news for news in found.places if _has_news(news)]
    with_news.sort(key=lambda news: (-news.said.statements, news.place.name.casefold()))
    blocks = [[*_place(news, found, zone, t=t), *(beside or {}).get(news.place.id, ())] for news in with_news]
    blocks += [[line] for line in _without_news([n for n in found.places if not _has_news(n)], t=t)]
    if not found.places:
        blocks.append([t("No places are watched here yet. Add one: {watch}", watch=how.watch)])
    blocks.append(list(_reading(found, zone, how, t=t)))
    if with_news:
        blocks.append([f"<i>{t(DISCLAIMER)}</i>"])
    return _messages(head, blocks, t=t)


def _has_news(news: PlaceNews) -> bool:
    return bool(news.said.statements or news.newest or news.read_late or news.edited or news.deleted)


def _place(news: PlaceNews, found: Digest, zone: ZoneInfo, *, t: Words = ENGLISH) -> Iterator[str]:
    place = called(news.place, t)
    name = f"📍 <b>{shown(opening(place.name, _NAME))}</b>"
    if place.region:
        name += f" · {shown(opening(place.region, _NAME))}"
    yield f"{name}: {counted(news.said, t=t)}{_beside_usual(news.usual, t=t)}{_first_mention(news, found, zone, t=t)}"
    for kept in news.newest:
        yield f"• {_link(kept, zone, found.until, t=t)}: «{_quote(kept, news.place.id)}»"
    if news.read_late:
        yield t("+ {many} from before, read only now", many=_many(news.read_late, "statement", t=t))
    for mark, posts in ((t("✎ edited"), news.edited), (t("🗑 deleted"), news.deleted)):
        if posts:
            more = t(" and {more} more", more=len(posts) - _NAMED) if len(posts) > _NAMED else ""
            yield f"{mark}: {', '.join(_link(kept, zone, found.until, t=t) for kept in posts[:_NAMED])}{more}"


def counted(said: Tally, *, t: Words = ENGLISH) -> str:
    """«14 statements by 5 sources»."""
    by = t.many("by {number:.0f} source", "by {number:.0f} sources", said.sources)
    return f"{_many(said.statements, 'statement', t=t)} {by}"


def usually(mean: float, *, t: Words = ENGLISH) -> str:
    """A mean in words: "3"."""
    if mean == 0:
        return t("none")
    return t("less than one") if mean < 0.5 else f"{mean:.0f}"


def _many(number: float, what: str, *, t: Words = ENGLISH) -> str:
    return t.many(*_THINGS[what], number)


def _beside_usual(usual: Tally | None, *, t: Words = ENGLISH) -> str:
    if usual is None:
        return ""
    sources = t(" by {usually}", usually=usually(usual.sources, t=t)) if usual.statements >= 0.5 else ""
    return t(" (usually {usually}{sources})", usually=usually(usual.statements, t=t), sources=sources)


def _first_mention(news: PlaceNews, found: Digest, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """Only where the archive goes back far enough, and has been examined, to tell."""
    if news.usual is None or not news.said.statements or found.archive_from is None:
        return ""
    month_ago = found.until - _NEW
    if news.before is not None and news.before >= month_ago:
        return ""
    if found.archive_from > month_ago:
        return t(
            " · 🆕 first mention since {when}, where the archive begins",
            when=moment(found.archive_from, zone, t=t),
        )
    return t(" · 🆕 first mention in 30 days")


def _link(kept: Kept, zone: ZoneInfo, until: datetime, *, t: Words = ENGLISH) -> str:
    when = moment(kept.post.posted_at, zone, than=until, t=t)
    return f'<a href="{shown(kept.link)}">{when} {shown(opening(kept.channel.name, _NAME))}</a>'


def _quote(kept: Kept, place_id: int) -> str:
    for revision in reversed(kept.revisions):
        about = [mention for mention in revision.mentions if mention.place_id == place_id]
        if about:
            return " ".join(excerpt(revision, about, _QUOTE).split())
    return shown(opening(kept.post.searchable, _QUOTE))


def _without_news(places: Sequence[PlaceNews], *, t: Words = ENGLISH) -> Iterator[str]:
    """«nothing about: Toretsk, Lyman», with what would have been usual."""
    names = []
    for news in sorted(places, key=lambda news: news.place.name.casefold()):
        usual = (
            t(" (usually {usually})", usually=usually(news.usual.statements, t=t))
            if news.usual and news.usual.statements >= 1
            else ""
        )
        names.append(f"{shown(opening(called(news.place, t).name, _NAME))}{usual}")
    for at in range(0, len(names), 40):
        yield t("nothing about: {names}", names=", ".join(names[at : at + 40]))


def _reading(found: Digest, zone: ZoneInfo, how: How, *, t: Words = ENGLISH) -> Iterator[str]:
    """Which channels fell silent, which were not read, and what else the figures leave out."""
    if not found.channels:
        yield t("⚠ No channels are followed. Add one: {follow}", follow=how.follow)
    told = set()
    for heard in found.channels:
        gap = _gap(heard, found.until, zone, t=t)
        if gap:
            told.add(heard.channel.id)
        usual = None if gap else silence(heard, found.until)
        if gap:
            yield f"⚠ {_named(heard)}: {gap}"
        elif usual is not None:
            yield t(
                "🔇 {named} last posted {ago} ago, usually {every}",
                named=_named(heard),
                ago=_ago(found.until - heard.posts[0], t=t),
                every=_every(usual, t=t),
            )
    lacking = [gap for gap in found.unread if gap.low is not None or gap.channel.id not in told]
    for lack in lacking[:_GAPS]:
        name = shown(opening(speaker(lack.channel), _NAME * 2))
        yield f"⚠ {name}: {shown(gap_line(lack, zone, found.until, t=t))}"
    if len(lacking) > _GAPS:
        yield t("⚠ and {more} more gaps: /status", more=len(lacking) - _GAPS)
    if found.unfinished is not None:
        yield f"ℹ {examined_since(found.unfinished, zone, t=t)}"
    if found.unexamined:
        yield t("ℹ {many} could not be examined yet", many=_many(found.unexamined, "post", t=t))


def _named(heard: Heard) -> str:
    return shown(opening(speaker(heard.channel), _NAME * 2))


def _gap(heard: Heard, until: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str | None:
    channel = heard.channel
    if channel.problem is not None:
        since = t("; last read {when}", when=moment(channel.read_at, zone, t=t)) if channel.read_at else ""
        return t("can't be read: {problem}{since}", problem=shown(opening(channel.problem, 200)), since=since)
    if channel.read_at is None:
        return t("not read yet")
    return (
        t("not read since {when}", when=moment(channel.read_at, zone, t=t))
        if until - channel.read_at > _UNREAD
        else None
    )


def silence(heard: Heard, until: datetime) -> timedelta | None:
    """The usual pause of a channel that has been silent much longer, and a day at least; None for any other."""
    if len(heard.posts) <= _FEWEST_PAUSES:
        return None
    pauses = [(later - at).total_seconds() for later, at in zip(heard.posts, heard.posts[1:], strict=False)]
    usual = timedelta(seconds=median(pauses))
    quiet = until - heard.posts[0]
    return usual if quiet >= _SILENT_FROM and quiet >= _SILENT_TIMES * usual else None


def _ago(time: timedelta, *, t: Words = ENGLISH) -> str:
    return _many(time.days, "day", t=t) if time.days >= 2 else span(time, t=t)


def _every(pause: timedelta, *, t: Words = ENGLISH) -> str:
    minutes = pause.total_seconds() / 60
    if minutes < 1.5:
        return t("every minute")
    if minutes < 45:
        return t.many("every {number:.0f} minute", "every {number:.0f} minutes", minutes)
    if minutes < 90:
        return t("hourly")
    if minutes < 20 * 60:
        return t.many("every {number:.0f} hour", "every {number:.0f} hours", minutes / 60)
    return (
        t("daily")
        if minutes < 36 * 60
        else t.many("every {number:.0f} day", "every {number:.0f} days", minutes / 1440)
    )


def _messages(head: str, blocks: Sequence[Sequence[str]], *, t: Words = ENGLISH) -> list[str]:
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
        "\n".join(
            [t("📋 <b>Digest</b>, continued · {number} of {pages}", number=number, pages=len(pages)), *page]
        )
        for number, page in enumerate(pages[1:], 2)
    ]
