"""How triage reads: what is asked about an alert, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.compose import decided, headline, moment, spoken
from bot.alerts.excerpt import in_line, on_one_line
from bot.languages import ENGLISH, N_, Words
from bot.languages.places import called
from storage.records import Button, Kept, Place, Review, Verdict

_BUTTON = 56  # UTF-16 units of words on a button
_INSTEAD = {
    "person": N_("not this place but a person's name"),
    "word": N_("not this place but an ordinary word"),
    "other place": N_("another place"),
}
_TOAST = 150  # of names in a toast, which holds 200 with the rest


def with_region(name: str, region: str | None) -> str:
    """«Lyman, Odesa Oblast»."""
    return f"{name}, {region}" if region else name


def words(text: str) -> str:
    """What somebody has named, as the words of a button."""
    return on_one_line(text, _BUTTON, "…")


def _full(place: Place, *, t: Words = ENGLISH) -> str:
    own = called(place, t)
    return f"<b>{in_line(with_region(own.name, own.region), 100, t('this place'))}</b>"


def which_not(decisions: Sequence[tuple[Review, Place]], *, t: Words = ENGLISH) -> str:
    """Asks which of several places is not meant."""
    return "\n".join([t("Which place is not meant?"), *_so_far(decisions, t=t)])


def what_instead(place: Place, review: Review | None, *, t: Words = ENGLISH) -> str:
    """Asks what the words mean, where not this place; says what was decided before."""
    question = t("Not {full}: what do the words mean instead?", full=_full(place, t=t))
    return "\n".join([question, *_so_far([(review, place)] if review else [], t=t)])


def _so_far(decisions: Sequence[tuple[Review, Place]], *, t: Words = ENGLISH) -> list[str]:
    return [
        t("So far: {decided}", decided=decided(review, place, name_it=True, t=t))
        for review, place in decisions[:5]
    ]


def which_other(place: Place, *, t: Words = ENGLISH) -> str:
    """Asks which place is meant."""
    return t("Not {full}: which place is it?", full=_full(place, t=t))


def marked_wrong(place: Place, review: Review, *, t: Words = ENGLISH) -> str:
    """What was decided, and by whom."""
    return t(
        "{decided}\nTo decide anew, press ❌ or ✅ below the alert.",
        decided=decided(review, place, name_it=False, t=t),
    )


def already(review: Review, *, t: Words = ENGLISH) -> str:
    """A toast: somebody has decided that before."""
    actor = on_one_line(review.actor, 60, t("a member"))
    if review.verdict is not Verdict.WRONG:
        what = t("needs a second look" if review.verdict is Verdict.SECOND_LOOK else review.verdict.value)
    else:
        what = t(_INSTEAD.get(review.reason or "", N_("not this place")))
        what += f": {on_one_line(review.other_place, 70)}" if review.other_place else ""
    return t("Decided already by {actor}: {what}.", actor=actor, what=what)


def hushed(names: Sequence[str], until: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """A toast: no alerts about these for a while."""
    return t(
        "No alerts about {names} until {time}.",
        names=on_one_line(", ".join(names), _TOAST),
        time=f"{until.astimezone(zone):%H:%M}",
    )


def hushed_by(
    names: Sequence[str], until: datetime, zone: ZoneInfo, actor: str, *, t: Words = ENGLISH
) -> str:
    """The same for all to read, with who wanted it."""
    what = in_line(", ".join(names), 1000)
    return t(
        "🔕 no alerts here about {names} until {time} — {actor}",
        names=what,
        time=f"{until.astimezone(zone):%H:%M}",
        actor=in_line(actor, 40, t("a member")),
    )


def more(first: Kept, about: Sequence[Place], zone: ZoneInfo, actor: str, *, t: Words = ENGLISH) -> str:
    """What there is to read about a statement, and who asked."""
    lines = [
        headline(about, t=t),
        f"— {spoken(first.channel, t=t)} · {moment(first.post.posted_at, zone, t=t)}",
    ]
    return "\n".join([*lines, t("⋯ more, asked for by {actor}", actor=in_line(actor, 40, t("a member")))])


def which_place(about: Sequence[Place], *, t: Words = ENGLISH) -> str:
    """Asks of which place the timeline or the map is wanted."""
    return t("{headline}\nThe timeline or the map of which place?", headline=headline(about, t=t))


def map_of(place: Place, label: str) -> tuple[Button, ...]:
    """A link to a map, where the place's position is known."""
    if place.latitude is None or place.longitude is None:
        return ()
    at = f"{place.latitude:.5f}"
    to = f"{place.longitude:.5f}"
    return (Button(label, url=f"https://www.openstreetmap.org/?mlat={at}&mlon={to}#map=11/{at}/{to}"),)
