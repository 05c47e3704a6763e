"""Triage: the buttons below an alert. Who pressed is shown; the alert itself says what was decided."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Final

from bot.commands import triage
from bot.desk.room import Button as Pressed
from bot.desk.room import Command, Outcome, PressEffect, Reply, Room, data
from bot.incoming import Press
from storage import places, posts, reviews, stories
from storage.records import Button, Member, Place, Review, Verdict

_HUSHED = timedelta(hours=1)
_REASONS: Final = {"p": "person", "o": "other place", "w": "word"}


async def _relevant(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        about = _about(db, press.chat_id, story)
        _decide(room, db, press, story, [(place, None, None, None) for place in about], Verdict.RELEVANT)
        return Outcome(toast="Marked as relevant.")

    return effect


async def _not_this(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """❌: which of the places is not meant, and what the words mean instead."""
    story = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        about = _about(db, press.chat_id, story)
        if not about:
            return Outcome(toast="This alert is about no place that is watched here any more.")
        if len(about) > 1:
            buttons = tuple((Button(place.name, data("not", story, place.id)),) for place in about[:20])
            return Outcome(say=Reply(html="Which place is not meant?", buttons=buttons))
        return Outcome(say=_why(story, about[0]))

    return effect


async def _not_that(_: Room, __: Press, arguments: list[str]) -> PressEffect:
    story, place_id = map(int, arguments)
    return lambda db: Outcome(page=_why(story, places.by_ids(db, [place_id])[place_id]))


def _why(story: int, place: Place) -> Reply:
    choices = (("A person's name", "p"), ("Another place", "o"), ("An ordinary word", "w"))
    return Reply(
        html=triage.what_instead(place),
        buttons=tuple((Button(words, data("wrong", story, place.id, key)),) for words, key in choices),
    )


async def _wrong(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story, place_id = int(arguments[0]), int(arguments[1])
    reason = _REASONS[arguments[2]]
    chosen = int(arguments[3]) if len(arguments) > 3 else None

    def effect(db: sqlite3.Connection) -> Outcome:
        place = places.by_ids(db, [place_id])[place_id]
        if reason == "other place" and chosen is None:
            return Outcome(page=_which_other(db, press.chat_id, story, place))
        other = places.by_ids(db, [chosen])[chosen].name if chosen else None
        _decide(room, db, press, story, [(place, reason, other, _name(db, story, place_id))], Verdict.WRONG)
        return Outcome(
            toast="Marked. The alert says so now.",
            page=Reply(html=triage.marked_wrong(place, reason, other, press.sender_name)),
        )

    return effect


def _which_other(db: sqlite3.Connection, chat_id: int, story: int, place: Place) -> Reply:
    """Places that the same words could mean, then those of the same name; or none of them."""
    rivals = {
        rival.place_id
        for member in stories.members(db, story)
        for part in member.parts
        for mention in part.mentions
        if mention.place_id == place.id
        for rival in mention.rivals
    }
    known = [p for p in places.by_ids(db, rivals).values() if p.id != place.id]
    rows = [
        (Button(triage.with_region(other), data("wrong", story, place.id, "o", other.id)),)
        for other in known[:10]
    ]
    rows.append((Button("Another one", data("wrong", story, place.id, "o", 0)),))
    return Reply(html=triage.which_other(place), buttons=tuple(rows))


async def _hush(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        until = room.now() + _HUSHED
        muted = []
        for place in _about(db, press.chat_id, story):
            watch = places.watch_of(db, press.chat_id, place.id)
            if watch is not None:
                places.mute(db, watch, until)
                muted.append(place.name)
        if not muted:
            return Outcome(toast="Nothing of this is watched here any more.")
        return Outcome(toast=triage.hushed(muted, until, room.zone))

    return effect


async def _more(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """⋯: the full text, the map, and why, in a reply."""
    story = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        first, *_ = stories.members(db, story)
        about = _about(db, press.chat_id, story)
        return Outcome(say=Reply(html=triage.more(first, about, room.zone), buttons=triage.maps(about)))

    return effect


def _about(db: sqlite3.Connection, chat_id: int, story: int) -> list[Place]:
    """The places that a story mentions and the chat watches; all of them where it watches none any more."""
    mentioned = {
        mention.place_id
        for member in stories.members(db, stories.first_of(db, story))
        for part in member.parts
        for revision in part.revisions
        for mention in revision.mentions
    }
    watched = {p.id for p in places.watched_by(db, chat_id)} & mentioned
    return list(places.by_ids(db, watched or mentioned).values())


def _name(db: sqlite3.Connection, story: int, place_id: int) -> str | None:
    """The name whose form was found in the statement."""
    first: Member = stories.members(db, story)[0]
    found = [m for part in first.parts for revision in part.revisions for m in revision.mentions]
    return next((m.name for m in found if m.place_id == place_id), None)


def _decide(
    room: Room,
    db: sqlite3.Connection,
    press: Press,
    story: int,
    about: list[tuple[Place, str | None, str | None, str | None]],
    verdict: Verdict,
) -> None:
    first = stories.first_of(db, story)
    reviews.decide(
        db,
        [
            Review(
                post_id=first,
                place_id=place.id,
                verdict=verdict,
                reason=reason,
                other_place=other,
                name=name or _name(db, first, place.id),
                actor=press.sender_name,
                at=room.now(),
            )
            for place, reason, other, name in about
        ],
    )
    posts.settle(db, first, room.now(), room.decide)


COMMANDS: Final[dict[str, Command]] = {}
BUTTONS: Final = {
    "ok": Pressed(run=_relevant),
    "no": Pressed(run=_not_this),
    "not": Pressed(run=_not_that),
    "wrong": Pressed(run=_wrong),
    "hush": Pressed(run=_hush),
    "more": Pressed(run=_more),
}
