"""A profile's file -> `Profile`; every mistake is told with its line and column, and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from bot.commands.label import checked
from bot.errors import Mendable
from bot.profiles.entries import LONGEST_FILE, VERSION, ChannelEntry, PlaceEntry, Profile
from bot.profiles.nodes import Part, ProfileError, tree
from storage.folding import fold
from storage.records import NameKind, PlaceName, Priority

_CHANNEL: Final = ("name", "label", "side", "standing", "owner", "priority")
_PLACE: Final = (
    "name", "names", "aliases", "region", "area", "latitude", "longitude", "geonames", "population",
)  # fmt: skip
_NAME: Final = ("text", "language", "kind", "since", "until", "source", "used")
_LINK: Final = re.compile(r"(?:@|(?:https?://)?t\.me/(?:s/)?)?([A-Za-z][A-Za-z0-9_]{1,31})/?")
_YEARS: Final = (-3000, 3000)


def read(path: Path) -> Profile:
    """The profile in that file."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE + 1)
    except OSError as error:
        raise ProfileError(f"{path} can't be read: {error.strerror}.") from error
    if len(content) > LONGEST_FILE:
        raise ProfileError(f"{path} is larger than {LONGEST_FILE // 10**6} MB: share it in several files.")
    try:
        return parse(content.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path} is not text in UTF-8: save it as UTF-8.") from error


def parse(text: str, source: str = "profile") -> Profile:
    """The profile in that text; `source` names it in messages."""
    root = tree(text, source)
    # A newer version may have fields that this one does not know: its number is looked at before anything else.
    everything = root.fields(("placewatch", "channels", "places", "areas"), f"placewatch: {VERSION}")
    if "placewatch" not in everything:
        root.fail(f"the version of the format is missing: write as the first line placewatch: {VERSION}")
    version = everything["placewatch"].whole(1, 10**6)
    if version != VERSION:
        everything["placewatch"].fail(
            f"this profile is of version {version}, and this placewatch reads version {VERSION}: "
            "upgrade placewatch, or have the profile exported by one of this version"
        )
    channels = everything.get("channels")
    places = everything.get("places")
    areas = everything.get("areas")
    return Profile(
        channels=_channels(channels) if channels else (),
        places=_places(places) if places else (),
        areas=tuple(_name(p) for p in areas.items("- Donetsk Oblast")) if areas else (),
    )


def _channels(part: Part) -> tuple[ChannelEntry, ...]:
    found: dict[str, ChannelEntry] = {}
    for item in part.items('- name: "@name"'):
        item.what = "a channel"
        entry = _channel(item)
        if (first := found.get(entry.username.casefold())) is not None:
            item.fail(f"@{entry.username} is there already, in line {first.line}: leave one of them out")
        found[entry.username.casefold()] = entry
    return tuple(found.values())


def _channel(item: Part) -> ChannelEntry:
    fields = {"name": item} if item.is_text else item.fields(_CHANNEL, 'name: "@name"')
    if "name" not in fields:
        item.fail('the channel\'s name is missing: name: "@name"')
    link = _LINK.fullmatch(fields["name"].text().strip())
    if link is None:
        fields["name"].fail('a public channel is named by its @name or link: name: "@name"')
    priority = None
    if "priority" in fields:
        said = fields["priority"].text().strip().casefold()
        if said not in tuple(Priority):
            fields["priority"].fail(f"priority should be one of: {', '.join(Priority)}")
        priority = Priority(said)
    return ChannelEntry(
        username=link[1],
        label=fields["label"].text() if "label" in fields else None,
        side=_said(fields, "side"),
        standing=_said(fields, "standing"),
        owner=_said(fields, "owner"),
        priority=priority,
        line=item.line,
    )


def _said(fields: dict[str, Part], name: str) -> str | None:
    if name not in fields:
        return None
    try:
        return checked(name, fields[name].text())
    except Mendable as problem:
        fields[name].fail(f"{name}: {problem}")


def _places(part: Part) -> tuple[PlaceEntry, ...]:
    found: dict[tuple[str, int | None], PlaceEntry] = {}
    for item in part.items("- name: Pokrovsk"):
        item.what = "a place"
        entry = _place(item)
        key = ("", entry.geonames) if entry.geonames is not None else (fold(entry.name), None)
        if (first := found.get(key)) is not None:
            item.fail(
                f"{entry.name} is there already, in line {first.line}: leave one of them out, or give each its own "
                "GeoNames number (geonames: 704422)"
            )
        found[key] = entry
    return tuple(found.values())


def _place(item: Part) -> PlaceEntry:
    fields = {"name": item} if item.is_text else item.fields(_PLACE, "name: Pokrovsk")
    if "name" not in fields:
        item.fail("the place's name is missing: name: Pokrovsk")
    if ("latitude" in fields) != ("longitude" in fields):
        item.fail("latitude and longitude belong together: give both, or none")
    names = None
    if "names" in fields:
        names = tuple(_place_name(p) for p in fields["names"].items("- Покровськ"))
        if not names:
            fields["names"].fail("a place without a name can't be found: give one, or leave names out")
    return PlaceEntry(
        name=_name(fields["name"]),
        names=names,
        aliases=tuple(_name(p) for p in fields["aliases"].items("- Покровск")) if "aliases" in fields else (),
        region=fields["region"].text() if "region" in fields else None,
        area=fields["area"].text() if "area" in fields else None,
        position=(fields["latitude"].number(-90, 90), fields["longitude"].number(-180, 180))
        if "latitude" in fields
        else None,
        geonames=fields["geonames"].whole(1, 10**10) if "geonames" in fields else None,
        population=fields["population"].whole(0, 10**10) if "population" in fields else None,
        line=item.line,
    )


def _name(part: Part) -> str:
    text = part.text()
    if sum(c.isalpha() for c in text) < 2:
        part.fail(f"“{text[:40]}” is too short for a place's name: give at least two letters")
    return text


def _place_name(part: Part) -> PlaceName:
    """A name as it is looked for: its text alone stands for one that a person gave."""
    if part.is_text:
        return PlaceName(place_id=0, text=_name(part), language="", kind=NameKind.ALIAS)
    part.what = "a name"
    fields = part.fields(_NAME, "text: Покровськ")
    if "text" not in fields:
        part.fail("the name itself is missing: text: Покровськ")
    kind = NameKind.ALIAS
    if "kind" in fields:
        said = fields["kind"].text().strip().casefold()
        if said not in tuple(NameKind):
            fields["kind"].fail(f"kind should be one of: {', '.join(NameKind)}")
        kind = NameKind(said)
    return PlaceName(
        place_id=0,
        text=_name(fields["text"]),
        language=fields["language"].text() if "language" in fields else "",
        kind=kind,
        since=fields["since"].whole(*_YEARS) if "since" in fields else None,
        until=fields["until"].whole(*_YEARS) if "until" in fields else None,
        source=fields["source"].text() if "source" in fields else "given",
        active=fields["used"].truth() if "used" in fields else True,
    )
