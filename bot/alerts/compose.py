"""How an alert reads: the place, the source's own words, who says it, when, and where to read it.

Nothing here asserts anything in our own voice. HTML as Telegram understands it, everything escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from bot.alerts.excerpt import excerpt, in_line, sentences
from bot.alerts.growth import Repeat, growth
from bot.alerts.measure import LIMIT, visible
from bot.alerts.statement import Statement
from bot.claims import Table, claims_about, spans_by_place
from bot.claims import shown as shown_claim
from storage.records import (
    Button,
    Buttons,
    Channel,
    Forward,
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
_BRIEF = 160  # UTF-16 units of quotation in a line of a summary
_PROMPT = timedelta(minutes=5)
_LEAST = 30  # UTF-16 units of quotation; fewer say nothing
_ROOM = 1500  # UTF-16 units of quotation, where the rest leaves so much
_NAMED = 8  # places on one line
_NAME, _REGION, _TITLE, _ACTOR = 40, 30, 60, 40  # UTF-16 units of names that others have given
_FORMS = 6  # names as the source wrote them
_REVIEWS = 5  # decisions told one by one
_BOLD = 40  # names in bold in all quotations together: Telegram takes 100 stretches of formatting
_REASONS = {"person": "a person's name", "word": "an ordinary word", "other place": "another place"}
_KINDS_OF_REGION = re.compile(r"\s+(?:oblast|raion|region|province|republic|krai)$", re.IGNORECASE)


def alert(
    lead: Statement,
    others: Sequence[Statement],
    places: Sequence[Place],
    also: Sequence[Place],
    zone: ZoneInfo,
    *,
    elsewhere: Sequence[Place] = (),
    reviews: Sequence[Review] = (),
    delay: timedelta = timedelta(0),
    claims: Table | None = None,
) -> str:
    """One story as one message: what was said first, and who has said it since; always within one message.

    `places` are those that count here and that the quoted statement mentions, `elsewhere` those that only its
    repeats mention; `also` are further places of the statement. `delay` is the time between the words and our
    telling of them: said where it is long. Where there is much of everything, the quotation is cut first.
    """
    after = [_attribution(lead.lead, lead.member.origin, zone)]
    if named := _named_as(places, [m for _, mentions in lead.told for m in mentions]):
        after.append(named)
    if claims is not None and (claimed := _claims(lead, claims)):
        after.append(claimed)
    if also:
        after.append(f"also mentions: {_listed(also)}")
    after += _changes(lead, zone)
    if delay > _PROMPT:
        after.append(f"⏱ delayed {span(delay)}")
    after += _repeated(lead, others, zone)
    if elsewhere:
        after.append(f"who repeats it also names: {_listed(elsewhere)}")
    after += _decisions(reviews, [*places, *elsewhere])
    after.append(f"<i>{DISCLAIMER}</i>")
    first = headline(places or elsewhere)
    room = min(_ROOM, LIMIT - visible("\n".join([first, *after])) - 8)
    return "\n".join([first, *_quotes(lead, room), *after])


def _quotes(lead: Statement, room: int) -> list[str]:
    """What each part of an album says about the places; later parts give way to earlier ones."""
    lines: list[str] = []
    parts = len(lead.told)
    for number, (revision, mentions) in enumerate(lead.told):
        share = room // (parts - number) - 3
        if share < _LEAST:
            lines.append("…")
            break
        quote = excerpt(revision, mentions, share, bold=max(1, _BOLD // parts))
        if quote:
            lines.append(f"«{quote}»")
            room -= visible(lines[-1]) + 1
    return lines


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
    names = ", ".join(in_line(p.name, _NAME, "a place") for p in places[:3]) + (
        " …" if len(places) > 3 else ""
    )
    quote = excerpt(revision, mentions, _BRIEF, bold=0)
    link = f'<a href="{escape(lead.lead.link)}">{moment(lead.first_said, zone)}</a>'
    return f"📍 <b>{names}</b> {link} {spoken(lead.lead.channel)}: «{quote}»"


def _repeated(lead: Statement, others: Sequence[Statement], zone: ZoneInfo) -> list[str]:
    """Who else has it, how soon and how; and who had it first, where that is not the one quoted."""
    lines = []
    everyone = [lead, *others]
    earliest = min(everyone, key=lambda s: (s.lead.post.posted_at, s.lead.id))
    if earliest is not lead:
        when = moment(earliest.lead.post.posted_at, zone, than=lead.lead.post.posted_at)
        link = f'<a href="{escape(earliest.lead.link)}">{when}</a>'
        lines.append(f"First among the channels followed: {spoken(earliest.lead.channel)} {link}")
    repeats = [
        Repeat(
            name=one.lead.channel.name,
            how=one.member.how or Joined.ORIGINAL,
            posted_at=one.lead.post.posted_at,
            link=one.lead.link,
            deleted=all(part.deleted_at is not None for part in one.parts),
        )
        for one in others
    ]
    if line := growth(repeats, lead.lead.post.posted_at):
        lines.append(line)
    return lines


def _decisions(reviews: Sequence[Review], places: Sequence[Place]) -> list[str]:
    """What people decided about the places that are told here, the newest decisions where there are many."""
    known = {p.id: p for p in places}
    about = sorted((r for r in reviews if r.place_id in known), key=lambda r: r.at)
    lines = [decided(r, known[r.place_id], name_it=len(known) > 1) for r in about[-_REVIEWS:]]
    left_out = len(about) - len(lines)
    return [*lines, f"+{left_out} more decisions"] if left_out else lines


def decided(review: Review, place: Place, *, name_it: bool) -> str:
    """What was decided about a place, and by whom."""
    name, actor = in_line(place.name, _NAME, "this place"), in_line(review.actor, _ACTOR, "a member")
    about = f" ({name})" if name_it else ""
    if review.verdict is Verdict.RELEVANT:
        return f"✅ relevant{about} — {actor}"
    if review.verdict is Verdict.SECOND_LOOK:
        return f"👀 needs a second look{about} — {actor}"
    if review.verdict is Verdict.NOT_RELEVANT:
        return f"➖ not relevant{about} — {actor}"
    why = _REASONS.get(review.reason or "", "")
    if review.other_place:
        why = f"{why}: {in_line(review.other_place, _NAME + _REGION)}"
    return f"❌ not {name}{': ' if why else ''}{why} — {actor}"


def _claims(lead: Statement, table: Table) -> str | None:
    """What the sentences about the places claim, by the team's table of cues; a reading aid beside the quote."""
    found: dict[str, None] = {}
    for revision, mentions in lead.told:
        counted = [m for m in mentions if m.end <= len(revision.text)]
        everything = [m for m in revision.mentions if m.end <= len(revision.text)]
        about = claims_about(revision.text, sentences(revision.text), spans_by_place(everything), table)
        for place_id in dict.fromkeys(m.place_id for m in counted):
            found.update(dict.fromkeys(shown_claim(claim, table, "en") for claim in about.get(place_id, ())))
    return f"claim: {in_line(', '.join(found), 200)}" if found else None


def headline(places: Iterable[Place]) -> str:
    """«📍 Pokrovsk · Donetsk Oblast»; several places of one region before it, of several each with its own."""
    known = list(places)
    names = [f"<b>{in_line(p.name, _NAME, 'a place')}</b>" for p in known[:_NAMED]]
    more = f" · and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    regions = {p.region for p in known}
    if len(regions) == 1:
        region = in_line(known[0].region or "", _REGION)
        return (
            f"📍 {', '.join(names) if region else ' · '.join(names)}{f' · {region}' if region else ''}{more}"
        )
    short = [in_line(_KINDS_OF_REGION.sub("", p.region or ""), _REGION) for p in known[:_NAMED]]
    each = [f"{name} ({region})" if region else name for name, region in zip(names, short, strict=True)]
    return f"📍 {' · '.join(each)}{more}"


def _listed(places: Sequence[Place]) -> str:
    names = ", ".join(in_line(p.name, _NAME, "a place") for p in places[:_NAMED])
    return names + (f" and {len(places) - _NAMED} more" if len(places) > _NAMED else "")


def speaker(channel: Channel) -> str:
    """Who speaks: the team's label, else the channel's title, with its @name where that adds anything."""
    said = channel.label or channel.title
    return f"{said} (@{channel.username})" if channel.username and channel.username != said else said


def spoken(channel: Channel) -> str:
    """Who speaks, as HTML within a line of ours: what others have named as they like never fills the message."""
    name = f" (@{escape(channel.username)})" if channel.username else ""
    said = in_line(channel.label or channel.title, _TITLE, "a channel")
    return said if channel.username == (channel.label or channel.title) else f"{said}{name}"


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
    when = f'<a href="{escape(first.link)}">{moment(first.post.posted_at, zone)}</a>'
    said = f"— {spoken(first.channel)} · {when}"
    forward = first.post.forward
    if forward is None:
        return said
    there = (
        f", there {moment(forward.posted_at, zone, than=first.post.posted_at)}" if forward.posted_at else ""
    )
    return f"{said}\n↪ forwarded from {forwarded_from(forward, origin)}{there}"


def forwarded_from(forward: Forward, origin: Channel | None) -> str:
    """Whose words a forward passes on, as HTML; `origin` is the channel where that is followed."""
    if origin is not None:
        return spoken(origin)
    unnamed = (
        "an account that hides its name"
        if forward.telegram_id is None
        else "a channel or account that is not followed"
    )
    return in_line(forward.name or "", _TITLE, unnamed)


def _named_as(places: Sequence[Place], mentions: Iterable[Mention]) -> str | None:
    """The names that the source used, where they are not the team's own or mean something called after it."""
    own = {p.id: p.name for p in places}
    former = {(p.id, n.text) for p in places for n in p.names if n.kind is NameKind.FORMER}
    used: dict[str, None] = {}
    for mention in mentions:
        notes = ["former name"] if (mention.place_id, mention.name) in former else []
        notes += [mention.kind.value] if mention.kind is not MentionKind.NAME else []
        if notes or mention.name != own.get(mention.place_id):
            name = in_line(mention.name, _NAME)
            used[f"{name} ({', '.join(notes)})" if notes else name] = None
    if not used:
        return None
    return f"named as: {', '.join(list(used)[:_FORMS])}" + (" …" if len(used) > _FORMS else "")


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
