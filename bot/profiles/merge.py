"""What importing a profile would change, beside what is followed and tracked already. Nothing is ever taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.profiles.entries import ChannelEntry, PlaceEntry, Profile
from storage.folding import fold
from storage.records import Channel, Place, PlaceName, Priority

Resolve = Callable[
    [PlaceEntry], Place
]  # a place that is written without its names; Mendable where it is not clear


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in words, and the operation (bot.operations) that makes it."""

    words: str
    operation: str
    arguments: dict[str, Any]
    telegram: bool = False  # a channel must be looked up


def changes(
    profile: Profile, followed: Sequence[Channel], tracked: Sequence[Place], resolve: Resolve
) -> list[Change]:
    """Everything that importing the profile would do, in order; empty where all of it is so already."""
    known = {(c.username or "").casefold(): c for c in followed}
    found: list[Change] = []
    for entry in profile.channels:
        found += _about_channel(entry, known.get(entry.username.casefold()))
    areas = {p.area.casefold() for p in tracked if p.area}
    found += [
        Change(f"track every place of {area}", "places.area", {"area": area})
        for area in profile.areas
        if area.casefold() not in areas
    ]
    return found + _about_places(profile.places, tracked, resolve)


def _about_channel(entry: ChannelEntry, known: Channel | None) -> list[Change]:
    name = f"@{entry.username}"
    found = []
    relabelled = entry.label is not None and known is not None and entry.label != known.label
    if known is None or relabelled:
        words = f"follow {name}" if known is None else f"{name}: label {_was(known.label)}{entry.label}"
        if known is None and entry.label:
            words += f", {entry.label}"
        given = {"link": name, "since": None, "label": entry.label}
        found.append(Change(words, "channels.add", given, telegram=True))
    said = {"side": entry.side, "standing": entry.standing, "owner": entry.owner}
    new = {
        field: text
        for field, text in said.items()
        if text is not None and (known is None or getattr(known, field) != text)
    }
    if new:
        parts = [
            f"{field} {_was(getattr(known, field) if known else None)}{text}" for field, text in new.items()
        ]
        found.append(Change(f"{name}: {', '.join(parts)}", "channels.label", {"name": name, "said": new}))
    now = Priority.NORMAL if known is None else known.priority
    if entry.priority is not None and entry.priority is not now:
        arguments = {"name": name, "priority": str(entry.priority), "join": None}
        found.append(Change(f"{name}: {entry.priority} priority", "channels.set", arguments))
    return found


def _was(text: str | None) -> str:
    return f"“{text}” → " if text else ""


def _about_places(entries: Sequence[PlaceEntry], tracked: Sequence[Place], resolve: Resolve) -> list[Change]:
    wanted = [e.as_place(e.names) if e.names is not None and not e.aliases else resolve(e) for e in entries]
    same = _matches(wanted, tracked)
    found = []
    for number, place in enumerate(wanted):
        known = same.get(number)
        if known is None:
            where = f" ({place.region})" if place.region else ""
            names = ", ".join(n.text for n in place.names if n.active)
            found.append(
                Change(f"track {place.name}{where}, named: {names}", "places.take", _taken(place, None))
            )
            continue
        have = {n.text.casefold() for n in known.names}
        missing = tuple(n for n in place.names if n.text.casefold() not in have)
        if missing:
            more = ", ".join(n.text + ("" if n.active else " (not used)") for n in missing)
            found.append(
                Change(f"{known.name}: also named {more}", "places.take", _taken(place, known, missing))
            )
    return found


def _matches(wanted: Sequence[Place], tracked: Sequence[Place]) -> dict[int, Place]:
    """The tracked place that each wanted one is: the same number of the gazetteer or, where one has none, the name.

    An exact match goes before one by name, and no tracked place stands for two.
    """
    numbers = {p.geonames_id: p for p in tracked if p.geonames_id is not None}
    bare = {fold(p.name): p for p in tracked if p.geonames_id is None}
    same: dict[int, Place] = {}
    for number, place in enumerate(wanted):
        exact = bare.get(fold(place.name)) if place.geonames_id is None else numbers.get(place.geonames_id)
        if exact is not None:
            same[number] = exact
    taken = {p.id for p in same.values()}
    for number, place in enumerate(wanted):
        if number in same:
            continue
        named = [p for p in tracked if p.id not in taken and fold(p.name) == fold(place.name)]
        loose = [p for p in named if p.geonames_id is None or place.geonames_id is None]
        if len(loose) == 1:
            same[number] = loose[0]
            taken.add(loose[0].id)
    return same


def _taken(place: Place, known: Place | None, names: Sequence[PlaceName] | None = None) -> dict[str, Any]:
    """The place as JSON, for the operation that keeps it."""
    plain = asdict(place)
    plain["names"] = [asdict(n) | {"kind": str(n.kind)} for n in (place.names if names is None else names)]
    return {"place": plain, "number": None if known is None else known.id}
