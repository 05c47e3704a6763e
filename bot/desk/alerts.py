"""Triage: the buttons below an alert. Who pressed is shown; the alert itself says what was decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.alerts.owed import statements_for
from bot.commands import triage
from bot.desk import paging, timeline
from bot.desk.room import Button as Pressed
from bot.desk.room import Command, Outcome, PressEffect, Reply, Room, data
from bot.incoming import Press
from bot.languages import ENGLISH, Words
from bot.places.gazetteer import Settlement
from storage import owed, places, posts, reading, reviews, stories
from storage.records import Button, Buttons, Member, Place, Review, Verdict, Watch

_HUSHED = timedelta(hours=1)
_AGAIN = timedelta(minutes=5)  # pressed once more within these, 🔕 is answered, and not said to all again
_REASONS: Final = {"p": "person", "o": "other place", "g": "other place", "w": "word"}
_ROWS = 8  # places to pick on one page
_BEARERS = 50  # of one name in the gazetteer


@dataclass(frozen=True, slots=True)
class _Told:
    """What an alert tells its chat: the statement that it quotes, and the places."""

    first_id: int  # of the story
    quoted: Member
    about: list[Place]
    decided: dict[int, Review]  # by place


async def _relevant(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        told = _told(room, db, press.chat_id, story)
        open_ = [p for p in told.about if not _is_relevant(told.decided.get(p.id))]
        if not open_ and told.about:
            return Outcome(toast=triage.already(told.decided[told.about[0].id], t=room.t))
        _decide(room, db, told, [_review(room, press, told, place, Verdict.RELEVANT) for place in open_])
        return Outcome(toast=room.t("Marked as relevant."))

    return effect


def _is_relevant(review: Review | None) -> bool:
    return review is not None and review.verdict is Verdict.RELEVANT


async def _not_this(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """❌: which of the places is not meant, and what the words mean instead."""
    story = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        told = _told(room, db, press.chat_id, story)
        if not told.about:
            return Outcome(toast=room.t("This alert is about no place that is watched here any more."))
        if len(told.about) > 1:
            return Outcome(say=_which_not(told, 0, t=room.t))
        return Outcome(say=_instead(told, told.about[0], t=room.t))

    return effect


async def _page_of_not(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story, page = map(int, arguments)
    return lambda db: Outcome(page=_which_not(_told(room, db, press.chat_id, story), page, t=room.t))


def _which_not(told: _Told, page: int, *, t: Words = ENGLISH) -> Reply:
    shown, page, pages = paging.part(told.about, page, _ROWS)
    rows: Buttons = tuple(
        (Button(triage.words(triage.with_region(p.name, p.region)), data("not", told.first_id, p.id)),)
        for p in shown
    )
    if pages > 1:
        rows = (*rows, paging.turn(page, pages, lambda at: data("nots", told.first_id, at)))
    decisions = [(told.decided[p.id], p) for p in told.about if p.id in told.decided]
    return Reply(html=triage.which_not(decisions, t=t), buttons=rows)


async def _not_that(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story, place_id = map(int, arguments)

    def effect(db: sqlite3.Connection) -> Outcome:
        told = _told(room, db, press.chat_id, story)
        return Outcome(page=_instead(told, places.by_ids(db, [place_id])[place_id], t=room.t))

    return effect


def _instead(told: _Told, place: Place, *, t: Words = ENGLISH) -> Reply:
    rows = (
        (Button(t("A person's name"), data("wrong", told.first_id, place.id, "p")),),
        (Button(t("Another place"), data("which", told.first_id, place.id, 0)),),
        (Button(t("An ordinary word"), data("wrong", told.first_id, place.id, "w")),),
    )
    return Reply(html=triage.what_instead(place, told.decided.get(place.id), t=t), buttons=rows)


async def _wrong(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """What the words mean instead; a number says which place, 0 for one that was not offered."""
    story, place_id = int(arguments[0]), int(arguments[1])
    key, chosen = arguments[2], int(arguments[3]) if len(arguments) > 3 else 0
    settlement = (await room.tracking.gazetteer()).by_id(chosen) if key == "g" else None

    def effect(db: sqlite3.Connection) -> Outcome:
        place = places.by_ids(db, [place_id])[place_id]
        told = _told(room, db, press.chat_id, story)
        before = told.decided.get(place_id)
        if before is not None and _is_late(db, press, before):
            return Outcome(
                toast=triage.already(before, t=room.t),
                page=Reply(html=triage.marked_wrong(place, before, t=room.t)),
            )
        other = None
        if key == "o" and chosen:
            found = places.by_ids(db, [chosen])[chosen]
            other = triage.with_region(found.name, found.region)
        if settlement is not None:
            other = triage.with_region(settlement.name, settlement.region)
        review = _review(room, press, told, place, Verdict.WRONG, _REASONS[key], other)
        _decide(room, db, told, [review])
        return Outcome(
            toast=room.t("Marked. The alert says so now."),
            page=Reply(html=triage.marked_wrong(place, review, t=room.t)),
        )

    return effect


def _is_late(db: sqlite3.Connection, press: Press, decided: Review) -> bool:
    """Whether it was decided while the question that is answered now stood in the chat."""
    question = owed.by_message(db, press.chat_id, press.message_id)
    if question is None:
        return False
    offered = {button.data for row in question.buttons for button in row}
    return press.data not in offered or decided.at > question.created_at


async def _which_other(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """Tracked places that the same words could mean, then all of the same name in the gazetteer; or none of them."""
    story, place_id, page = map(int, arguments)
    names, rivals = await room.store.read(_meanings, story, place_id)
    tracked = {p.id: p for p in rivals}
    for name in names:
        tracked |= {p.id: p for p in await room.tracking.meant(name) if p.id != place_id}
    gazetteer = await room.tracking.gazetteer()
    bearers = [
        candidate.settlement
        for name in names
        for candidate in gazetteer.find(name, limit=_BEARERS)
        if candidate.how == "exact"
    ]

    def effect(db: sqlite3.Connection) -> Outcome:
        place = places.by_ids(db, [place_id])[place_id]
        rows = _choices(story, place, list(tracked.values()), bearers)
        shown, at, pages = paging.part(rows, page, _ROWS)
        turning = (
            (paging.turn(at, pages, lambda to: data("which", story, place_id, to)),) if pages > 1 else ()
        )
        none = (Button(room.t("One that is not listed"), data("wrong", story, place_id, "o", 0)),)
        buttons: Buttons = (*((button,) for button in shown), *turning, none)
        return Outcome(page=Reply(html=triage.which_other(place, t=room.t), buttons=buttons))

    return effect


def _choices(
    story: int, place: Place, tracked: Sequence[Place], bearers: Sequence[Settlement]
) -> list[Button]:
    rows = [
        Button(
            triage.words(triage.with_region(one.name, one.region)),
            data("wrong", story, place.id, "o", one.id),
        )
        for one in tracked
    ]
    known = {one.geonames_id for one in (place, *tracked)}
    for one in {b.geonames_id: b for b in bearers if b.geonames_id not in known}.values():
        said = triage.words(triage.with_region(one.name, one.region))
        rows.append(Button(said, data("wrong", story, place.id, "g", one.geonames_id)))
    return rows


def _meanings(db: sqlite3.Connection, story: int, place_id: int) -> tuple[list[str], list[Place]]:
    """The names under which a story mentions a place, and the places that the same words could mean."""
    place = places.by_ids(db, [place_id])[place_id]
    members = stories.members(db, _first_of(db, story))
    mentions = [m for member in members for part in member.parts for r in part.revisions for m in r.mentions]
    named = dict.fromkeys([*(m.name for m in mentions if m.place_id == place_id), place.name])
    rivals = {r.place_id for m in mentions if m.place_id == place_id for r in m.rivals}
    return list(named), list(places.by_ids(db, rivals - {place_id}).values())


async def _hush(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        until = room.now() + _HUSHED
        muted, told = [], True
        for place in _told(room, db, press.chat_id, story).about:
            watch = places.watch_of(db, press.chat_id, place.id)
            if watch is not None:
                standing = watch.muted_until
                told = told and standing is not None and (standing > until or abs(standing - until) < _AGAIN)
                places.mute(db, watch, until if standing is None else max(until, standing))
                muted.append(place.name)
        if not muted:
            return Outcome(toast=room.t("Nothing of this is watched here any more."))
        said = (
            None
            if told
            else Reply(html=triage.hushed_by(muted, until, room.zone, press.sender_name, t=room.t))
        )
        return Outcome(toast=triage.hushed(muted, until, room.zone, t=room.t), say=said)

    return effect


def _told(room: Room, db: sqlite3.Connection, chat_id: int, story: int) -> _Told:
    """What the alert about a story tells; every place of it where the chat watches none any more."""
    first = _first_of(db, story)
    members = stories.members(db, first)
    mentioned = {
        m.place_id for member in members for part in member.parts for r in part.revisions for m in r.mentions
    }
    watches: dict[int, Watch | None] = {
        w.place_id: w for w in places.watches(db, mentioned) if w.chat_id == chat_id
    }
    statements = statements_for(members, watches, room.min_confidence, told=True)
    if not statements:
        statements = statements_for(members, dict.fromkeys(mentioned), 0, told=True)
    counted = {
        m.place_id: None
        for one in statements
        for _, mentions in one.told
        for m in sorted(mentions, key=lambda m: m.start)
    }
    known = places.by_ids(db, counted)
    return _Told(
        first_id=first,
        quoted=statements[0].member if statements else members[0],
        about=[known[i] for i in counted],
        decided={r.place_id: r for r in reviews.of_post(db, first)},
    )


def _first_of(db: sqlite3.Connection, story: int) -> int:
    """The story's first post; KeyError where there is no such post: a button's data come from outside."""
    if not reading.kept_by_ids(db, [story]):
        raise KeyError(story)
    return stories.first_of(db, story)


def _review(
    room: Room,
    press: Press,
    told: _Told,
    place: Place,
    verdict: Verdict,
    reason: str | None = None,
    other: str | None = None,
) -> Review:
    """A decision, with the name whose form was found in the statement."""
    found = [m for part in told.quoted.parts for revision in part.revisions for m in revision.mentions]
    return Review(
        post_id=told.first_id,
        place_id=place.id,
        verdict=verdict,
        reason=reason,
        other_place=other,
        name=next((m.name for m in found if m.place_id == place.id), None),
        actor=press.sender_name,
        at=room.now(),
    )


def _decide(room: Room, db: sqlite3.Connection, told: _Told, decisions: Sequence[Review]) -> None:
    reviews.decide(db, decisions)
    posts.settle(db, told.first_id, room.now(), room.decide)


# ⋯: a message of its own, in which everything opens and leads back.


async def _more(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    story = int(arguments[0])
    return lambda db: Outcome(say=_menu(room, _told(room, db, press.chat_id, story), press))


async def _open(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """What was chosen in the menu; the last argument is a page, or the place whose timeline is wanted."""
    story, what, number = int(arguments[0]), arguments[1], int(arguments[2])

    def effect(db: sqlite3.Connection) -> Outcome:
        told = _told(room, db, press.chat_id, story)
        if what == "menu":
            return Outcome(page=_menu(room, told, press))
        if what == "places":
            return Outcome(page=_places(told, number, t=room.t))
        if what == "line":
            return Outcome(page=_inside(timeline.timeline_reply(room, db, number), story, t=room.t))
        longest = max(told.quoted.parts, key=lambda kept: len(kept.post.text))
        view, argument = {
            "text": ("post", str(longest.id)),
            "why": ("why", told.quoted.lead.post.subject),
        }[what]
        reply, pages = paging.VIEWS[view](room, db, press.chat_id, argument, number)
        page = min(number, pages - 1)
        turning = (paging.turn(page, pages, lambda at: data("open", story, what, at)),) if pages > 1 else ()
        return Outcome(page=Reply(html=reply.html, buttons=(*turning, _back(story, t=room.t))))

    return effect


def _menu(room: Room, told: _Told, press: Press) -> Reply:
    def to(what: str) -> str:
        return data("open", told.first_id, what, 0)

    rows: Buttons = ((Button(room.t("Full text"), to("text")), Button(room.t("Why"), to("why"))),)
    if len(told.about) == 1:
        (place,) = told.about
        line = Button(room.t("Timeline"), data("open", told.first_id, "line", place.id))
        rows = (*rows, (line, *triage.map_of(place, room.t("🗺 Map"))))
    elif told.about:
        rows = (*rows, (Button(room.t("Timeline, 🗺 map…"), to("places")),))
    html = triage.more(told.quoted.lead, told.about, room.zone, press.sender_name, t=room.t)
    return Reply(html=html, buttons=rows)


def _places(told: _Told, page: int, *, t: Words = ENGLISH) -> Reply:
    """A row for each place: its timeline, and its map."""
    shown, page, pages = paging.part(told.about, page, _ROWS)
    rows: Buttons = tuple(
        (
            Button(triage.words(p.name), data("open", told.first_id, "line", p.id)),
            *triage.map_of(p, triage.words(f"🗺 {p.name}")),
        )
        for p in shown
    )
    turning = paging.turn(page, pages, lambda at: data("open", told.first_id, "places", at))
    rows = (*rows, *([turning] if pages > 1 else []), _back(told.first_id, t=t))
    return Reply(html=triage.which_place(told.about, t=t), buttons=rows)


async def _turn_inside(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """A button of a timeline that stands in the menu's message: the way back stays below it."""
    story, verb, *rest = arguments
    effect = await timeline.BUTTONS[verb].run(room, press, rest)

    def within(db: sqlite3.Connection) -> Outcome:
        outcome = effect(db)
        return Outcome(
            toast=outcome.toast,
            page=None if outcome.page is None else _inside(outcome.page, int(story), t=room.t),
        )

    return within


def _inside(reply: Reply, story: int, *, t: Words = ENGLISH) -> Reply:
    rows = tuple(
        tuple(Button(b.words, data("in", story, b.data), b.url) if b.data else b for b in row)
        for row in reply.buttons
    )
    return Reply(html=reply.html, buttons=(*rows, _back(story, t=t)))


def _back(story: int, *, t: Words = ENGLISH) -> tuple[Button, ...]:
    return (Button(t("◀ Back"), data("open", story, "menu", 0)),)


COMMANDS: Final[dict[str, Command]] = {}
BUTTONS: Final = {
    "ok": Pressed(run=_relevant),
    "no": Pressed(run=_not_this),
    "nots": Pressed(run=_page_of_not),
    "not": Pressed(run=_not_that),
    "wrong": Pressed(run=_wrong),
    "which": Pressed(run=_which_other),
    "hush": Pressed(run=_hush),
    "more": Pressed(run=_more),
    "open": Pressed(run=_open),
    "in": Pressed(run=_turn_inside),
}
