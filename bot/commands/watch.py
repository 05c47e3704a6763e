"""How the steps of /watch read: which place is meant, what its names would have found, which names to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import excerpt, shown
from bot.alerts.measure import units
from bot.commands.replies import LIMIT, counted, fit, named
from bot.places.gazetteer import Settlement
from bot.places.resolve import everyday
from storage.records import Kept, Mention, NameKind, Place, PlaceName

_DONE = 600  # UTF-16 units that are left to what was decided before
_QUOTE = 240  # characters


def described(settlement: Settlement) -> str:
    """A place of the gazetteer in a few words: "Lyman, Donetsk Oblast, 20,066"."""
    people = f", {settlement.population:,}" if settlement.population else ""
    return f"{settlement.name}, {settlement.region or settlement.country}{people}"


def which(typed: str, *, borne: bool) -> str:
    """A name may mean several places, or none that is known: a question above buttons."""
    name = shown(typed)
    if borne:
        return f"“{name}” is the name of several places. Which one do you mean? (name, region, people)"
    return f"I know no place called “{name}”. Is it one of these? (name, region, people)"


def progress(total: int, then: Sequence[str]) -> str:
    """How many of several places are still to be decided about."""
    after = f"; then: {shown(', '.join(then))}" if then else ""
    return f"<i>Place {total - len(then)} of {total} to decide{after}</i>"


def as_typed(typed: str) -> str:
    """The button for a place that the gazetteer does not know."""
    return f"None of these: {typed if len(typed) <= 24 else typed[:23] + '…'}"


def on_trial(
    place: Place,
    *,
    mentioned: int,
    possible: int,
    period: str,
    examples: Sequence[tuple[Kept, Sequence[Mention]]],
    fired: Mapping[str, int],
    zone: ZoneInfo,
) -> list[str]:
    """What a place's names would have found lately, for a member who is to decide."""
    where = shown(" · ".join(part for part in (place.region, people(place)) if part))
    more = f" ({possible} more possibly)" if possible else ""
    found = f"mentioned in {counted(mentioned, 'post')} of" if mentioned else "not mentioned in"
    lines = [
        f"📍 <b>{shown(place.name)}</b>" + (f" · {where}" if where else ""),
        *([] if place.geonames_id is not None else [as_given()]),
        f"These names were {found} {period}{more}"
        + ("; here are the newest:" if len(examples) < mentioned else ":" if examples else "."),
    ]
    for kept, mentions in examples:
        link = f'<a href="{shown(kept.link)}">{moment(kept.post.posted_at, zone)}</a>'
        quote = excerpt(kept.revisions[-1], mentions, _QUOTE)
        lines.append(f"«{quote}» — {shown(speaker(kept.channel))}, {link}")
    for text, why in everyday(place.names):
        often = f"it was found {counted(fired[text], 'time')}" if fired.get(text) else "it was not found"
        lines.append(f"⚠ “{shown(text)}” {why}; {often}. [Names…] switches it off.")
    lines.append(f"Names: {named(place)}")
    return lines


def people(place: Place) -> str:
    """How many live there, where that is known."""
    return f"{place.population:,} people" if place.population else ""


def period(posts: int, since: datetime, start: datetime, days: int, zone: ZoneInfo) -> str:
    """What a trial looked at: "the last 30 days of the archive", or less of it."""
    if since > start:
        return f"the newest {posts:,} posts of the archive (since {moment(since, zone)})"
    return f"the last {days} days of the archive"


def as_given() -> str:
    """A place that the gazetteer does not know."""
    return "No place of the gazetteer: it is looked for by its name as typed."


def not_mentioned(posts: int, period: str) -> str:
    """Nothing to decide: the names were not mentioned."""
    if not posts:
        return "The archive holds no posts of that time yet, so the names could not be tried."
    return f"Not mentioned in {period}."


def known_already(place: Place) -> str:
    """A place that is tracked is watched with the names that it has there."""
    return f"Its names are as the team has them: {named(place)}"


def after(done: Sequence[str], question: Sequence[str]) -> str:
    """A question below what came of the names before; where both are too long, the question stays whole."""
    asked = fit(question, LIMIT - _DONE)
    if not done:
        return asked
    return f"{fit(done, LIMIT - units(asked) - 2)}\n\n{asked}"


def cancelled(name: str) -> str:
    """A member decided against a place."""
    return f"Not watched: {shown(name)}."


def names_page(place: Place, names: Sequence[PlaceName], fired: Mapping[str, int], note: str) -> str:
    """Names with where each comes from, above buttons that switch them."""
    head = f"Names of <b>{shown(place.name)}</b>. {note}"
    doubtful = dict(everyday(replace(name, active=True) for name in names))
    return fit([head, *(_name(name, fired.get(name.text, 0), doubtful.get(name.text)) for name in names)])


def _name(name: PlaceName, fired: int, doubt: str | None) -> str:
    years = f" {name.since or ''}–{name.until or ''}" if name.since or name.until else ""
    kind = {
        NameKind.OFFICIAL: "",
        NameKind.FORMER: f"former name{years}, ",
        NameKind.ALIAS: "alias, ",
        NameKind.ROMANISED: "in Latin letters, ",
    }[name.kind]
    source = {"given": "given by a person", "gazetteer": "from the gazetteer"}.get(
        name.source, f"made by rule: {name.source}"
    )
    often = f", found {counted(fired, 'time')}" if fired else ""
    warning = f"; ⚠ {doubt}" if doubt else ""
    return f"{switch(name.active)} {shown(name.text)}: {kind}{shown(source)}{often}{warning}"


def switch(on: bool) -> str:
    """Whether something is on."""
    return "✅" if on else "⬜"
