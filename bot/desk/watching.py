"""/watch: which place is meant, what its names would have found, and then it is watched."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.alerts.excerpt import shown
from bot.commands import replies, watch
from bot.commands.parse import place_names
from bot.desk import drafts, paging
from bot.desk.plan import Plan
from bot.desk.room import Button, Changed, Command, Effect, Outcome, PressEffect, Reply, Room, data
from bot.errors import Mendable
from bot.incoming import Incoming, Press
from bot.languages import ENGLISH, Words
from bot.places.resolve import (
    Resolution,
    everyday,
    given,
    own_place,
    place_from,
    place_of,
    resolve,
    with_region,
)
from bot.tracking import checked, tracked_already
from bot.trial import Trial
from bot.trial import run as run_trial
from storage import places
from storage.records import Button as Shown
from storage.records import Buttons, Place

_MOST_NAMES = 20  # places in one command: each is tried on the archive
_DAYS = 30
_PATIENCE = timedelta(days=1)
_PER_PAGE = 8
_MOST_CHOICES = 40  # bearers of one name that can be paged through


@dataclass(frozen=True, slots=True)
class _Ready:
    """A place that is watched without a question."""

    place: Place
    others: tuple[str, ...]
    note: str = ""  # HTML


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What comes next: places to watch at once, then a question, where there is one."""

    plan: Plan
    ready: tuple[_Ready, ...] = ()
    lines: tuple[str, ...] = ()  # how the place on trial has done


async def _watch(room: Room, incoming: Incoming, argument: str) -> Effect:
    wanted = place_names(argument)
    if not wanted:
        raise Mendable(room.t("Give a name: /watch Pokrovsk"))
    if len(wanted) > _MOST_NAMES:
        raise Mendable(
            room.t(
                "Send at most {MOST_NAMES} places at once. A whole region: placewatch places add --help",
                MOST_NAMES=_MOST_NAMES,
            )
        )
    ahead = await _sorted(room, wanted)
    ahead = replace(ahead, plan=replace(ahead.plan, topic=incoming.topic))

    def effect(db: sqlite3.Connection) -> Reply:
        # From the moment of the command by Telegram's clock, which is also the posts' clock.
        plan = _watch_ready(db, incoming.chat_id, ahead, since=incoming.at, t=room.t)
        if not plan.open:
            return Reply(html=replies.fit(plan.done, t=room.t), changed=Changed.PLACES)
        number = drafts.keep(
            db, incoming.chat_id, incoming.sender_id, "watch", plan.to_json(), now=room.now()
        )
        return replace(_question(plan, ahead.lines, number, t=room.t), changed=Changed.PLACES)

    return effect


async def _sorted(room: Room, wanted: list[list[str]]) -> _Ahead:
    """What needs no decision comes at once, whatever else is asked; the rest one after another."""
    ready: list[_Ready] = []
    undecided: list[_Ahead] = []
    problems: list[str] = []
    seen: set[int] = set()  # of the gazetteer: two names of one place are one wish
    for names in wanted:
        try:
            typed, *others = names
            named = (await _tidied(room, typed), *map(checked, others))
            ahead = await _look(room, Plan(waiting=(named,)))
        except Mendable as problem:
            problems.append(f"⚠ {shown(problem.said(room.t))}")
            continue
        numbers = {place.geonames_id for place in _decided(ahead) if place.geonames_id is not None}
        if numbers and numbers <= seen and len(names) == 1:
            continue
        seen |= numbers
        ready += ahead.ready
        if ahead.plan.open:
            undecided.append(ahead)
    if not undecided:
        return _Ahead(Plan(done=tuple(problems)), tuple(ready))
    first, *rest = undecided
    waiting = tuple((ahead.plan.typed, *ahead.plan.others) for ahead in rest)
    plan = replace(first.plan, done=tuple(problems), waiting=waiting, total=len(undecided))
    return _Ahead(plan, tuple(ready), first.lines)


def _decided(ahead: _Ahead) -> list[Place]:
    """The places that are meant, the one on trial among them."""
    return [*(one.place for one in ahead.ready), *([ahead.plan.place] if ahead.plan.place else [])]


async def _tidied(room: Room, typed: str) -> str:
    """A name that can be a place's, or the number under which the gazetteer has one."""
    if typed.isdecimal() and (await room.tracking.gazetteer()).by_id(int(typed)) is not None:
        return typed
    return checked(typed)


async def _look(room: Room, plan: Plan, chosen: Place | None = None) -> _Ahead:
    """Go through the names up to the first one that a member has to decide about."""
    ready: list[_Ready] = []
    place, others = chosen, plan.others
    while True:
        if place is None:
            if not plan.waiting:
                return _Ahead(plan, tuple(ready))
            typed, *further = plan.waiting[0]
            others = tuple(further)
            plan = replace(plan, waiting=plan.waiting[1:], typed=typed, others=others)
            meant = await _meant(room, typed, others)
            if isinstance(meant, Resolution):
                choices = tuple(
                    (c.settlement.geonames_id, watch.described(c.settlement)) for c in meant.choices
                )
                return _Ahead(replace(plan, choices=choices, borne=meant.borne), tuple(ready))
            place = meant
        if others or await room.store.read(tracked_already, place) is not None:
            ready.append(_Ready(place, others))
        else:
            trial, lines = await _try(room, place)
            if trial.mentioned or trial.possible or everyday(place.names):
                return _Ahead(replace(plan, place=place, fired=dict(trial.by_name)), tuple(ready), lines)
            note = watch.not_mentioned(trial.posts, _period(room, trial), t=room.t)
            ready.append(
                _Ready(place, others, note if place.geonames_id else f"{watch.as_given(t=room.t)} {note}")
            )
        place = None
        plan = replace(plan, choices=(), others=())


async def _meant(room: Room, typed: str, others: tuple[str, ...]) -> Place | Resolution:
    """The place that is named, or what it may be; further names of a place ("=") settle that it is one."""
    gazetteer = await room.tracking.gazetteer()
    if typed.isdecimal() and (settlement := gazetteer.by_id(int(typed))) is not None:
        return place_of(settlement, others)
    name, region = with_region(typed)
    # Near spellings take a while to find.
    found = await asyncio.to_thread(resolve, gazetteer, name, region=region, limit=_MOST_CHOICES)
    if found.sole is not None:
        return place_from(found.sole, others)
    if found.choices and (found.borne or not others):
        known = await room.store.read(_chosen_before, found)
        return found if known is None else known
    return own_place(name, [n for n in others if n.casefold() != name.casefold()])


def _chosen_before(db: sqlite3.Connection, resolution: Resolution) -> Place | None:
    """The one bearer of a name that is tracked already."""
    if not resolution.borne:
        return None
    tracked = [places.by_geonames_id(db, c.settlement.geonames_id) for c in resolution.choices]
    known = [place for place in tracked if place is not None]
    return known[0] if len(known) == 1 else None


async def _try(room: Room, place: Place) -> tuple[Trial, tuple[str, ...]]:
    trial = await run_trial(room.store, place, since=_start(room), min_confidence=room.min_confidence)
    lines = watch.on_trial(
        place,
        mentioned=trial.mentioned,
        possible=trial.possible,
        period=_period(room, trial),
        examples=trial.examples,
        fired=trial.by_name,
        zone=room.zone,
        t=room.t,
    )
    return trial, tuple(lines)


def _start(room: Room) -> datetime:
    return room.now() - timedelta(days=_DAYS)


def _period(room: Room, trial: Trial) -> str:
    return watch.period(trial.posts, trial.since, _start(room), _DAYS, room.zone, t=room.t)


def _watch_ready(
    db: sqlite3.Connection, chat_id: int, ahead: _Ahead, *, since: datetime, t: Words = ENGLISH
) -> Plan:
    lines = [
        line
        for one in ahead.ready
        for line in (_begin(db, chat_id, one, since=since, topic=ahead.plan.topic, t=t), one.note)
        if line
    ]
    return replace(ahead.plan, done=(*ahead.plan.done, *lines))


def _begin(
    db: sqlite3.Connection,
    chat_id: int,
    one: _Ready,
    *,
    since: datetime,
    topic: int | None,
    t: Words = ENGLISH,
) -> str:
    """Watch a place; one that is tracked already keeps its names as they are, but for those typed now."""
    known = tracked_already(db, one.place)
    if known is None:
        known = places.add(db, one.place, everywhere=False, now=since)
    elif one.others:
        places.add_names(db, known.id, map(given, one.others))
    now = places.by_ids(db, [known.id])[known.id]
    new = places.watch(db, chat_id, now.id, since=since, topic=topic)
    before = {name.text for name in known.names if name.active}
    added = [name.text for name in now.names if name.active and name.text not in before]
    return replies.watching(now, new=new, added=added, t=t)


def _question(plan: Plan, lines: tuple[str, ...], number: int, page: int = 0, *, t: Words = ENGLISH) -> Reply:
    """What a member is to decide next, below what was decided; `lines` are how the place on trial has done."""
    head = [watch.progress(plan.total, [names[0] for names in plan.waiting], t=t)] if plan.total > 1 else []
    if plan.place is None:
        question = watch.which(plan.typed, borne=plan.borne, t=t)
        return Reply(
            html=watch.after(plan.done, [*head, question], t=t), buttons=_choices(plan, number, page, t=t)
        )
    buttons = (
        Shown(t("Watch"), data("watch.yes", number, plan.step)),
        Shown(t("Names…"), data("watch.names", number, plan.step, 0)),
        Shown(t("Cancel"), data("watch.no", number, plan.step)),
    )
    return Reply(html=watch.after(plan.done, [*head, *lines], t=t), buttons=(buttons,))


def _choices(plan: Plan, number: int, page: int, *, t: Words = ENGLISH) -> Buttons:
    here, page, pages = paging.part(plan.choices, page, _PER_PAGE)
    rows: list[tuple[Shown, ...]] = [
        (Shown(words, data("watch.pick", number, plan.step, place_id)),) for place_id, words in here
    ]
    if pages > 1:
        rows.append(paging.turn(page, pages, lambda at: data("watch.page", number, plan.step, at)))
    rows.append((Shown(watch.as_typed(plan.typed, t=t), data("watch.own", number, plan.step)),))
    rows.append((Shown(t("Cancel"), data("watch.no", number, plan.step)),))
    return tuple(rows)


async def _opened(room: Room, press: Press, arguments: list[str]) -> tuple[int, Plan]:
    """The plan that a button belongs to, where it is still to be decided."""
    number, step = int(arguments[0]), int(arguments[1])
    text = await room.store.read(drafts.read, press.chat_id, number, "watch", since=room.now() - _PATIENCE)
    plan = Plan.from_json(text)
    if plan.step != step:
        raise Mendable(room.t("That was decided already."))
    return number, plan


def _go_on(press: Press, number: int, ahead: _Ahead, toast: str, *, t: Words = ENGLISH) -> PressEffect:
    """The message shows what comes next."""

    def effect(db: sqlite3.Connection) -> Outcome:
        plan = _watch_ready(db, press.chat_id, ahead, since=press.at, t=t)
        if not plan.open:
            drafts.drop(db, number)
            page = Reply(html=replies.fit(plan.done, t=t))
        else:
            drafts.change(db, number, plan.to_json())
            page = _question(plan, ahead.lines, number, t=t)
        return Outcome(toast=toast, page=page, changed=Changed.PLACES)

    return effect


async def _pick(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number, plan = await _opened(room, press, arguments)
    wanted = int(arguments[2])
    settlement = (await room.tracking.gazetteer()).by_id(wanted)
    if settlement is None or wanted not in dict(plan.choices):
        raise KeyError(wanted)
    plan = replace(plan, step=plan.step + 1, choices=())
    ahead = await _look(room, plan, place_of(settlement, plan.others))
    return _go_on(press, number, ahead, room.t("{settlement} it is.", settlement=settlement.name), t=room.t)


async def _own(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number, plan = await _opened(room, press, arguments)
    name, _ = with_region(plan.typed)
    place = own_place(name, [n for n in plan.others if n.casefold() != name.casefold()])
    ahead = await _look(room, replace(plan, step=plan.step + 1, choices=()), place)
    return _go_on(press, number, ahead, room.t("{name}, as typed.", name=name), t=room.t)


async def _page(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number, plan = await _opened(room, press, arguments)
    return lambda _: Outcome(page=_question(plan, (), number, int(arguments[2]), t=room.t))


async def _yes(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number, plan = await _opened(room, press, arguments)
    place = plan.place
    if place is None:
        raise KeyError(number)
    if not any(name.active for name in place.names):
        raise Mendable(room.t("Every name is off. Switch one on, or cancel."))
    # It may have been added since it was tried: then it is watched as it is there.
    known = await room.store.read(tracked_already, place)
    ahead = await _look(room, plan.settled())
    note = "" if known is None else watch.known_already(known, t=room.t)
    ahead = replace(ahead, ready=(_Ready(place, plan.others, note), *ahead.ready))
    return _go_on(press, number, ahead, room.t("Watching {place}", place=place.name), t=room.t)


async def _no(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number, plan = await _opened(room, press, arguments)
    name = plan.place.name if plan.place is not None else plan.typed
    ahead = await _look(room, plan.settled(watch.cancelled(name, t=room.t)))
    return _go_on(press, number, ahead, room.t("{name} is not watched.", name=name), t=room.t)


async def _names(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number, plan = await _opened(room, press, arguments)
    return lambda _: Outcome(page=_names_page(plan, number, int(arguments[2]), t=room.t))


async def _name(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number, plan = await _opened(room, press, arguments)
    at, page = int(arguments[2]), int(arguments[3])
    if plan.place is None:
        raise KeyError(number)
    name = plan.place.names[at]
    plan = plan.use_name(name.text, active=not name.active)

    def effect(db: sqlite3.Connection) -> Outcome:
        drafts.change(db, number, plan.to_json())
        words = f"{name.text}: {'off' if name.active else 'on'}"
        return Outcome(toast=words, page=_names_page(plan, number, page, t=room.t))

    return effect


async def _tried(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    """Back from the names: tried again, with those that are on."""
    number, plan = await _opened(room, press, arguments)
    if plan.place is None:
        raise KeyError(number)
    _, lines = await _try(room, plan.place)
    return lambda _: Outcome(page=_question(plan, lines, number, t=room.t))


def _names_page(plan: Plan, number: int, page: int, *, t: Words = ENGLISH) -> Reply:
    if plan.place is None:
        raise KeyError(number)
    here, page, pages = paging.part(list(enumerate(plan.place.names)), page, _PER_PAGE)
    buttons = [
        Shown(f"{watch.switch(name.active)} {name.text}", data("watch.name", number, plan.step, at, page))
        for at, name in here
    ]
    rows = list(paging.rows(buttons, 2))
    if pages > 1:
        rows.append(paging.turn(page, pages, lambda at: data("watch.names", number, plan.step, at)))
    rows.append((Shown(t("◀ Back"), data("watch.tried", number, plan.step)),))
    html = watch.names_page(
        plan.place, [name for _, name in here], plan.fired, t("Press one to switch it on or off."), t=t
    )
    return Reply(html=html, buttons=tuple(rows))


COMMANDS: Final = {"watch": Command(run=_watch, edits=True, question=partial(replies.missing, "watch"))}
BUTTONS: Final[dict[str, Button]] = {
    "watch.pick": Button(run=_pick, edits=True),
    "watch.own": Button(run=_own, edits=True),
    "watch.page": Button(run=_page, edits=True),
    "watch.yes": Button(run=_yes, edits=True),
    "watch.no": Button(run=_no, edits=True),
    "watch.names": Button(run=_names, edits=True),
    "watch.name": Button(run=_name, edits=True),
    "watch.tried": Button(run=_tried, edits=True),
}
