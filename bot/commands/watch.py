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
from bot.languages import ENGLISH, Words
from bot.languages.places import called
from bot.places.gazetteer import Settlement
from bot.places.resolve import everyday
from storage.records import Kept, Mention, NameKind, Place, PlaceName

_DONE = 600  # UTF-16 units that are left to what was decided before
_QUOTE = 240  # characters


def described(settlement: Settlement) -> str:
    """A place of the gazetteer in a few words: "Lyman, Donetsk Oblast, 20,066"."""
    people = f", {settlement.population:,}" if settlement.population else ""
    return f"{settlement.name}, {settlement.region or settlement.country}{people}"


def which(typed: str, *, borne: bool, t: Words = ENGLISH) -> str:
    """A name may mean several places, or none that is known: a question above buttons."""
    name = shown(typed)
    if borne:
        return t(
            "“{name}” is the name of several places. Which one do you mean? (name, region, people)", name=name
        )
    return t("I know no place called “{name}”. Is it one of these? (name, region, people)", name=name)


def progress(total: int, then: Sequence[str], *, t: Words = ENGLISH) -> str:
    """How many of several places are still to be decided about."""
    after = t("; then: {then}", then=shown(", ".join(then))) if then else ""
    return t(
        "<i>Place {total} of {total2} to decide{after}</i>",
        total=total - len(then),
        total2=total,
        after=after,
    )


def as_typed(typed: str, *, t: Words = ENGLISH) -> str:
    """The button for a place that the gazetteer does not know."""
    return t("None of these: {typed}", typed=typed if len(typed) <= 24 else typed[:23] + "…")


def on_trial(
    place: Place,
    *,
    mentioned: int,
    possible: int,
    period: str,
    examples: Sequence[tuple[Kept, Sequence[Mention]]],
    fired: Mapping[str, int],
    zone: ZoneInfo,
    t: Words = ENGLISH,
) -> list[str]:
    """What a place's names would have found lately, for a member who is to decide."""
    place = called(place, t)
    where = shown(" · ".join(part for part in (place.region, people(place, t=t)) if part))
    more = t(" ({possible} more possibly)", possible=possible) if possible else ""
    found = (
        t.many("mentioned in {number:,} post of", "mentioned in {number:,} posts of", mentioned)
        if mentioned
        else t("not mentioned in")
    )
    lines = [
        f"📍 <b>{shown(place.name)}</b>" + (f" · {where}" if where else ""),
        *([] if place.geonames_id is not None else [as_given(t=t)]),
        t("These names were {found} {period}{more}", found=found, period=period, more=more)
        + (t("; here are the newest:") if len(examples) < mentioned else ":" if examples else "."),
    ]
    for kept, mentions in examples:
        link = f'<a href="{shown(kept.link)}">{moment(kept.post.posted_at, zone, t=t)}</a>'
        quote = excerpt(kept.revisions[-1], mentions, _QUOTE)
        lines.append(f"«{quote}» — {shown(speaker(kept.channel))}, {link}")
    for text, why in everyday(place.names):
        often = (
            t("it was found {counted}", counted=counted(fired[text], "time", t=t))
            if fired.get(text)
            else t("it was not found")
        )
        lines.append(
            t("⚠ “{text}” {why}; {often}. [Names…] switches it off.", text=shown(text), why=why, often=often)
        )
    lines.append(t("Names: {named}", named=named(place, t=t)))
    return lines


def people(place: Place, *, t: Words = ENGLISH) -> str:
    """How many live there, where that is known."""
    return t("{population:,} people", population=place.population) if place.population else ""


def period(
    posts: int, since: datetime, start: datetime, days: int, zone: ZoneInfo, *, t: Words = ENGLISH
) -> str:
    """What a trial looked at: "the last 30 days of the archive", or less of it."""
    if since > start:
        return t(
            "the newest {posts:,} posts of the archive (since {when})",
            posts=posts,
            when=moment(since, zone, t=t),
        )
    return t("the last {days} days of the archive", days=days)


def as_given(*, t: Words = ENGLISH) -> str:
    """A place that the gazetteer does not know."""
    return t("No place of the gazetteer: it is looked for by its name as typed.")


def not_mentioned(posts: int, period: str, *, t: Words = ENGLISH) -> str:
    """Nothing to decide: the names were not mentioned."""
    if not posts:
        return t("The archive holds no posts of that time yet, so the names could not be tried.")
    return t("Not mentioned in {period}.", period=period)


def known_already(place: Place, *, t: Words = ENGLISH) -> str:
    """A place that is tracked is watched with the names that it has there."""
    return t("Its names are as the team has them: {named}", named=named(place, t=t))


def after(done: Sequence[str], question: Sequence[str], *, t: Words = ENGLISH) -> str:
    """A question below what came of the names before; where both are too long, the question stays whole."""
    asked = fit(question, LIMIT - _DONE, t=t)
    if not done:
        return asked
    return f"{fit(done, LIMIT - units(asked) - 2, t=t)}\n\n{asked}"


def cancelled(name: str, *, t: Words = ENGLISH) -> str:
    """A member decided against a place."""
    return t("Not watched: {name}.", name=shown(name))


def names_page(
    place: Place, names: Sequence[PlaceName], fired: Mapping[str, int], note: str, *, t: Words = ENGLISH
) -> str:
    """Names with where each comes from, above buttons that switch them."""
    head = t("Names of <b>{place}</b>. {note}", place=shown(called(place, t).name), note=note)
    doubtful = dict(everyday(replace(name, active=True) for name in names))
    return fit(
        [head, *(_name(name, fired.get(name.text, 0), doubtful.get(name.text), t=t) for name in names)], t=t
    )


def _name(name: PlaceName, fired: int, doubt: str | None, *, t: Words = ENGLISH) -> str:
    years = f" {name.since or ''}–{name.until or ''}" if name.since or name.until else ""
    kind = {
        NameKind.OFFICIAL: "",
        NameKind.FORMER: t("former name{years}, ", years=years),
        NameKind.ALIAS: t("alias, "),
        NameKind.ROMANISED: t("in Latin letters, "),
    }[name.kind]
    source = {"given": t("given by a person"), "gazetteer": t("from the gazetteer")}.get(
        name.source, t("made by rule: {source}", source=name.source)
    )
    often = t(", found {counted}", counted=counted(fired, "time", t=t)) if fired else ""
    warning = f"; ⚠ {doubt}" if doubt else ""
    return f"{switch(name.active)} {shown(name.text)}: {kind}{shown(source)}{often}{warning}"


def switch(on: bool) -> str:
    """Whether something is on."""
    return "✅" if on else "⬜"
