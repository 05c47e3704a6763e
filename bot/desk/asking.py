"""Which of the tracked places somebody means who asks about one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands import archive as texts
from bot.desk.room import Effect, Room, say
from bot.places.gazetteer import UnknownArea
from bot.places.resolve import with_region
from storage import places
from storage.folding import fold
from storage.records import Place


async def meant(room: Room, typed: str) -> Sequence[Place] | Effect:
    """The tracked places that a typed name means, in any of their names and cases, or the answer that none does.

    "Lyman (Donetsk)" names the region too; one that nobody tracks is looked up, so that the answer says how to.
    """
    name, region = with_region(typed)
    named = await room.tracking.meant(name)
    found = [place for place in named if region is None or _lies_in(place, region)]
    if found:
        return found
    tracked = await room.store.read(places.tracked)
    gazetteer = await room.tracking.gazetteer()
    try:
        known = gazetteer.find(name, region=region, limit=8)
    except UnknownArea:
        known = []
    numbers = {
        c.settlement.geonames_id for c in known if c.how != "misspelt"
    }  # a near miss is never taken unasked
    found = [place for place in tracked if place.geonames_id in numbers]
    return found or say(texts.not_tracked(typed, known, tracked, t=room.t))


def _lies_in(place: Place, region: str) -> bool:
    return fold(region) in fold(place.region or "")
