"""How triage reads: what is asked about an alert, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import shown
from bot.commands.replies import LIMIT, fit
from storage.records import Button, Buttons, Member, Place

_REASONS = {"person": "a person's name", "other place": "another place", "word": "an ordinary word"}


def with_region(place: Place) -> str:
    """«Lyman, Odesa Oblast»."""
    return f"{place.name}, {place.region}" if place.region else place.name


def what_instead(place: Place) -> str:
    """Asks what the words mean, where not this place."""
    return f"Not <b>{shown(with_region(place))}</b>: what do the words mean instead?"


def which_other(place: Place) -> str:
    """Asks which place is meant."""
    return f"Not <b>{shown(with_region(place))}</b>: which place is it?"


def marked_wrong(place: Place, reason: str, other: str | None, actor: str) -> str:
    """What was decided, and by whom."""
    meant = f"{_REASONS[reason]}: {other}" if other else _REASONS[reason]
    return f"❌ Not <b>{shown(with_region(place))}</b>, but {shown(meant)} — {shown(actor)}"


def hushed(names: Sequence[str], until: datetime, zone: ZoneInfo) -> str:
    """A toast: no alerts about these for a while."""
    return f"No alerts about {', '.join(names)[:120]} until {until.astimezone(zone):%H:%M}."


def more(first: Member, about: Sequence[Place], zone: ZoneInfo) -> str:
    """The whole statement, and why it was taken to be about these places."""
    wanted = {place.id: place.name for place in about}
    lines = []
    for part in first.parts:
        lines += [shown(line) for line in part.post.searchable.splitlines()]
    lines.append(f"— {shown(speaker(first.lead.channel))} · {moment(first.lead.post.posted_at, zone)}")
    reasons = {
        f"{wanted[m.place_id]}, {m.confidence:.2f}: {m.why}": None
        for part in first.parts
        for m in part.mentions
        if m.place_id in wanted
    }
    why = [f"• {shown(reason)}" for reason in reasons]
    room = LIMIT - sum(len(line) + 1 for line in why[:10]) - 40
    return fit([fit(lines, max(room, 500)), "<b>Why</b>", *why])


def maps(about: Sequence[Place]) -> Buttons:
    """A link to a map for each place whose position is known."""
    return tuple(
        (
            Button(
                f"🗺 {place.name}",
                url=f"https://www.openstreetmap.org/?mlat={place.latitude}&mlon={place.longitude}#map=11/{place.latitude}/{place.longitude}",
            ),
        )
        for place in about[:5]
        if place.latitude is not None
    )
