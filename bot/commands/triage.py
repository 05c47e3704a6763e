"""How triage reads: what is asked about an alert, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.compose import decided, headline, moment, spoken
from bot.alerts.excerpt import in_line, on_one_line
from storage.records import Button, Kept, Place, Review, Verdict

_BUTTON = 56  # UTF-16 units of words on a button
_INSTEAD = {
    "person": "not this place but a person's name",
    "word": "not this place but an ordinary word",
    "other place": "another place",
}
_TOAST = 150  # of names in a toast, which holds 200 with the rest


def with_region(name: str, region: str | None) -> str:
    """«Lyman, Odesa Oblast»."""
    return f"{name}, {region}" if region else name


def words(text: str) -> str:
    """What somebody has named, as the words of a button."""
    return on_one_line(text, _BUTTON, "…")


def _full(place: Place) -> str:
    return f"<b>{in_line(with_region(place.name, place.region), 100, 'this place')}</b>"


def which_not(decisions: Sequence[tuple[Review, Place]]) -> str:
    """Asks which of several places is not meant."""
    return "\n".join(["Which place is not meant?", *_so_far(decisions)])


def what_instead(place: Place, review: Review | None) -> str:
    """Asks what the words mean, where not this place; says what was decided before."""
    question = f"Not {_full(place)}: what do the words mean instead?"
    return "\n".join([question, *_so_far([(review, place)] if review else [])])


def _so_far(decisions: Sequence[tuple[Review, Place]]) -> list[str]:
    return [f"So far: {decided(review, place, name_it=True)}" for review, place in decisions[:5]]


def which_other(place: Place) -> str:
    """Asks which place is meant."""
    return f"Not {_full(place)}: which place is it?"


def marked_wrong(place: Place, review: Review) -> str:
    """What was decided, and by whom."""
    return f"{decided(review, place, name_it=False)}\nTo decide anew, press ❌ or ✅ below the alert."


def already(review: Review) -> str:
    """A toast: somebody has decided that before."""
    actor = on_one_line(review.actor, 60, "a member")
    if review.verdict is not Verdict.WRONG:
        what = "needs a second look" if review.verdict is Verdict.SECOND_LOOK else str(review.verdict)
    else:
        what = _INSTEAD.get(review.reason or "", "not this place")
        what += f": {on_one_line(review.other_place, 70)}" if review.other_place else ""
    return f"Decided already by {actor}: {what}."


def hushed(names: Sequence[str], until: datetime, zone: ZoneInfo) -> str:
    """A toast: no alerts about these for a while."""
    return f"No alerts about {on_one_line(', '.join(names), _TOAST)} until {until.astimezone(zone):%H:%M}."


def hushed_by(names: Sequence[str], until: datetime, zone: ZoneInfo, actor: str) -> str:
    """The same for all to read, with who wanted it."""
    what = in_line(", ".join(names), 1000)
    return f"🔕 no alerts here about {what} until {until.astimezone(zone):%H:%M} — {in_line(actor, 40, 'a member')}"


def more(first: Kept, about: Sequence[Place], zone: ZoneInfo, actor: str) -> str:
    """What there is to read about a statement, and who asked."""
    lines = [headline(about), f"— {spoken(first.channel)} · {moment(first.post.posted_at, zone)}"]
    return "\n".join([*lines, f"⋯ more, asked for by {in_line(actor, 40, 'a member')}"])


def which_place(about: Sequence[Place]) -> str:
    """Asks of which place the timeline or the map is wanted."""
    return f"{headline(about)}\nThe timeline or the map of which place?"


def map_of(place: Place, label: str) -> tuple[Button, ...]:
    """A link to a map, where the place's position is known."""
    if place.latitude is None or place.longitude is None:
        return ()
    at = f"{place.latitude:.5f}"
    to = f"{place.longitude:.5f}"
    return (Button(label, url=f"https://www.openstreetmap.org/?mlat={at}&mlon={to}#map=11/{at}/{to}"),)
