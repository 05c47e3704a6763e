"""/digest, /quiet, /mute, /updates, /pause, /resume: when a chat is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from bot import ledger
from bot.alerts.digest import digest
from bot.alerts.hours import is_quiet, next_clock
from bot.commands import hours
from bot.desk import paging
from bot.desk.room import Button as Pressed
from bot.desk.room import Changed, Command, Effect, Outcome, PressEffect, Reply, Room, data
from bot.incoming import Incoming, Press
from storage import chats, health, places, told
from storage import digest as figures
from storage.records import Button, Buttons, Chat, Quiet

_DAY = timedelta(days=1)
Change = Callable[[sqlite3.Connection, Chat, datetime], None]


async def _digest(room: Room, incoming: Incoming, argument: str) -> Effect:
    asked = argument.casefold()
    if asked in hours.NOW:
        reply = await _digest_until_now(room, incoming.chat_id)
        return lambda _: reply
    if not asked:
        return _changing(room, incoming, _nothing, _digest_state)
    if asked in hours.OFF:
        return _changing(room, incoming, _digest_off, _digest_state)
    return _changing(room, incoming, _digest_at(hours.digest_time(argument, t=room.t)), _digest_state)


async def _digest_until_now(room: Room, chat_id: int) -> Reply:
    """The first page; read beside the writer, since a large archive takes a while."""
    until = int(room.now().timestamp()) + 1  # what was said in this very second too
    return await room.store.read(lambda db: paging.show(room, db, chat_id, "digest", str(until)))


@paging.view("digest")
def _digest_page(
    room: Room, db: sqlite3.Connection, chat_id: int, argument: str, page: int
) -> tuple[Reply, int]:
    """The day up to a second, which the argument names: turning pages shows one and the same digest."""
    until = datetime.fromtimestamp(int(argument), UTC)
    watches = [watch for watch in places.watches(db) if watch.chat_id == chat_id]
    found = figures.gather(db, watches, until - _DAY, until, min_confidence=room.min_confidence)
    beside = ledger.read(
        db,
        watches,
        until - _DAY,
        until,
        room.claims,
        room.zone,
        until,
        min_confidence=room.min_confidence,
        t=room.t,
    )
    messages = digest(found, room.zone, beside=beside, t=room.t)
    return Reply(html=messages[min(page, len(messages) - 1)]), len(messages)


def _digest_at(clock: str | None) -> Change:
    def change(db: sqlite3.Connection, chat: Chat, now: datetime) -> None:
        at = clock or chat.digest_at or hours.DAILY
        if at != chat.digest_at:
            chats.change(db, chat.id, digest_at=at, digest_since=now)

    return change


def _digest_off(db: sqlite3.Connection, chat: Chat, _: datetime) -> None:
    chats.change(db, chat.id, digest_at=None)


def _digest_state(room: Room, db: sqlite3.Connection, chat: Chat) -> Reply:
    html = hours.digest_state(chat, told.digest_days(db, chat.id), room.now(), room.zone, t=room.t)
    times = [at for at in (hours.DAILY, "20:00") if at != chat.digest_at]
    rows: Buttons = (
        (Button(room.t("Read one now"), data("digest-now")),),
        tuple(Button(room.t("Daily {at}", at=at), data("hours", "digest", at)) for at in times),
    )
    if chat.digest_at is not None:
        rows = (*rows, (Button(room.t("Off"), data("hours", "digest", "off")),))
    return Reply(html=html, buttons=rows)


async def _quiet(room: Room, incoming: Incoming, argument: str) -> Effect:
    if not argument:
        return _changing(room, incoming, _nothing, _quiet_state)
    if argument.casefold() in hours.OFF:
        return _changing(room, incoming, _set_quiet(room, None, None, None), _quiet_state)
    if argument.casefold() in set(Quiet):
        return _changing(room, incoming, _set_how(room, Quiet(argument.casefold())), _quiet_state)
    return _changing(room, incoming, _set_quiet(room, *hours.quiet_hours(argument, t=room.t)), _quiet_state)


def _set_quiet(room: Room, begin: str | None, end: str | None, how: Quiet | None) -> Change:
    def change(db: sqlite3.Connection, chat: Chat, now: datetime) -> None:
        if is_quiet(chat, now, room.zone):  # what was held until now comes as one summary
            chats.release(db, chat.id, now=now)
        meant = how or chat.quiet_how or Quiet.HOLD
        chats.change(db, chat.id, quiet_from=begin, quiet_to=end, quiet_how=meant)

    return change


def _set_how(room: Room, how: Quiet) -> Change:
    def change(db: sqlite3.Connection, chat: Chat, now: datetime) -> None:
        begin, end = (chat.quiet_from, chat.quiet_to) if chat.quiet_from is not None else hours.NIGHT
        _set_quiet(room, begin, end, how)(db, chat, now)

    return change


def _quiet_state(room: Room, _: sqlite3.Connection, chat: Chat) -> Reply:
    rows: list[tuple[Button, ...]] = []
    if chat.quiet_from is None:
        rows.append(tuple(_quiet_button(*night) for night in (hours.NIGHT, ("22:00", "08:00"))))
    else:
        words = {
            Quiet.HOLD: room.t("Hold"),
            Quiet.SILENT: room.t("Without a sound"),
            Quiet.URGENT: room.t("Urgent only"),
        }
        rows.append(
            tuple(
                Button(name, data("hours", "how", how))
                for how, name in words.items()
                if how is not chat.quiet_how
            )
        )
        rows.append((Button(room.t("Off"), data("hours", "quiet", "off")),))
    return Reply(html=hours.quiet_state(chat, room.now(), room.zone, t=room.t), buttons=tuple(rows))


def _quiet_button(begin: str, end: str) -> Button:
    return Button(f"{begin}–{end}", data("hours", "quiet", begin, end))


async def _mute(room: Room, incoming: Incoming, argument: str) -> Effect:
    if not argument:
        return _changing(room, incoming, _nothing, _mute_state)
    if argument.casefold() in hours.OFF:
        return _changing(room, incoming, _unmute, _mute_state)
    until = hours.mute_until(argument, room.now(), room.zone, t=room.t)
    return _changing(room, incoming, _mute_until(until), _mute_state)


def _mute_until(until: datetime) -> Change:
    return lambda db, chat, _: chats.change(db, chat.id, muted_until=until)


def _unmute(db: sqlite3.Connection, chat: Chat, now: datetime) -> None:
    if chat.muted_until is not None and now < chat.muted_until:
        chats.release(db, chat.id, now=now)
        chats.change(db, chat.id, muted_until=None)


def _mute_state(room: Room, _: sqlite3.Connection, chat: Chat) -> Reply:
    now = room.now()
    rows: Buttons = (
        (
            Button("1 h", data("hours", "mute", 60)),
            Button("8 h", data("hours", "mute", 480)),
            Button(room.t("Until 08:00"), data("hours", "until", "08:00")),
        ),
    )
    if chat.muted_until is not None and now < chat.muted_until:
        rows = (*rows, (Button(room.t("Off"), data("hours", "mute", "off")),))
    return Reply(html=hours.mute_state(chat, now, room.zone, t=room.t), buttons=rows)


async def _updates(room: Room, incoming: Incoming, argument: str) -> Effect:
    if not argument:
        return _changing(room, incoming, _nothing, _updates_state)
    return _changing(room, incoming, _set_updates(hours.follow_ups(argument, t=room.t)), _updates_state)


def _set_updates(how: str) -> Change:
    return lambda db, chat, _: chats.change(db, chat.id, follow_ups=how)


def _updates_state(room: Room, __: sqlite3.Connection, chat: Chat) -> Reply:
    others = [(how, words) for how, words in hours.FOLLOW_UPS.items() if how != chat.follow_ups]
    row = tuple(Button(room.t(words), data("hours", "updates", how)) for how, words in others)
    return Reply(html=hours.updates_state(chat, t=room.t), buttons=(row,))


async def _pause(room: Room, incoming: Incoming, _: str) -> Effect:
    return lambda db: _paused(room, db, incoming.chat_id)


def _paused(room: Room, db: sqlite3.Connection, chat_id: int) -> Reply:
    chats.know(db, chat_id, now=room.now())
    news = chats.pause(db, chat_id, now=room.now())
    rows: Buttons = ((Button(room.t("▶ Resume"), data("hours", "resume")),),)
    return Reply(html=hours.paused(news=news, t=room.t), buttons=rows, changed=Changed.CHATS)


async def _resume(room: Room, incoming: Incoming, _: str) -> Effect:
    return lambda db: _resumed(room, db, incoming.chat_id)


def _resumed(room: Room, db: sqlite3.Connection, chat_id: int) -> Reply:
    chats.know(db, chat_id, now=room.now())
    waited = health.held_back(db, chat_id)
    news = chats.resume(db, chat_id, now=room.now())
    html = hours.resumed(chats.by_id(db, chat_id), room.now(), room.zone, news=news, waited=waited, t=room.t)
    return Reply(html=html, changed=Changed.CHATS)


State = Callable[[Room, sqlite3.Connection, Chat], Reply]


def _nothing(_: sqlite3.Connection, __: Chat, ___: datetime) -> None:
    """Only look."""


def _changing(room: Room, incoming: Incoming, change: Change, state: State) -> Effect:
    return lambda db: _changed(room, db, incoming.chat_id, change, state)


def _changed(room: Room, db: sqlite3.Connection, chat_id: int, change: Change, state: State) -> Reply:
    """Change how a chat is told; the answer is how that stands then."""
    now = room.now()
    chats.know(db, chat_id, now=now)
    change(db, chats.by_id(db, chat_id), now)
    reply = state(room, db, chats.by_id(db, chat_id))
    return Reply(html=reply.html, buttons=reply.buttons, changed=Changed.CHATS)


async def _press(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    what, *values = arguments
    if what == "resume":
        return lambda db: Outcome(page=_resumed(room, db, press.chat_id), changed=Changed.CHATS)
    change, state = _meant(room, what, values)
    return lambda db: Outcome(
        toast=room.t("Done."), page=_changed(room, db, press.chat_id, change, state), changed=Changed.CHATS
    )


def _meant(room: Room, what: str, values: list[str]) -> tuple[Change, State]:
    match what, values:
        case "digest", ["off"]:
            return _digest_off, _digest_state
        case "digest", [at]:
            return _digest_at(hours.digest_time(at, t=room.t)), _digest_state
        case "quiet", ["off"]:
            return _set_quiet(room, None, None, None), _quiet_state
        case "quiet", [begin, end]:
            return _set_quiet(room, *hours.quiet_hours(f"{begin}-{end}", t=room.t)), _quiet_state
        case "how", [how]:
            return _set_how(room, Quiet(how)), _quiet_state
        case "mute", ["off"]:
            return _unmute, _mute_state
        case "mute", [minutes]:
            return _mute_until(room.now() + timedelta(minutes=int(minutes))), _mute_state
        case "updates", [how]:
            return _set_updates(hours.follow_ups(how, t=room.t)), _updates_state
        case "until", [at]:
            return _mute_until(next_clock(at, room.now(), room.zone)), _mute_state
    raise ValueError(what)


async def _digest_now(room: Room, press: Press, _: list[str]) -> PressEffect:
    reply = await _digest_until_now(room, press.chat_id)
    return lambda _: Outcome(say=reply)


_LOOK: Final = frozenset({""})
COMMANDS: Final = {
    "digest": Command(run=_digest, edits=True, looks=_LOOK | hours.NOW),
    "quiet": Command(run=_quiet, edits=True, looks=_LOOK),
    "mute": Command(run=_mute, edits=True, looks=_LOOK),
    "updates": Command(run=_updates, edits=True, looks=_LOOK),
    "pause": Command(run=_pause, edits=True),
    "resume": Command(run=_resume, edits=True),
}
BUTTONS: Final = {
    "hours": Pressed(run=_press, edits=True),
    "digest-now": Pressed(run=_digest_now),
}
