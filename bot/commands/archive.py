"""How posts of the archive read in a list: in the words of their sources, with all that became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.alerts.compose import headline, moment, speaker
from bot.alerts.excerpt import Stretch, excerpt, opening, shown
from bot.alerts.measure import units
from bot.commands import replies
from bot.commands.replies import LIMIT, fit
from bot.languages import ENGLISH, NN_, Words
from bot.languages.places import called
from bot.places.gazetteer import Candidate
from storage.records import Examined, Kept, Mention, Place, Revision

COUNTED = (
    1000  # what is more is "1,000+": nobody pages that far, and counting all takes as long as finding all
)


_MORE_THAN: Final = {
    "post": NN_("{number:,}+ post", "{number:,}+ posts"),
    "statement": NN_("{number:,}+ statement", "{number:,}+ statements"),
}


def counted(number: int, what: str, *, t: Words = ENGLISH) -> str:
    """A number of things in words: "1 statement", "1,000+ statements"."""
    if number <= COUNTED:
        return f"<b>{replies.counted(number, what, t=t)}</b>"
    return f"<b>{t.many(*_MORE_THAN[what], COUNTED)}</b>"


def confidence(value: float) -> str:
    """How sure we are, as people write it: ".38", "1.0"."""
    return f"{value:.2f}".lstrip("0") if value < 0.995 else "1.0"


class Quoted(NamedTuple):
    """What a search found in a post."""

    revision: Revision
    hits: Sequence[Stretch]


def statements(
    found: Sequence[Kept],
    places: Mapping[int, Place],
    zone: ZoneInfo,
    *,
    sure: float,
    about: Collection[int] | None = None,
    quoted: Mapping[int, Quoted] | None = None,
    t: Words = ENGLISH,
) -> list[str]:
    """Posts, one block each. `about` are the places asked for; mentions below `sure` are marked as possible.

    `quoted` says by the post's id which version is told and which words in it are stressed.
    """
    return [_statement(kept, places, zone, sure, about, (quoted or {}).get(kept.id), t=t) for kept in found]


def _statement(
    kept: Kept,
    places: Mapping[int, Place],
    zone: ZoneInfo,
    sure: float,
    about: Collection[int] | None,
    quoted: Quoted | None,
    *,
    t: Words = ENGLISH,
) -> str:
    revision, mentions = (
        telling(kept, about) if quoted is None else (quoted.revision, quoted.revision.mentions)
    )
    best: dict[int, float] = {}
    for mention in mentions:
        best[mention.place_id] = max(mention.confidence, best.get(mention.place_id, 0))
    sure_of = [places[i] for i, value in best.items() if value >= sure and i in places]
    possible = [(called(places[i], t), value) for i, value in best.items() if value < sure and i in places]
    lines = [headline(sure_of, t=t)] if sure_of else []
    if possible:
        named = ", ".join(
            f"{shown(p.name)}"
            + (f" · {shown(p.region)}" if p.region else "")
            + t(" (possible, {confidence})", confidence=confidence(v))
            for p, v in possible[:8]
        )
        lines.append(f"❔ {named}")
    words = (quoted.hits if quoted else ()) or mentions
    quote = excerpt(revision, words, 400) or shown(opening(revision.text or revision.preview, 300))
    lines.append(f"«{quote}»" if quote else t("[no text]"))
    link = f'<a href="{shown(kept.link)}">{moment(kept.post.posted_at, zone, t=t)}</a>'
    lines.append(
        f"— {shown(speaker(kept.channel))} · {link}{_marks(kept, revision, quoted is not None, t=t)}"
    )
    return "\n".join(lines) + "\n"


def telling(kept: Kept, about: Collection[int] | None) -> tuple[Revision, tuple[Mention, ...]]:
    """The newest revision that mentions what was asked for; what was said once stays said."""
    now = kept.revisions[-1]
    if about is not None and not any(m.place_id in about for m in now.mentions):
        for revision in reversed(kept.revisions[:-1]):
            if any(m.place_id in about for m in revision.mentions):
                return revision, revision.mentions
    return now, now.mentions


def _marks(kept: Kept, told: Revision, searched: bool, *, t: Words = ENGLISH) -> str:
    marks = ""
    if kept.revisions[-1].number:
        marks += t(" · ✎ edited")
    if told.number != kept.revisions[-1].number:
        marks += t(", found in an earlier version") if searched else t(", quoted as it was before")
    if kept.deleted_at:
        marks += t(" · 🗑 deleted")
    if kept.post.forward is not None:
        marks += t(" · ↪ forwarded")
    if kept.examined is not Examined.YES:
        marks += (
            t(" · not examined: no text") if kept.examined is Examined.NO_TEXT else t(" · examination failed")
        )
    return marks


def page(head: str, blocks: Sequence[str], notes: Sequence[str] = (), *, t: Words = ENGLISH) -> str:
    """A page of a list within one message, remarks of our own at its end."""
    remark = "\n".join(f"ℹ {shown(note)}" for note in notes)
    lines = [line for block in blocks for line in block.split("\n")]
    body = fit([head, *lines], LIMIT - units(remark) - 2 if remark else LIMIT, t=t)
    return f"{body}\n{remark}" if remark else body


def not_tracked(
    name: str, known: Sequence[Candidate], tracked: Sequence[Place], *, t: Words = ENGLISH
) -> str:
    """A place is asked for that nobody looks for: how to watch it, where the gazetteer knows it or one like it."""
    if not known:
        have = ", ".join(shown(p.name) for p in tracked[:30]) or t("none yet")
        more = " …" if len(tracked) > 30 else ""
        return t(
            "“{name}” is not among the places tracked, and the gazetteer knows no such "
            "place. Tracked: {have}{more}. Words of any sort are found by /search.",
            name=shown(name),
            have=have,
            more=more,
        )
    near = all(candidate.how == "misspelt" for candidate in known)
    lines = [t("“{name}” is not tracked, so nobody looked for it. To be told from now on:", name=shown(name))]
    if near:
        lines = [
            t("I know no place called “{name}”. If you mean one of these, send its line:", name=shown(name))
        ]
    numbers = {place.geonames_id: place for place in tracked if place.geonames_id is not None}
    for candidate in known[:5]:
        place = candidate.settlement
        people = t(", {population:,} people", population=place.population) if place.population else ""
        where = shown(f"{place.name}, {place.region or place.country}{people}")
        if place.geonames_id in numbers:
            lines.append(
                t(
                    "/latest {numbers}  ({where}: tracked)",
                    numbers=shown(numbers[place.geonames_id].name),
                    where=where,
                )
            )
        else:
            lines.append(t("/watch {geonames_id}  ({where})", geonames_id=place.geonames_id, where=where))
    lines.append(
        t("Older posts are then examined too. Meanwhile the bare words: /search {name}", name=shown(name))
    )
    return fit(lines, t=t)
