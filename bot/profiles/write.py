"""`Profile` -> the text of its file; and the profile of an archive."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

import yaml

from bot.profiles.entries import VERSION, ChannelEntry, PlaceEntry, Profile
from storage import channels, places
from storage.records import Channel, NameKind, Place, PlaceName, Priority

_HEAD: Final = "# Channels and places of a placewatch; take them in with: placewatch profile import FILE\n"


def of_archive(db: sqlite3.Connection) -> tuple[Profile, list[str]]:
    """What is followed and tracked, in an order of its own; and the channels that have no public name to share."""
    followed = channels.followed(db)
    profile = Profile(
        channels=tuple(
            _channel(c) for c in sorted(followed, key=lambda c: (c.username or "").casefold()) if c.username
        ),
        places=tuple(_place(p) for p in sorted(places.tracked(db), key=_order)),
    )
    return profile, [c.title for c in followed if not c.username]


def _order(place: Place) -> tuple[str, str, int]:
    return place.name.casefold(), place.name, place.geonames_id or 0


def _channel(channel: Channel) -> ChannelEntry:
    return ChannelEntry(
        username=channel.username or "",
        label=channel.label,
        side=channel.side,
        standing=channel.standing,
        owner=channel.owner,
        priority=None if channel.priority is Priority.NORMAL else channel.priority,
    )


def _place(place: Place) -> PlaceEntry:
    position = None
    if place.latitude is not None and place.longitude is not None:
        position = (place.latitude, place.longitude)
    return PlaceEntry(
        name=place.name,
        names=tuple(sorted(place.names, key=lambda n: (n.language, n.kind, n.text))),
        region=place.region,
        area=place.area,
        position=position,
        geonames=place.geonames_id,
        population=place.population,
    )


def written(profile: Profile) -> str:
    """The file's text; the same profile gives the same text."""
    content: dict[str, Any] = {"placewatch": VERSION}
    if profile.channels:
        content["channels"] = [_channel_map(c) for c in profile.channels]
    if profile.areas:
        content["areas"] = list(profile.areas)
    if profile.places:
        content["places"] = [_place_map(p) for p in profile.places]
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    body = yaml.dump(
        content, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False
    )
    return _HEAD + str(body)


def _channel_map(entry: ChannelEntry) -> dict[str, Any]:
    said = {
        "label": entry.label,
        "side": entry.side,
        "standing": entry.standing,
        "owner": entry.owner,
        "priority": None if entry.priority is None else str(entry.priority),
    }
    return {"name": f"@{entry.username}", **_present(said)}


def _place_map(entry: PlaceEntry) -> dict[str, Any]:
    latitude, longitude = entry.position or (None, None)
    said = {
        "region": entry.region,
        "area": entry.area,
        "latitude": latitude,
        "longitude": longitude,
        "geonames": entry.geonames,
        "population": entry.population,
        "names": None if entry.names is None else [_name(n) for n in entry.names],
        "aliases": list(entry.aliases) or None,
    }
    return {"name": entry.name, **_present(said)}


def _name(name: PlaceName) -> Any:
    said = {
        "text": name.text,
        "language": name.language or None,
        "kind": None if name.kind is NameKind.ALIAS else str(name.kind),
        "since": name.since,
        "until": name.until,
        "source": None if name.source == "given" else name.source,
        "used": None if name.active else False,
    }
    kept = _present(said)
    return name.text if list(kept) == ["text"] else kept


def _present(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value is not None}
