"""Which places are looked for: added by name, by area or around a point, renamed, removed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import reduce
from pathlib import Path

from bot.errors import Mendable
from bot.languages import N_, NN_, Said
from bot.languages.said import some
from bot.lookout import Lookout
from bot.places.gazetteer import Gazetteer, Settlement
from bot.places.resolve import given, own_place, place_of
from storage import places
from storage.folding import fold
from storage.records import Place, PlaceName
from storage.store import Store

_LONGEST_NAME = 100
_NAMED = 30  # of the places tracked, in an answer that there is no such one
_WIDEST_KM = 500


class Tracking:
    """The one way by which places and names change; the lookout is told of every change."""

    def __init__(
        self,
        store: Store,
        lookout: Lookout,
        now: Callable[[], datetime],
        *,
        folder: Path | None = None,
        countries: Sequence[str] = ("UA",),
    ) -> None:
        """`folder` holds gazetteers of the operator's own; `countries` are those whose places people mean."""
        self._store = store
        self._lookout = lookout
        self._now = now
        self._folder = folder
        self._countries = countries
        self._gazetteer: Gazetteer | None = None

    async def gazetteer(self) -> Gazetteer:
        """Every place that can be meant by a name; read when it is first asked for."""
        if self._gazetteer is None:
            self._gazetteer = await asyncio.to_thread(Gazetteer.load, self._folder, self._countries)
        return self._gazetteer

    async def meant(self, name: str) -> list[Place]:
        """The tracked places of that name, in any spelling that folds to the same; else those of which it is a form.

        From memory: somebody who asks does not wait for thousands of names to be read.
        """
        if self._lookout.generation == 0:
            await self.refresh()
        wanted = fold(name)
        tracked = self._lookout.places
        found = [p for p in tracked if wanted in (fold(p.name), *(fold(n.text) for n in p.names))]
        if found:
            return found
        mentions = self._lookout.find(name, 0)  # said by no channel
        ids = {m.place_id for m in mentions} | {r.place_id for m in mentions for r in m.rivals}
        return [p for p in tracked if p.id in ids]

    async def refresh(self) -> None:
        """Look for the places as they are now."""
        await self._lookout.refresh()

    async def add(
        self,
        name: str,
        aliases: Sequence[str],
        *,
        geonames_id: int | None = None,
        position: tuple[float, float] | None = None,
    ) -> Place:
        """Track a place for every team chat; one that is tracked already is given the further names."""
        typed = [checked(n) for n in (name, *aliases)]
        if geonames_id is None:
            place = own_place(typed[0], typed[1:], position)
        else:
            settlement = (await self.gazetteer()).by_id(geonames_id)
            if settlement is None:
                raise Mendable(
                    N_(
                        "The gazetteer has no place number {wanted}. Find its number: placewatch places find {name}"
                    ),
                    wanted=geonames_id,
                    name=typed[0],
                )
            place = place_of(settlement, [n for n in typed if n.casefold() != settlement.name.casefold()])
        added = await self._store.write(track, place, everywhere=True, now=self._now())
        await self.refresh()
        return added

    async def take(self, place: Place, number: int | None) -> Place:
        """Track a place as it is given, or give its names to the tracked one of that number; Mendable where it is gone."""

        def keep(db: sqlite3.Connection) -> Place:
            if number is None:
                return places.add(db, place, everywhere=True, now=self._now())
            if not any(p.id == number for p in places.tracked(db)):
                raise Mendable(N_("{place} is not tracked any more."), place=place.name)
            places.add_names(db, number, place.names)
            return places.by_ids(db, [number])[number]

        taken = await self._store.write(keep)
        await self.refresh()
        return taken

    async def add_area(self, area: str) -> tuple[str, int, int]:
        """Track every place of a region: its name, how many are new, and how many were tracked already."""
        inside = (await self.gazetteer()).inside(area)
        return await self._add_all(inside, inside[0].region)

    async def add_around(self, position: tuple[float, float], km: float, centre: str) -> tuple[str, int, int]:
        """Track every place within so many kilometres; as `add_area`."""
        if not 0 < km <= _WIDEST_KM:
            raise Mendable(N_("Give a distance of more than 0 and at most {most} km."), most=_WIDEST_KM)
        inside = (await self.gazetteer()).around(*position, km)
        if not inside:
            raise Mendable(
                N_("The gazetteer has no place within {km:g} km of {centre}."), km=km, centre=centre
            )
        return await self._add_all(inside, f"{km:g} km around {centre}")

    async def _add_all(self, settlements: Sequence[Settlement], label: str) -> tuple[str, int, int]:
        wanted = await asyncio.to_thread(lambda: [place_of(one, area=label) for one in settlements])
        new = await self._store.write(_track_all, wanted, now=self._now())
        await self.refresh()
        return label, new, len(wanted) - new

    async def remove(self, name: str) -> list[Place]:
        """Stop tracking a place, for everybody; Mendable where none or several are called so."""
        known = await self._store.read(places.find, name)
        if not known:
            raise Mendable(await self._not_tracked(name))
        if len(known) > 1:
            raise Mendable(
                N_("Several tracked places are called {name}: {which}. Give one's number instead."),
                name=name,
                which=reduce(_and, map(_numbered, known)),
            )
        return await self._remove(known)

    async def remove_number(self, place_id: int) -> list[Place]:
        """Stop tracking the place with our own number."""
        known = [p for p in await self._store.read(places.tracked) if p.id == place_id]
        if not known:
            raise Mendable(
                N_("No tracked place has the number {wanted}: placewatch places list --all shows them."),
                wanted=place_id,
            )
        return await self._remove(known)

    async def remove_area(self, label: str) -> list[Place]:
        """Stop tracking every place that was added as part of an area."""
        tracked = await self._store.read(places.tracked)
        known = [p for p in tracked if p.area and p.area.casefold() == label.strip().casefold()]
        if not known:
            areas = sorted({p.area for p in tracked if p.area})
            raise Mendable(
                N_("{label} is not among the areas tracked: {areas}"),
                label=label,
                areas=some(areas, len(areas)),
            )
        return await self._remove(known)

    async def _remove(self, gone: list[Place]) -> list[Place]:
        await self._store.write(_remove_all, [p.id for p in gone], now=self._now())
        await self.refresh()
        return gone

    async def change_names(
        self, name: str, *, add: Sequence[str], use: Sequence[str], drop: Sequence[str]
    ) -> Place:
        """Give a tracked place names, use names again, or stop using them; older posts are examined again."""
        known = await self._store.read(places.find, name)
        if len(known) != 1:
            raise Mendable(
                Said(N_("Several tracked places are called {name}."), name=name)
                if known
                else await self._not_tracked(name)
            )
        place = known[0]
        switched = [(_name_of(place, text), True) for text in use]
        switched += [(_name_of(place, text), False) for text in drop]
        new = [given(checked(text)) for text in add]
        await self._store.write(_change_names, place.id, new, switched)
        await self.refresh()
        return (await self._store.read(places.by_ids, [place.id]))[place.id]

    async def _not_tracked(self, name: str) -> Said:
        names = [p.name for p in await self._store.read(places.tracked)]
        return Said(
            N_("“{name}” is not among the places tracked: {have}"),
            name=name[:_LONGEST_NAME],
            have=some(names, _NAMED),
        )


def _numbered(place: Place) -> Said:
    return Said(
        N_("{name}, {region} (number {own})"),
        name=place.name,
        region=place.region or Said(N_("region unknown")),
        own=place.id,
    )


def _and(first: Said, second: Said) -> Said:
    return Said(N_("{first}; {second}"), first=first, second=second)


def _name_of(place: Place, text: str) -> int:
    for name in place.names:
        if name.text.casefold() == text.strip().casefold():
            return name.id
    have = ", ".join(n.text for n in place.names)
    raise Mendable(
        N_("{place} has no name “{text}”. Its names: {have}"), place=place.name, text=text, have=have
    )


def _change_names(
    db: sqlite3.Connection, place_id: int, new: Iterable[PlaceName], switched: Iterable[tuple[int, bool]]
) -> None:
    places.add_names(db, place_id, new)
    for name_id, active in switched:
        places.use_name(db, name_id, active=active)


def _remove_all(db: sqlite3.Connection, ids: Iterable[int], *, now: datetime) -> None:
    for place_id in ids:
        places.remove(db, place_id, now=now)


def _track_all(db: sqlite3.Connection, wanted: Sequence[Place], *, now: datetime) -> int:
    new = 0
    for place in wanted:
        if place.geonames_id is None or places.by_geonames_id(db, place.geonames_id) is None:
            places.add(db, place, everywhere=True, now=now)
            new += 1
    return new


def track(db: sqlite3.Connection, place: Place, *, everywhere: bool, now: datetime) -> Place:
    """Track a place; where it is tracked already (the same number of the gazetteer, else the same name), give it
    the names it lacks.
    """
    known = tracked_already(db, place)
    if known is None:
        return places.add(db, place, everywhere=everywhere, now=now)
    places.add_names(db, known.id, place.names)
    return places.by_ids(db, [known.id])[known.id]


def tracked_already(db: sqlite3.Connection, place: Place) -> Place | None:
    """The tracked place that this one is."""
    if place.geonames_id is not None and (same := places.by_geonames_id(db, place.geonames_id)) is not None:
        return same
    named = places.find(db, place.name)
    # Two places of one name are two places where both are known to the gazetteer.
    return next((p for p in named if p.geonames_id is None or place.geonames_id is None), None)


def checked(name: str) -> str:
    """A place's name as typed, tidied; Mendable where it can't be one."""
    tidy = " ".join(name.split())
    if sum(c.isalpha() for c in tidy) < 2:
        raise Mendable(
            N_("“{name}” is too short for a place's name: give at least two letters."), name=tidy[:40]
        )
    if len(tidy) > _LONGEST_NAME:
        raise Mendable(
            NN_(
                "“{name}…” is too long for a place's name: {number} character at most.",
                "“{name}…” is too long for a place's name: {number} characters at most.",
            ),
            number=_LONGEST_NAME,
            name=tidy[:40],
        )
    return tidy
