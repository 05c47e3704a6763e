"""/label and one channel's page: who speaks there, on which side, how official, and who owns it."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.commands import channel_page, replies
from bot.commands.label import STANDINGS, checked, parse_labels
from bot.commands.place_page import chosen
from bot.desk import dialogue, paging
from bot.desk.channels import describe, find, still_followed
from bot.desk.room import (
    Button,
    Changed,
    Command,
    Effect,
    Outcome,
    PressEffect,
    Question,
    Reply,
    Room,
    asking,
    data,
)
from bot.desk.wishes import checked as priority_of
from bot.desk.wishes import set_priority
from bot.incoming import Incoming, Press
from storage import channels, joining
from storage.records import Button as Shown
from storage.records import Priority


async def _label(room: Room, incoming: Incoming, argument: str) -> Effect:
    typed = parse_labels(argument, t=room.t)

    def effect(db: sqlite3.Connection) -> Reply:
        if not typed.channel:
            return paging.show(room, db, incoming.chat_id, "channels")
        channel = find(db, typed.channel)
        if channel is None:
            return Reply(html=replies.not_followed(typed.channel, channels.followed(db), t=room.t))
        if not typed.said:
            return _page(room, db, channel.id, paging.mark("channels", 0))
        described = describe(db, channel.id, typed.said)
        return Reply(html=channel_page.labelled(described, t=room.t), changed=Changed.CHANNELS)

    return effect


async def _open(room: Room, _: Press, arguments: list[str]) -> PressEffect:
    channel_id, back = int(arguments[0]), arguments[1]
    return lambda db: Outcome(page=_page(room, db, channel_id, back))


def _page(room: Room, db: sqlite3.Connection, channel_id: int, back: str) -> Reply:
    channel = still_followed(db, channel_id, t=room.t)
    standings = [
        Shown(
            chosen(room.t(standing), channel.standing == standing),
            data("channel.standing", channel_id, standing, back),
        )
        for standing in STANDINGS
    ]
    view, page, argument = back.split(".", 2)
    buttons = (
        (
            Shown(room.t("Who speaks…"), data("channel.ask", channel_id, "label")),
            Shown(room.t("Side…"), data("channel.ask", channel_id, "side")),
            Shown(room.t("Owner…"), data("channel.ask", channel_id, "owner")),
        ),
        *paging.rows(standings, 2),
        tuple(
            Shown(
                chosen(
                    room.t("{priority} priority", priority=room.t(priority.value)),
                    channel.priority is priority,
                ),
                data("channel.priority", channel_id, priority, back),
            )
            for priority in Priority
        ),
        (
            Shown(room.t("❌ Stop reading"), data("channel.x", channel_id, back)),
            Shown(room.t("◀ Back"), data("page", view, page, argument)),
        ),
    )
    return Reply(
        html=channel_page.page(
            channel, room.zone, room.now(), joining.by_channel(db).get(channel_id), t=room.t
        ),
        buttons=buttons,
    )


async def _standing(room: Room, _: Press, arguments: list[str]) -> PressEffect:
    channel_id, standing, back = int(arguments[0]), checked("standing", arguments[1], t=room.t), arguments[2]

    def effect(db: sqlite3.Connection) -> Outcome:
        channel = still_followed(db, channel_id, t=room.t)
        said = None if channel.standing == standing else standing
        describe(db, channel_id, {"standing": said})
        words = said or room.t("not said how official")
        return Outcome(
            toast=f"{channel.name}: {words}",
            page=_page(room, db, channel_id, back),
            changed=Changed.CHANNELS,
        )

    return effect


async def _priority(room: Room, _: Press, arguments: list[str]) -> PressEffect:
    channel_id, priority, back = int(arguments[0]), priority_of(arguments[1], t=room.t), arguments[2]

    def effect(db: sqlite3.Connection) -> Outcome:
        channel = set_priority(db, still_followed(db, channel_id, t=room.t).id, priority)
        return Outcome(
            toast=room.t(
                "{channel}: {priority} priority", channel=channel.name, priority=room.t(priority.value)
            ),
            page=_page(room, db, channel_id, back),
            changed=Changed.CHANNELS,
        )

    return effect


async def _ask(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    channel_id, name = int(arguments[0]), arguments[1]
    to = await dialogue.addressed(room, press)

    def effect(db: sqlite3.Connection) -> Outcome:
        channel = still_followed(db, channel_id, t=room.t)
        question = to + channel_page.question(name, channel, t=room.t)
        return Outcome(
            toast=room.t("Reply to my question below."),
            say=Reply(html=question, ask=asking("label", channel_id, name)),
        )

    return effect


async def _answered(room: Room, __: Incoming, context: list[str], answer: str) -> Effect:
    channel_id, name = int(context[0]), context[1]
    said = checked(name, answer, t=room.t)

    def effect(db: sqlite3.Connection) -> Reply:
        described = describe(db, channel_id, {name: said})
        return Reply(html=channel_page.labelled(described, t=room.t), changed=Changed.CHANNELS)

    return effect


COMMANDS: Final = {"label": Command(run=_label, edits=True)}
BUTTONS: Final[dict[str, Button]] = {
    "channel": Button(run=_open, edits=True),
    "channel.standing": Button(run=_standing, edits=True),
    "channel.priority": Button(run=_priority, edits=True),
    "channel.ask": Button(run=_ask, edits=True),
}
QUESTIONS: Final[dict[str, Question]] = {"label": Question(run=_answered, edits=True)}
