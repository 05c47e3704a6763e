"""One place's page in /places: its names, and how this chat wants to be told about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.commands import place_page, watch
from bot.commands.place_page import CONFIDENCES, FOREVER, KINDS, chosen
from bot.commands.replies import counted
from bot.desk import paging
from bot.desk.room import Button, Changed, Command, Outcome, PressEffect, Reply, Room, data
from bot.errors import Mendable
from bot.incoming import Press
from bot.languages import ENGLISH, N_, Words
from storage import channels, owed, places
from storage.records import Button as Shown
from storage.records import Delivery, MentionKind, Place, Watch

_PER_PAGE = 8
_LONGEST = 24  # characters of a name on a button
_MUTES: Final = {"1 h": timedelta(hours=1), "8 h": timedelta(hours=8), "1 d": timedelta(days=1), "∞": None}
_SHARED = N_(
    "Names are shared by all chats. Press one to switch it on or off; older posts are examined again."
)


async def _open(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, back = int(arguments[0]), arguments[1]
    return lambda db: Outcome(page=_page(room, db, press, place_id, back))


def _watched(
    db: sqlite3.Connection, chat_id: int, place_id: int, *, t: Words = ENGLISH
) -> tuple[Place, Watch]:
    """A place and how the chat watches it; Mendable where it does not any more."""
    wish = places.watch_of(db, chat_id, place_id)
    if wish is None:
        raise Mendable(t("It is not watched here any more: /places"))
    return places.by_ids(db, [place_id])[place_id], wish


def _page(room: Room, db: sqlite3.Connection, press: Press, place_id: int, back: str) -> Reply:
    place, wish = _watched(db, press.chat_id, place_id, t=room.t)
    topic = _topic_of(db, press)
    wrong = place_page.misfiring(place, places.misfires(db, place_id))
    html = place_page.page(
        place,
        wish,
        min_confidence=room.min_confidence,
        channels=channels.followed(db),
        topic=topic,
        wrong=wrong,
        zone=room.zone,
        now=room.now(),
        t=room.t,
    )
    used = sum(name.active for name in place.names)
    only = "all" if wish.channels is None else str(len(wish.channels))

    def button(words: str, verb: str, *values: object) -> Shown:
        return Shown(words, data(f"place.{verb}", place_id, *values, back))

    kinds = [
        button(f"{watch.switch(wish.kinds is None or kind in wish.kinds)} {kind}", "kind", kind)
        for kind in KINDS
    ]
    rows = [
        *(
            (button(place_page.stop_using(name, t=room.t), "drop", name_id(place, name)),)
            for name, _, _ in wrong
        ),
        (
            button(room.t("Names {used}/{names}", used=used, names=len(place.names)), "names", 0),
            button(room.t("Channels: {only}", only=only), "channels", 0),
        ),
        tuple(
            button(chosen(f"≥ {sure:g}".replace("0.", "."), wish.min_confidence == sure), "sure", sure)
            for sure in CONFIDENCES
        ),
        tuple(kinds[:3]),
        tuple(kinds[3:]),
        *paging.rows(
            [
                button(chosen(place_page.delivery(how, t=room.t), wish.delivery is how), "tell", how)
                for how in Delivery
            ],
            2,
        ),
    ]
    if place_page.muted_until(wish, room.zone, room.now(), t=room.t) is None:
        rows.append(tuple(button(f"🔕 {words}", "mute", words) for words in _MUTES))
    else:
        rows.append((button(room.t("🔔 Unmute"), "mute", "off"),))
    if topic is not None and wish.topic != topic:
        rows.append((button(room.t("Alerts into this topic"), "topic", "here"),))
    if wish.topic is not None:
        rows.append((button(room.t("Alerts into General"), "topic", "general"),))
    view, page, argument = back.split(".", 2)
    rows.append((button(room.t("❌ Stop"), "x"), Shown(room.t("◀ Back"), data("page", view, page, argument))))
    return Reply(html=html, buttons=tuple(rows))


def _topic_of(db: sqlite3.Connection, press: Press) -> int | None:
    """The forum topic in which the pressed message stands."""
    pressed = owed.by_message(db, press.chat_id, press.message_id)
    return None if pressed is None else pressed.topic


def name_id(place: Place, text: str) -> int:
    """The row of a name that is in use."""
    return next(name.id for name in place.names if name.text == text and name.active)


def _setting(
    room: Room,
    press: Press,
    place_id: int,
    back: str,
    change: Callable[[Watch], Watch],
    words: Callable[[Watch], str],
) -> PressEffect:
    """Change how the chat wants to be told about a place, and show the place's page anew."""

    def effect(db: sqlite3.Connection) -> Outcome:
        place, wish = _watched(db, press.chat_id, place_id, t=room.t)
        changed = change(wish)
        places.change_watch(db, changed)
        return Outcome(toast=f"{place.name}: {words(changed)}", page=_page(room, db, press, place_id, back))

    return effect


async def _sure(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, sure, back = int(arguments[0]), float(arguments[1]), arguments[2]

    def change(wish: Watch) -> Watch:
        return replace(wish, min_confidence=None if wish.min_confidence == sure else sure)

    def words(wish: Watch) -> str:
        return room.t(
            "smallest confidence {rest}",
            rest=room.t("as everywhere") if wish.min_confidence is None else f"{sure:g}",
        )

    return _setting(room, press, place_id, back, change, words)


async def _kind(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, kind, back = int(arguments[0]), MentionKind(arguments[1]), arguments[2]

    def change(wish: Watch) -> Watch:
        left = frozenset(wish.kinds if wish.kinds is not None else KINDS) ^ {kind}
        if not left:
            raise Mendable(
                room.t("One kind must stay. To be told nothing, mute the place or stop watching it.")
            )
        return replace(wish, kinds=None if left == frozenset(KINDS) else left)

    def words(wish: Watch) -> str:
        if wish.kinds is None or kind in wish.kinds:
            return room.t("{kind} counts", kind=kind)
        return room.t("{kind} no longer counts", kind=kind)

    return _setting(room, press, place_id, back, change, words)


async def _tell(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, how, back = int(arguments[0]), Delivery(arguments[1]), arguments[2]
    return _setting(room, press, place_id, back, lambda wish: replace(wish, delivery=how), lambda _: how)


async def _mute(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, words, back = int(arguments[0]), arguments[1], arguments[2]
    until = None
    if words != "off":
        span = _MUTES[words]
        until = datetime(FOREVER, 1, 1, tzinfo=UTC) if span is None else room.now() + span
    said = (
        "unmuted"
        if until is None
        else room.t("muted {words}", words=words if words != "∞" else room.t("until you unmute it"))
    )
    return _setting(
        room, press, place_id, back, lambda wish: replace(wish, muted_until=until), lambda _: said
    )


async def _topic(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, where, back = int(arguments[0]), arguments[1], arguments[2]

    def effect(db: sqlite3.Connection) -> Outcome:
        place, wish = _watched(db, press.chat_id, place_id, t=room.t)
        topic = _topic_of(db, press) if where == "here" else None
        places.change_watch(db, replace(wish, topic=topic))
        words = room.t("alerts go into this topic") if topic is not None else room.t("alerts go into General")
        return Outcome(toast=f"{place.name}: {words}", page=_page(room, db, press, place_id, back))

    return effect


async def _names(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, page, back = int(arguments[0]), int(arguments[1]), arguments[2]
    return lambda db: Outcome(page=_names_page(db, press.chat_id, place_id, page, back, t=room.t))


def _names_page(
    db: sqlite3.Connection, chat_id: int, place_id: int, page: int, back: str, *, t: Words = ENGLISH
) -> Reply:
    place, _ = _watched(db, chat_id, place_id, t=t)
    shown, page, pages = paging.part(place.names, page, _PER_PAGE)
    buttons = [
        Shown(
            f"{watch.switch(name.active)} {name.text[:_LONGEST]}",
            data("place.name", place_id, name.id, page, back),
        )
        for name in shown
    ]
    rows = list(paging.rows(buttons, 2))
    if pages > 1:
        rows.append(paging.turn(page, pages, lambda at: data("place.names", place_id, at, back)))
    rows.append((Shown(t("◀ Back"), data("place", place_id, back)),))
    return Reply(html=watch.names_page(place, shown, {}, t(_SHARED), t=t), buttons=tuple(rows))


def _use(db: sqlite3.Connection, place: Place, name_id: int, *, active: bool, t: Words = ENGLISH) -> str:
    """Switch a name; the toast that says so. One name must stay."""
    name = {n.id: n for n in place.names}[name_id]
    if not active and not any(n.active for n in place.names if n.id != name_id):
        raise Mendable(t("One name must stay on. To be told nothing, mute the place or stop watching it."))
    places.use_name(db, name_id, active=active)
    return f"{name.text}: {'on' if active else 'off'}"


async def _name(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, name_id, page, back = int(arguments[0]), int(arguments[1]), int(arguments[2]), arguments[3]

    def effect(db: sqlite3.Connection) -> Outcome:
        place, _ = _watched(db, press.chat_id, place_id, t=room.t)
        known = {name.id: name for name in place.names}
        words = _use(db, place, name_id, active=not known[name_id].active, t=room.t)
        shown = _names_page(db, press.chat_id, place_id, page, back, t=room.t)
        return Outcome(toast=words, page=shown, changed=Changed.PLACES)

    return effect


async def _drop(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, name_id, back = int(arguments[0]), int(arguments[1]), arguments[2]

    def effect(db: sqlite3.Connection) -> Outcome:
        place, _ = _watched(db, press.chat_id, place_id, t=room.t)
        words = _use(db, place, name_id, active=False, t=room.t)
        shown = _page(room, db, press, place_id, back)
        return Outcome(toast=words, page=shown, changed=Changed.PLACES)

    return effect


async def _channels(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, page, back = int(arguments[0]), int(arguments[1]), arguments[2]
    return lambda db: Outcome(page=_channels_page(db, press.chat_id, place_id, page, back, t=room.t))


def _channels_page(
    db: sqlite3.Connection, chat_id: int, place_id: int, page: int, back: str, *, t: Words = ENGLISH
) -> Reply:
    place, wish = _watched(db, chat_id, place_id, t=t)
    known = channels.followed(db)
    shown, page, pages = paging.part(known, page, _PER_PAGE)
    chosen_now = wish.channels or frozenset()
    buttons = [
        Shown(
            f"{watch.switch(channel.id in chosen_now)} {channel.name[:_LONGEST]}",
            data("place.only", place_id, channel.id, page, back),
        )
        for channel in shown
    ]
    rows = list(paging.rows(buttons, 2))
    if pages > 1:
        rows.append(paging.turn(page, pages, lambda at: data("place.channels", place_id, at, back)))
    if wish.channels is not None:
        rows.append((Shown(t("Every channel"), data("place.only", place_id, 0, page, back)),))
    rows.append((Shown(t("◀ Back"), data("place", place_id, back)),))
    return Reply(html=place_page.channels_page(place, wish, known, t=t), buttons=tuple(rows))


async def _only(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    place_id, channel_id, page, back = int(arguments[0]), int(arguments[1]), int(arguments[2]), arguments[3]

    def effect(db: sqlite3.Connection) -> Outcome:
        place, wish = _watched(db, press.chat_id, place_id, t=room.t)
        left = (wish.channels or frozenset()) ^ {channel_id} if channel_id else frozenset()
        places.change_watch(db, replace(wish, channels=left or None))
        words = (
            room.t(
                "{place}: only {counted}", place=place.name, counted=counted(len(left), "channel", t=room.t)
            )
            if left
            else room.t("{place}: every channel", place=place.name)
        )
        return Outcome(toast=words, page=_channels_page(db, press.chat_id, place_id, page, back, t=room.t))

    return effect


BUTTONS: Final[dict[str, Button]] = {
    "place": Button(run=_open, edits=True),
    "place.sure": Button(run=_sure, edits=True),
    "place.kind": Button(run=_kind, edits=True),
    "place.tell": Button(run=_tell, edits=True),
    "place.mute": Button(run=_mute, edits=True),
    "place.topic": Button(run=_topic, edits=True),
    "place.names": Button(run=_names, edits=True),
    "place.name": Button(run=_name, edits=True),
    "place.drop": Button(run=_drop, edits=True),
    "place.channels": Button(run=_channels, edits=True),
    "place.only": Button(run=_only, edits=True),
}
COMMANDS: Final[dict[str, Command]] = {}
