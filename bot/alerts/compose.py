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
from bot.languages import ENGLISH, N_, Words
from bot.languages.places import called
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

DISCLAIMER = N_("A claim by the source; not verified.")
_BRIEF = 160  # UTF-16 units of quotation in a line of a summary
_PROMPT = timedelta(minutes=5)
_LEAST = 30  # UTF-16 units of quotation; fewer say nothing
_ROOM = 1500  # UTF-16 units of quotation, where the rest leaves so much
_NAMED = 8  # places on one line
_NAME, _REGION, _TITLE, _ACTOR = 40, 30, 60, 40  # UTF-16 units of names that others have given
_FORMS = 6  # names as the source wrote them
_REVIEWS = 5  # decisions told one by one
_BOLD = 40  # names in bold in all quotations together: Telegram takes 100 stretches of formatting
_REASONS = {
    "person": N_("a person's name"),
    "word": N_("an ordinary word"),
    "other place": N_("another place"),
}
_KINDS_OF_REGION = re.compile(
    r"\s+(?:oblast|raion|region|province|republic|krai|область|край|республіка|республика)$", re.IGNORECASE
)


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
    t: Words = ENGLISH,
) -> str:
    """One story as one message: what was said first, and who has said it since; always within one message.

    `places` are those that count here and that the quoted statement mentions, `elsewhere` those that only its
    repeats mention; `also` are further places of the statement. `delay` is the time between the words and our
    telling of them: said where it is long. Where there is much of everything, the quotation is cut first.
    """
    after = [_attribution(lead.lead, lead.member.origin, zone, t=t)]
    if named := _named_as(places, [m for _, mentions in lead.told for m in mentions], t=t):
        after.append(named)
    if claims is not None and (claimed := _claims(lead, claims, t=t)):
        after.append(claimed)
    if also:
        after.append(t("also mentions: {listed}", listed=_listed(also, t=t)))
    after += _changes(lead, zone, t=t)
    if delay > _PROMPT:
        after.append(t("⏱ delayed {span}", span=span(delay, t=t)))
    after += _repeated(lead, others, zone, t=t)
    if elsewhere:
        after.append(t("who repeats it also names: {listed}", listed=_listed(elsewhere, t=t)))
    after += _decisions(reviews, [*places, *elsewhere], t=t)
    after.append(f"<i>{t(DISCLAIMER)}</i>")
    first = headline(places or elsewhere, t=t)
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


def buttons(first: Kept, story_id: int, *, t: Words = ENGLISH) -> Buttons:
    """What can be done with an alert; `story_id` is the row id of the story's first post."""
    return (
        (Button(t("Open post"), url=first.link),),
        (
            Button(t("✅ Relevant"), data=f"ok|{story_id}"),
            Button(t("❌ Not this place"), data=f"no|{story_id}"),
        ),
        (Button("🔕 1 h", data=f"hush|{story_id}"), Button(t("⋯ More"), data=f"more|{story_id}")),
    )


def brief(lead: Statement, places: Sequence[Place], zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """A story in one line, for a summary of many."""
    revision, mentions = lead.told[0]
    names = ", ".join(in_line(called(p, t).name, _NAME, t("a place")) for p in places[:3]) + (
        " …" if len(places) > 3 else ""
    )
    quote = excerpt(revision, mentions, _BRIEF, bold=0)
    link = f'<a href="{escape(lead.lead.link)}">{moment(lead.first_said, zone, t=t)}</a>'
    return f"📍 <b>{names}</b> {link} {spoken(lead.lead.channel, t=t)}: «{quote}»"


def _repeated(
    lead: Statement, others: Sequence[Statement], zone: ZoneInfo, *, t: Words = ENGLISH
) -> list[str]:
    """Who else has it, how soon and how; and who had it first, where that is not the one quoted."""
    lines = []
    everyone = [lead, *others]
    earliest = min(everyone, key=lambda s: (s.lead.post.posted_at, s.lead.id))
    if earliest is not lead:
        when = moment(earliest.lead.post.posted_at, zone, than=lead.lead.post.posted_at, t=t)
        link = f'<a href="{escape(earliest.lead.link)}">{when}</a>'
        lines.append(
            t(
                "First among the channels followed: {channel} {link}",
                channel=spoken(earliest.lead.channel, t=t),
                link=link,
            )
        )
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
    if line := growth(repeats, lead.lead.post.posted_at, t=t):
        lines.append(line)
    return lines


def _decisions(reviews: Sequence[Review], places: Sequence[Place], *, t: Words = ENGLISH) -> list[str]:
    """What people decided about the places that are told here, the newest decisions where there are many."""
    known = {p.id: p for p in places}
    about = sorted((r for r in reviews if r.place_id in known), key=lambda r: r.at)
    lines = [decided(r, known[r.place_id], name_it=len(known) > 1, t=t) for r in about[-_REVIEWS:]]
    left_out = len(about) - len(lines)
    return [*lines, t("+{left_out} more decisions", left_out=left_out)] if left_out else lines


def decided(review: Review, place: Place, *, name_it: bool, t: Words = ENGLISH) -> str:
    """What was decided about a place, and by whom."""
    name, actor = (
        in_line(called(place, t).name, _NAME, t("this place")),
        in_line(review.actor, _ACTOR, t("a member")),
    )
    about = f" ({name})" if name_it else ""
    if review.verdict is Verdict.RELEVANT:
        return t("✅ relevant{about} — {actor}", about=about, actor=actor)
    if review.verdict is Verdict.SECOND_LOOK:
        return t("👀 needs a second look{about} — {actor}", about=about, actor=actor)
    if review.verdict is Verdict.NOT_RELEVANT:
        return t("➖ not relevant{about} — {actor}", about=about, actor=actor)
    why = t(_REASONS[review.reason]) if review.reason in _REASONS else ""
    if review.other_place:
        why = f"{why}: {in_line(review.other_place, _NAME + _REGION)}"
    return t("❌ not {name}{rest}{why} — {actor}", name=name, rest=": " if why else "", why=why, actor=actor)


def _claims(lead: Statement, table: Table, *, t: Words = ENGLISH) -> str | None:
    """What the sentences about the places claim, by the team's table of cues; a reading aid beside the quote."""
    found: dict[str, None] = {}
    for revision, mentions in lead.told:
        counted = [m for m in mentions if m.end <= len(revision.text)]
        everything = [m for m in revision.mentions if m.end <= len(revision.text)]
        about = claims_about(revision.text, sentences(revision.text), spans_by_place(everything), table)
        for place_id in dict.fromkeys(m.place_id for m in counted):
            found.update(
                dict.fromkeys(shown_claim(claim, table, t.code) for claim in about.get(place_id, ()))
            )
    return t("claim: {found}", found=in_line(", ".join(found), 200)) if found else None


def headline(places: Iterable[Place], *, t: Words = ENGLISH) -> str:
    """«📍 Pokrovsk · Donetsk Oblast»; several places of one region before it, of several each with its own."""
    known = [called(place, t) for place in places]
    names = [f"<b>{in_line(p.name, _NAME, t('a place'))}</b>" for p in known[:_NAMED]]
    more = t(" · and {more} more", more=len(known) - _NAMED) if len(known) > _NAMED else ""
    regions = {p.region for p in known}
    if len(regions) == 1:
        region = in_line(known[0].region or "", _REGION)
        return (
            f"📍 {', '.join(names) if region else ' · '.join(names)}{f' · {region}' if region else ''}{more}"
        )
    short = [in_line(_KINDS_OF_REGION.sub("", p.region or ""), _REGION) for p in known[:_NAMED]]
    each = [f"{name} ({region})" if region else name for name, region in zip(names, short, strict=True)]
    return f"📍 {' · '.join(each)}{more}"


def _listed(places: Sequence[Place], *, t: Words = ENGLISH) -> str:
    names = ", ".join(in_line(called(p, t).name, _NAME, t("a place")) for p in places[:_NAMED])
    return names + (t(" and {more} more", more=len(places) - _NAMED) if len(places) > _NAMED else "")


def speaker(channel: Channel) -> str:
    """Who speaks: the team's label, else the channel's title, with its @name where that adds anything."""
    said = channel.label or channel.title
    return f"{said} (@{channel.username})" if channel.username and channel.username != said else said


def spoken(channel: Channel, *, t: Words = ENGLISH) -> str:
    """Who speaks, as HTML within a line of ours: what others have named as they like never fills the message."""
    name = f" (@{escape(channel.username)})" if channel.username else ""
    said = in_line(channel.label or channel.title, _TITLE, t("a channel"))
    return said if channel.username == (channel.label or channel.title) else f"{said}{name}"


def moment(at: datetime, zone: ZoneInfo, *, than: datetime | None = None, t: Words = ENGLISH) -> str:
    """A time in the team's zone, with the zone's city; the date is left out where `than` has the same."""
    local = at.astimezone(zone)
    if than is not None and than.astimezone(zone).date() == local.date():
        return f"{local:%H:%M}"
    return t.moment(at, zone)


def span(time: timedelta, *, t: Words = ENGLISH) -> str:
    """A length of time in two units at most: "47 min", "3 h 05 min", "2 d 4 h"."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 60:
        return t("{minutes} min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return (
            t("{hours} h {minutes:02} min", hours=hours, minutes=minutes)
            if minutes
            else t("{hours} h", hours=hours)
        )
    days, hours = divmod(hours, 24)
    return t("{days} d {hours} h", days=days, hours=hours) if hours else t("{days} d", days=days)


def examined_since(progress: Progress, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """What to say beside a place's history while older posts are still examined with its names."""
    done = t("{examined} of {total} posts", examined=progress.examined, total=progress.total)
    if progress.since is None:
        return t("older posts have not been examined with these names yet ({done})", done=done)
    return t(
        "examined since {when}; older posts follow ({done})",
        when=moment(progress.since, zone, t=t),
        done=done,
    )


def _attribution(first: Kept, origin: Channel | None, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    when = f'<a href="{escape(first.link)}">{moment(first.post.posted_at, zone, t=t)}</a>'
    said = f"— {spoken(first.channel, t=t)} · {when}"
    forward = first.post.forward
    if forward is None:
        return said
    there = (
        t(", there {when}", when=moment(forward.posted_at, zone, than=first.post.posted_at, t=t))
        if forward.posted_at
        else ""
    )
    return t(
        "{said}\n↪ forwarded from {forwarded_from}{there}",
        said=said,
        forwarded_from=forwarded_from(forward, origin, t=t),
        there=there,
    )


def forwarded_from(forward: Forward, origin: Channel | None, *, t: Words = ENGLISH) -> str:
    """Whose words a forward passes on, as HTML; `origin` is the channel where that is followed."""
    if origin is not None:
        return spoken(origin, t=t)
    unnamed = (
        t("an account that hides its name")
        if forward.telegram_id is None
        else t("a channel or account that is not followed")
    )
    return in_line(forward.name or "", _TITLE, unnamed)


def _named_as(places: Sequence[Place], mentions: Iterable[Mention], *, t: Words = ENGLISH) -> str | None:
    """The names that the source used, where they are not the team's own or mean something called after it."""
    own = {p.id: called(p, t).name for p in places}
    former = {(p.id, n.text) for p in places for n in p.names if n.kind is NameKind.FORMER}
    used: dict[str, None] = {}
    for mention in mentions:
        notes = [t("former name")] if (mention.place_id, mention.name) in former else []
        notes += [t(mention.kind.value)] if mention.kind is not MentionKind.NAME else []
        if notes or mention.name != own.get(mention.place_id):
            name = in_line(mention.name, _NAME)
            used[f"{name} ({', '.join(notes)})" if notes else name] = None
    if not used:
        return None
    return t("named as: {used}", used=", ".join(list(used)[:_FORMS])) + (" …" if len(used) > _FORMS else "")


def _changes(lead: Statement, zone: ZoneInfo, *, t: Words = ENGLISH) -> list[str]:
    """What became of the words after they were said."""
    lines = []
    parts, told = lead.parts, lead.told
    first = parts[0].post.posted_at
    edits = [p.revisions[-1] for p in parts if p.revisions[-1].number > 0]
    if edits:
        last = max(edits, key=lambda r: r.seen_at)
        lines.append(t("✎ edited {when}", when=moment(last.edited_at or last.seen_at, zone, than=first, t=t)))
    current = {id(p.revisions[-1]) for p in parts}
    if not any(id(revision) in current for revision, _ in told):
        lines.append(t("✎ the present text no longer mentions it; quoted as it was said before"))
    deleted = [p.deleted_at for p in parts if p.deleted_at is not None]
    if deleted:
        whole = (
            t("deleted")
            if len(deleted) == len(parts)
            else t("{deleted} of {parts} parts deleted", deleted=len(deleted), parts=len(parts))
        )
        lines.append(
            t(
                "🗑 {whole}, noticed {when}; the words are kept",
                whole=whole,
                when=moment(max(deleted), zone, than=first, t=t),
            )
        )
    return lines
