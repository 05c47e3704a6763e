"""How an alert reads: the place, the source's own words, who says it, when, and where to read it.

Nothing here asserts anything in our own voice. HTML as Telegram understands it, everything escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.excerpt import excerpt, opening, sentences, shown, spans_about
from bot.alerts.growth import Repeat, growth
from bot.alerts.statement import Statement
from bot.alerts.stories import How
from bot.claims import Table, claims_about, spans_by_place
from bot.claims import shown as shown_claim
from storage.records import (
    Button,
    Buttons,
    Channel,
    Joined,
    Kept,
    Mention,
    MentionKind,
    NameKind,
    Place,
    Progress,
    Review,
    Verdict,
)

DISCLAIMER = "A claim by the source; not verified."
_BRIEF = 160  # characters of quotation in a line of a summary
_PROMPT = timedelta(minutes=5)
_ROOM = 1500  # characters of quotation: with all the rest well under Telegram's 4,096 UTF-16 units


def alert(
    lead: Statement,
    others: Sequence[Statement],
    places: Sequence[Place],
    also: Sequence[Place],
    zone: ZoneInfo,
    *,
    reviews: Sequence[Review] = (),
    delay: timedelta = timedelta(0),
    claims: Table | None = None,
) -> str:
    """One story as one message: what was said first, and who has said it since.

    `places` are those that count here, `also` further places that the statement mentions. `delay` is the time
    between the words and our telling of them: said where it is long.
    """
    first = lead.lead
    lines = [headline(places)]
    quotes = [excerpt(revision, mentions, _ROOM // len(lead.told)) for revision, mentions in lead.told]
    lines += [f"«{quote}»" for quote in quotes if quote]
    lines.append(_attribution(first, lead.member.origin, zone))
    if named := _named_as(places, [m for _, mentions in lead.told for m in mentions]):
        lines.append(named)
    if claims is not None and (claimed := _claims(lead, claims)):
        lines.append(claimed)
    if also:
        lines.append(
            f"also mentions: {shown(', '.join(p.name for p in also[:8]))}" + (" …" if len(also) > 8 else "")
        )
    lines += _changes(lead, zone)
    if delay > _PROMPT:
        lines.append(f"⏱ delayed {span(delay)}")
    lines += _repeated(lead, others, zone)
    lines += [_reviewed(review, places) for review in reviews]
    lines.append(f"<i>{DISCLAIMER}</i>")
    return "\n".join(lines)


def buttons(first: Kept, story_id: int) -> Buttons:
    """What can be done with an alert; `story_id` is the row id of the story's first post."""
    return (
        (Button("Open post", url=first.link),),
        (
            Button("✅ Relevant", data=f"ok|{story_id}"),
            Button("❌ Not this place", data=f"no|{story_id}"),
        ),
        (Button("🔕 1 h", data=f"hush|{story_id}"), Button("⋯ More", data=f"more|{story_id}")),
    )


def brief(lead: Statement, places: Sequence[Place], zone: ZoneInfo) -> str:
    """A story in one line, for a summary of many."""
    revision, mentions = lead.told[0]
    names = ", ".join(p.name for p in places[:3]) + (" …" if len(places) > 3 else "")
    quote = opening(" ".join(revision.text[a:b] for a, b in spans_about(revision.text, mentions)), _BRIEF)
    link = f'<a href="{shown(lead.lead.link)}">{moment(lead.first_said, zone)}</a>'
    return f"📍 <b>{shown(names)}</b> {link} {shown(speaker(lead.lead.channel))}: «{shown(quote)}»"


def _repeated(lead: Statement, others: Sequence[Statement], zone: ZoneInfo) -> list[str]:
    """Who else has it, how soon and how; and who had it first, where that is not the one quoted."""
    lines = []
    everyone = [lead, *others]
    earliest = min(everyone, key=lambda s: (s.lead.post.posted_at, s.lead.id))
    if earliest is not lead:
        when = moment(earliest.lead.post.posted_at, zone, than=lead.lead.post.posted_at)
        lines.append(f"First: {shown(speaker(earliest.lead.channel))} {when}")
    repeats = [
        Repeat(
            name=one.lead.channel.name,
            how=How.FIRST if one.member.how is Joined.ORIGINAL else How(one.member.how or "first"),
            posted_at=one.lead.post.posted_at,
            link=one.lead.link,
            deleted=all(part.deleted_at is not None for part in one.parts),
        )
        for one in others
    ]
    if line := growth(repeats, lead.lead.post.posted_at):
        lines.append(line)
    return lines


def _reviewed(review: Review, places: Sequence[Place]) -> str:
    place = next((p.name for p in places if p.id == review.place_id), None)
    about = f" ({place})" if place is not None and len(places) > 1 else ""
    if review.verdict is Verdict.RELEVANT:
        return f"✅ relevant{shown(about)} — {shown(review.actor)}"
    if review.verdict is Verdict.SECOND_LOOK:
        return f"👀 needs a second look{shown(about)} — {shown(review.actor)}"
    why = {"person": "a person's name", "word": "an ordinary word"}.get(review.reason or "", "another place")
    if review.other_place:
        why = f"{why}: {review.other_place}"
    return f"❌ not {shown(place or 'this place')}: {shown(why)} — {shown(review.actor)}"


def _claims(lead: Statement, table: Table) -> str | None:
    """What the sentences about the places claim, by the team's table of cues; a reading aid beside the quote."""
    found: dict[str, None] = {}
    for revision, mentions in lead.told:
        counted = [m for m in mentions if m.end <= len(revision.text)]
        everything = [m for m in revision.mentions if m.end <= len(revision.text)]
        about = claims_about(revision.text, sentences(revision.text), spans_by_place(everything), table)
        for place_id in dict.fromkeys(m.place_id for m in counted):
            found.update(dict.fromkeys(shown_claim(claim, table, "en") for claim in about.get(place_id, ())))
    return f"claim: {shown(', '.join(found))}" if found else None


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
    when = f'<a href="{shown(first.link)}">{moment(first.post.posted_at, zone)}</a>'
    said = f"— {shown(speaker(first.channel))} · {when}"
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


def _changes(lead: Statement, zone: ZoneInfo) -> list[str]:
    """What became of the words after they were said."""
    lines = []
    parts, told = lead.parts, lead.told
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
