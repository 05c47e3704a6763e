"""Why we think that a post mentions a place, in plain words; and who said it first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment, span, speaker
from bot.alerts.excerpt import shown
from bot.claims import Table
from bot.commands.archive import confidence
from bot.commands.claims import claims_of, reasons
from bot.languages import ENGLISH, N_, Words
from bot.languages.places import called
from bot.places.confidence import cues_of
from storage.records import Kept, Mention, Place, Revision

_NAMED = 12  # repeats named one by one
_HOW = {"original": N_("the original")}


@dataclass(frozen=True, slots=True)
class Repeat:
    """A post of a story; `how` it repeats the first one is empty for the first."""

    kept: Kept
    how: str


def how_to_ask(command: str, *, t: Words = ENGLISH) -> str:
    """The command came without an alert to be about."""
    return t("Reply with /{command} to an alert of mine, then I know which one you mean.", command=command)


def several(*, t: Words = ENGLISH) -> str:
    """The message that was replied to tells of more than one statement."""
    return t(
        "That message tells of several statements. /post LINK shows one of them whole, and why it was found."
    )


def why_blocks(
    parts: Sequence[Kept],
    places: Mapping[int, Place],
    story: Sequence[Repeat],
    zone: ZoneInfo,
    *,
    sure: float,
    claims: Table | None = None,
    t: Words = ENGLISH,
) -> list[str]:
    """The mentions of a statement, one block each, what it claims by the table, then its story.

    `places` hold rivals too.
    """
    blocks = []
    for part in parts:
        revision = part.revisions[-1]
        said = revision.mentions
        if not said:
            revision = next((r for r in reversed(part.revisions) if r.mentions), revision)
            said = revision.mentions
        note = (
            ""
            if revision is part.revisions[-1] or not said
            else t(" (in the words as they were before the edit)")
        )
        reported = {(m.start, m.place_id) for m in said}
        blocks += [mention(m, places, reported, sure, note, t=t) for m in _once(said)]
        if claims is not None:
            blocks += _claims(revision, places, claims, t=t)
    if not blocks:
        blocks.append(t("It mentions none of the places tracked."))
    if len(story) > 1:
        blocks.append("\n".join(_story(story, zone, t=t)))
    return blocks


def _claims(
    revision: Revision, places: Mapping[int, Place], table: Table, *, t: Words = ENGLISH
) -> list[str]:
    found = claims_of(revision, {m.place_id for m in revision.mentions}, table)
    return [
        block
        for place_id, claims in found.items()
        if place_id in places
        for block in reasons(revision.text, claims, places[place_id].name, table, t=t)
    ]


def _once(mentions: Sequence[Mention]) -> list[Mention]:
    """One of each: the same form for the same reasons is said once."""
    return list({(m.surface, m.place_id, m.why): m for m in mentions}.values())


def mention(
    found: Mention,
    places: Mapping[int, Place],
    reported: Collection[tuple[int, int]],
    sure: float,
    note: str = "",
    *,
    t: Words = ENGLISH,
) -> str:
    """Form, name, rule, cues and confidence, and what else it could have been.

    `reported` are the mentions' places in the text and places on the map: what stands there was not rejected.
    """
    form, _, rest = found.why.partition("; ")
    sureness = (
        t("sure enough for an alert")
        if found.confidence >= sure
        else t("only possible: below the alerts' threshold")
    )
    kind = "" if found.kind.value == "name" else t(", as {value}", value=t(found.kind.value))
    lines = [
        f"<b>{shown(found.surface)}</b> → {_called(found.place_id, places, t=t)}{kind}{note}",
        f"  {shown(form)}",
        t(
            "  confidence {confidence}: {sureness}",
            confidence=confidence(found.confidence),
            sureness=sureness,
        ),
    ]
    cues = cues_of(found.why)
    for words, sign in ((t("for it"), 1), (t("against it"), -1)):
        named = [f"{cue} ({weight:+.1f})" for cue, weight in cues if weight * sign > 0]
        if named:
            lines.append(f"  {words}: {shown(', '.join(named))}")
    if not cues and rest:
        lines.append(f"  {shown(rest)}")
    for rival in found.rivals:
        standing = t("could also be") if (found.start, rival.place_id) in reported else t("rejected")
        lines.append(f"  {standing}: {_called(rival.place_id, places, t=t)}, {confidence(rival.confidence)}")
    if found.late:
        lines.append(t("  found only when the archive was examined again: no alert was owed for it"))
    return "\n".join(lines)


def _called(place_id: int, places: Mapping[int, Place], *, t: Words = ENGLISH) -> str:
    place = places.get(place_id)
    if place is None:
        return t("place {place_id}", place_id=place_id)
    place = called(place, t)
    return shown(place.name) + (f" · {shown(place.region)}" if place.region else "")


def _story(story: Sequence[Repeat], zone: ZoneInfo, *, t: Words = ENGLISH) -> list[str]:
    """Who said it first among the channels followed, and who repeated it when."""
    first, *others = sorted(story, key=lambda told: told.kept.id)
    began = _link(first.kept, moment(first.kept.post.posted_at, zone, t=t))
    lines = [
        t(
            "Said first, among the channels followed: {channel}, {began}",
            channel=shown(speaker(first.kept.channel)),
            began=began,
        )
    ]
    for told in others[:_NAMED]:
        later = max(told.kept.post.posted_at - first.kept.post.posted_at, timedelta(0))
        how = t(_HOW.get(told.how, told.how) or N_("what the others repeat"))
        lines.append(f"  {_link(told.kept, told.kept.channel.name)} +{_soon(later, t=t)} ({how})")
    if len(others) > _NAMED:
        lines.append(t("  and {more} more", more=len(others) - _NAMED))
    return lines


def _soon(later: timedelta, *, t: Words = ENGLISH) -> str:
    """To the second within the first minute, as the alert has it."""
    return t("{seconds} s", seconds=later.seconds) if later < timedelta(minutes=1) else span(later, t=t)


def _link(kept: Kept, words: str) -> str:
    return f'<a href="{shown(kept.link)}">{shown(words)}</a>'
