"""Places, their history, and what is claimed about them."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from bot import ledger
from bot.archive.history import of_place
from bot.claims import Table
from bot.claims.ledger import Line, Said
from bot.commands import timeline
from bot.commands.period import Window, read_span, window
from bot.errors import Mendable
from bot.web.api import making, shapes
from bot.web.api.asked import ClaimsQuery, TimelineQuery
from bot.web.api.call import Given
from storage import places
from storage.records import Place, Watch

_READ = 100  # posts about a place that are read for claims


def _place(place: Place) -> shapes.Place:
    return shapes.Place(
        id=place.id,
        name=place.name,
        region=place.region,
        latitude=place.latitude,
        longitude=place.longitude,
        geonames_id=place.geonames_id,
        names=tuple(
            shapes.Name(text=n.text, language=n.language, kind=n.kind, source=n.source, active=n.active)
            for n in place.names
        ),
    )


async def every(given: Given) -> shapes.Places:
    """Every place that is tracked."""
    return shapes.Places(places=tuple(map(_place, await given.site.store.read(places.tracked))))


async def one(given: Given) -> shapes.WholePlace:
    """A place, tracked now or once."""

    def read(db: sqlite3.Connection) -> shapes.WholePlace:
        place = places.by_ids(db, [given.number])[given.number]
        return shapes.WholePlace(
            **dict(_place(place)),
            misfires=tuple(
                shapes.Misfire(name=name, wrong=wrong, judged=judged)
                for name, wrong, judged in places.misfires(db, place.id)
            ),
        )

    return await given.site.store.read(read)


def _window(given: Given, span: str) -> Window:
    site = given.site
    length = read_span(span)
    if length is None:
        raise Mendable("A length of time is 12h, 7d, 2w, 3m or 1y.")
    end = getattr(given.query, "end", None) or site.now()
    if end.tzinfo is None:
        end = end.replace(tzinfo=site.zone)
    if not site.now() - timedelta(days=36500) < end <= site.now() + timedelta(days=1):
        raise Mendable("`end` lies outside of what can have been read.")
    return window(length, end, site.zone)


async def history(given: Given) -> shapes.Timeline:
    """How often a place was mentioned, and what was not read."""
    asked: TimelineQuery = given.query
    site = given.site
    shown = _window(given, asked.span)
    now = site.now()

    def read(db: sqlite3.Connection) -> shapes.Timeline:
        found = of_place(db, given.number, shown, now=now, zone=site.zone, sure=site.sure, table=None)
        unread, bars = timeline.bars(found, site.zone, now)
        every = [(bar, False) for bar in unread] + [(bar, True) for bar in bars]
        return shapes.Timeline(
            place=shapes.PlaceRef(id=found.place.id, name=found.place.name),
            unit=shown.unit,
            bars=tuple(
                shapes.Bar(
                    since=bar.start, until=bar.end, read=was_read, statements=bar.sure, possibly=bar.possible
                )
                for bar, was_read in sorted(every, key=lambda pair: pair[0].start)
            ),
            first_here=found.first.id if found.first else None,
            first_ever=found.ever.id if found.ever else None,
            channels=tuple(
                shapes.Share(channel=making.channel_ref(channel), statements=count)
                for channel, count in found.by_channel
            ),
            gaps=tuple(map(making.gap, found.unread)),
        )

    return await site.store.read(read)


async def claims(given: Given) -> shapes.Claims:
    """What is claimed about a place, side by side."""
    asked: ClaimsQuery = given.query
    site = given.site
    shown = _window(given, asked.span)

    def read(db: sqlite3.Connection) -> shapes.Claims:
        place = places.by_ids(db, [asked.place])[asked.place]
        if site.claims is None:
            raise Mendable("Claims are switched off here: placewatch claims edit makes a table.")
        watch = Watch(chat_id=0, place_id=place.id, since=shown.start)
        found = ledger.gather(
            db, [watch], shown.start, shown.end, site.claims, min_confidence=site.sure, newest=_READ
        )
        about = found.places.get(place.id)
        return shapes.Claims(
            place=shapes.PlaceRef(id=place.id, name=place.name),
            since=shown.start,
            until=shown.end,
            disputed=about is not None and about.disputed,
            capped=place.id in found.capped,
            claims=() if about is None else tuple(_claim(line, found, site.claims) for line in about.lines),
        )

    return await site.store.read(read)


def _claim(line: Line, found: ledger.Ledger, table: Table) -> shapes.Claim:
    return shapes.Claim(
        kind=line.kind,
        label=table.label(line.kind, "en"),
        modality=line.modality,
        first=_said(line.first, found),
        newest=_said(line.newest, found),
        repeats=len(line.repeats),
        copies=len(line.copies),
        sources=line.sources,
        sides=line.sides,
        contradicted_by=tuple((kind, str(modality)) for kind, modality in line.contradicted_by),
    )


def _said(said: Said, found: ledger.Ledger) -> shapes.Said:
    kept = found.posts.get(said.post)
    return shapes.Said(
        post=kept.id if kept else None,
        link=kept.link if kept else None,
        channel=said.channel,
        side=said.side,
        posted_at=said.posted_at,
        cue=said.claim.cue,
    )
