"""How an alert reads: the place, the source's own words, who says it, when, and where to read it.

Nothing here asserts anything in our own voice. HTML as Telegram understands it, everything escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.excerpt import excerpt, shown
from storage.records import Channel, Kept, Mention, MentionKind, NameKind, Place, Progress, Revision

DISCLAIMER = "A claim by the source; not verified."
_PROMPT = timedelta(minutes=5)
_ROOM = 1500  # characters of quotation: with all the rest well under Telegram's 4,096 UTF-16 units


def alert(
    parts: Sequence[Kept],
    told: Sequence[tuple[Revision, Sequence[Mention]]],
    places: Sequence[Place],
    origin: Channel | None,
    zone: ZoneInfo,
    *,
    delay: timedelta = timedelta(0),
) -> str:
    """One statement as one message.

    `told` is, for each part that mentions a place in some revision, the newest revision that does and its
    mentions; `parts` are all parts of the statement, an album's in order. `delay` is the time between the
    words and our telling of them: said where it is long.
    """
    first = parts[0]
    lines = [headline(places)]
    quotes = [excerpt(revision, mentions, _ROOM // len(told)) for revision, mentions in told]
    lines += [f"«{quote}»" for quote in quotes if quote]
    lines.append(_attribution(first, origin, zone))
    if named := _named_as(places, [m for _, mentions in told for m in mentions]):
        lines.append(named)
    lines += _changes(parts, told, zone)
    if delay > _PROMPT:
        lines.append(f"⏱ delayed {span(delay)}")
    lines.append(f"<i>{DISCLAIMER}</i>")
    lines.append(f'<a href="{shown(first.link)}">Open post</a>')
    return "\n".join(lines)


def headline(places: Iterable[Place]) -> str:
    """«📍 Pokrovsk · Donetsk Oblast», or several places on one line."""
    known = list(places)
    if len(known) == 1 and known[0].region:
        return f"📍 <b>{shown(known[0].name)}</b> · {shown(known[0].region)}"
    named = " · ".join(f"<b>{shown(p.name)}</b>" for p in known[:8])
    return f"📍 {named}" + (f" · and {len(known) - 8} more" if len(known) > 8 else "")


def speaker(channel: Channel) -> str:
    """Who speaks: the team's label, else the channel's title, with its @name where that adds anything."""
    said = channel.label or channel.title
    return f"{said} (@{channel.username})" if channel.username and channel.username != said else said


def moment(at: datetime, zone: ZoneInfo, *, than: datetime | None = None) -> str:
    """A time in the team's zone, with the zone's city; the date is left out where `than` has the same."""
    local = at.astimezone(zone)
    city = zone.key.rpartition("/")[2].replace("_", " ")
    if than is not None and than.astimezone(zone).date() == local.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %Y %H:%M} {city}"


def span(time: timedelta) -> str:
    """A length of time in two units at most: "47 min", "3 h 05 min", "2 d 4 h"."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def examined_since(progress: Progress, zone: ZoneInfo) -> str:
    """What to say beside a place's history while older posts are still examined with its names."""
    done = f"{progress.examined} of {progress.total} posts"
    if progress.since is None:
        return f"older posts have not been examined with these names yet ({done})"
    return f"examined since {moment(progress.since, zone)}; older posts follow ({done})"


def _attribution(first: Kept, origin: Channel | None, zone: ZoneInfo) -> str:
    said = f"— {shown(speaker(first.channel))} · {moment(first.post.posted_at, zone)}"
    forward = first.post.forward
    if forward is None:
        return said
    name = speaker(origin) if origin else forward.name or "another account, which hides its name"
    return f"{said}\n↪ forwarded from {shown(name)}"


def _named_as(places: Sequence[Place], mentions: Iterable[Mention]) -> str | None:
    """The names that the source used, where they are not the team's own or mean something called after it."""
    own = {p.name for p in places}
    former = {n.text for p in places for n in p.names if n.kind is NameKind.FORMER}
    used: dict[str, None] = {}
    for mention in mentions:
        notes = ["former name"] if mention.name in former else []
        notes += [mention.kind.value] if mention.kind is not MentionKind.NAME else []
        if notes or mention.name not in own:
            used[f"{mention.name} ({', '.join(notes)})" if notes else mention.name] = None
    return f"named as: {shown(', '.join(used))}" if used else None


def _changes(
    parts: Sequence[Kept], told: Sequence[tuple[Revision, Sequence[Mention]]], zone: ZoneInfo
) -> list[str]:
    """What became of the words after they were said."""
    lines = []
    first = parts[0].post.posted_at
    edits = [p.revisions[-1] for p in parts if p.revisions[-1].number > 0]
    if edits:
        last = max(edits, key=lambda r: r.seen_at)
        lines.append(f"✎ edited {moment(last.edited_at or last.seen_at, zone, than=first)}")
    current = {id(p.revisions[-1]) for p in parts}
    if not any(id(revision) in current for revision, _ in told):
        lines.append("✎ the present text no longer mentions it; quoted as it was said before")
    deleted = [p.deleted_at for p in parts if p.deleted_at is not None]
    if deleted:
        whole = "deleted" if len(deleted) == len(parts) else f"{len(deleted)} of {len(parts)} parts deleted"
        lines.append(f"🗑 {whole}, noticed {moment(max(deleted), zone, than=first)}; the words are kept")
    return lines
