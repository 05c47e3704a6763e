"""The one place where what members type and press takes effect.

An effect, its place in the audit and its answer commit together, keyed by (chat, message id) or by the press's
query id, so that what Telegram delivers twice acts once.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection
from dataclasses import replace
from html import escape

from bot.alerts.excerpt import on_one_line
from bot.commands import replies
from bot.commands.parse import parse
from bot.desk import dialogue
from bot.desk.registry import BUTTONS, COMMANDS, QUESTIONS
from bot.desk.room import Changed, Effect, Outcome, PressEffect, Reply, Room, say, toast
from bot.errors import Busy, Mendable, Refused, Unavailable, said
from bot.incoming import Incoming, Press
from bot.languages import Words
from storage import audit, chats, owed
from storage.database import StorageError
from storage.records import OwedKind, Wanted

log = logging.getLogger(__name__)

# What a button named is not there any more, or never was: its data come from outside.
_TOAST = 200  # characters, as Telegram takes them
_GONE = (ValueError, IndexError, KeyError, OverflowError)


class _Twice(Exception):
    """The same message or press came twice at once; the other one has acted."""


class Desk:
    """Hears what members do, one after another in each chat."""

    def __init__(self, room: Room, *, admins: Collection[int] = (), everyone_may_edit: bool = False) -> None:
        """`admins` may change things in every chat, besides each chat's own administrators."""
        self._room = room
        self._admins = frozenset(admins)
        self._everyone_may_edit = everyone_may_edit

    async def handle(self, incoming: Incoming) -> None:
        """Carry out a command, or a reply to a question of ours, once, and owe its answer."""
        room = await self._speaking(incoming.chat_id)
        if await room.store.read(audit.is_done, incoming.chat_id, incoming.message_id):
            return
        act = self._effect
        if incoming.text.startswith("/"):
            command = parse(incoming.text)
            name, argument = command.name, command.argument
        else:
            asked = await dialogue.answered(room, incoming)
            if asked is None:
                return  # people talk to each other
            name, argument = asked, " ".join(incoming.text.split())
            if ":" in asked:
                act = self._answer
        try:
            effect = await act(room, name, argument, incoming)
        except (Mendable, Busy, Unavailable, Refused) as problem:
            effect = say(_problem(name, problem, room.t))
        try:
            changed = await room.store.write(self._act, incoming, name, effect)
        except _Twice:
            return
        except StorageError as problem:
            log.error("command not carried out command=%s problem=%s", name, problem)
            await room.outside.tell_now(
                incoming.chat_id, replies.archive_shut(str(problem), t=room.t), incoming.message_id
            )
            return
        except sqlite3.Error:
            # A slip of ours in one command: nothing of it is kept, but its member is not left without an answer.
            log.exception("command failed command=%s", name)
            changed = await room.store.write(self._act, incoming, name, say(replies.failed(t=room.t)))
        await self._tell_the_house(changed)

    async def _speaking(self, chat_id: int) -> Room:
        """The room, in the language of a chat."""
        room = self._room
        return replace(room, t=room.languages.of(await room.store.read(chats.language, chat_id)))

    async def _effect(self, room: Room, name: str, argument: str, incoming: Incoming) -> Effect:
        """What the command is to do, with everything slow or uncertain already done."""
        command = COMMANDS.get(name)
        if command is None:
            return say(replies.unknown(name, t=room.t))
        edits = command.edits and argument.casefold() not in command.looks
        if edits and not await self._may_edit(incoming.chat_id, incoming.sender_id):
            return say(replies.not_allowed(t=room.t))
        if command.question is not None and not argument:
            missing = command.question(room.t)
            return lambda _: Reply(html=missing, ask=name)
        return await command.run(room, incoming, argument)

    async def _answer(self, room: Room, name: str, argument: str, incoming: Incoming) -> Effect:
        """What the answer to a question of a button's is to do; the question's context is our own, never typed."""
        asked, _, context = name.partition(":")
        question = QUESTIONS[asked]
        if question.edits and not await self._may_edit(incoming.chat_id, incoming.sender_id):
            return say(replies.not_allowed(t=room.t))
        return await question.run(room, incoming, context.split("|"), argument)

    async def _may_edit(self, chat_id: int, sender_id: int) -> bool:
        if self._everyone_may_edit or sender_id in self._admins:
            return True
        return await self._room.outside.is_admin(chat_id, sender_id)

    def _act(self, db: sqlite3.Connection, incoming: Incoming, name: str, effect: Effect) -> Changed:
        room = self._room
        if audit.is_done(db, incoming.chat_id, incoming.message_id):
            raise _Twice
        chats.know(db, incoming.chat_id, now=room.now())
        dialogue.end(db, incoming)
        reply = effect(db)
        audit.record(
            db,
            at=room.now(),
            actor=f"{incoming.sender_name} ({incoming.sender_id})",
            command=(incoming.text if incoming.text.startswith("/") else f"/{name} {incoming.text}")[:1000],
            outcome=reply.html,
            chat_id=incoming.chat_id,
            message_id=incoming.message_id,
        )
        wanted = Wanted(
            chat_id=incoming.chat_id,
            subject=f"command:{incoming.message_id}",
            html=reply.html,
            kind=OwedKind.ANSWER,
            buttons=reply.buttons,
            topic=incoming.topic,
            ask=reply.ask is not None,
            attachment=reply.attachment,
        )
        row = owed.owe(db, wanted, now=room.now(), reply_to=incoming.message_id)
        if reply.ask is not None and row is not None:
            dialogue.begin(db, incoming.chat_id, incoming.sender_id, reply.ask, row, now=room.now())
        return reply.changed

    async def press(self, press: Press) -> None:
        """Carry out a press of a button, once, and tell the one who pressed."""
        room = await self._speaking(press.chat_id)
        if await room.store.read(audit.is_pressed, press.query_id):
            return
        verb, *arguments = press.data.split("|")
        button = BUTTONS.get(verb)
        try:
            if button is None:
                effect = toast(room.t("This button is of an older version; send the command again."))
            elif button.edits and not await self._may_edit(press.chat_id, press.sender_id):
                effect = toast(room.t("Only administrators of this chat may do that."))
            else:
                effect = await button.run(room, press, arguments)
        except (Mendable, Busy, Unavailable, Refused) as problem:
            log.warning("press failed data=%s problem=%s", press.data, problem)
            effect = toast(said(problem, room.t))
        except _GONE as problem:
            log.info("press has nothing to act on data=%s problem=%r", press.data, problem)
            effect = _nothing_left(room)
        try:
            outcome = await self._carry_out(room, press, effect)
        except _Twice:
            return
        except StorageError as problem:
            log.error("press not carried out data=%s problem=%s", press.data, problem)
            shut = on_one_line(room.t("Nothing can be kept just now. {problem}", problem=problem), _TOAST)
            await room.outside.answer_press(press.query_id, shut)
            return
        words = None if outcome.toast is None else on_one_line(outcome.toast, _TOAST)
        await room.outside.answer_press(press.query_id, words)
        await self._tell_the_house(outcome.changed)

    async def _carry_out(self, room: Room, press: Press, effect: PressEffect) -> Outcome:
        """Have the effect kept; where it can't be, only its reason is, and nothing of it."""
        write = self._room.store.write
        try:
            return await write(self._act_on_press, press, effect)
        except Mendable as problem:
            return await write(self._act_on_press, press, toast(problem.said(room.t)))
        except _GONE as problem:
            log.info("press has nothing to act on data=%s problem=%r", press.data, problem)
            return await write(self._act_on_press, press, _nothing_left(room))

    def _act_on_press(self, db: sqlite3.Connection, press: Press, effect: PressEffect) -> Outcome:
        room = self._room
        if audit.is_pressed(db, press.query_id):
            raise _Twice
        audit.press(db, press.query_id, at=room.now())
        outcome = effect(db)
        audit.record(
            db,
            at=room.now(),
            actor=f"{press.sender_name} ({press.sender_id})",
            command=f"[{press.data}] on message {press.message_id} of chat {press.chat_id}",
            outcome=outcome.toast or "",
        )
        if outcome.page is not None:
            owed.show(
                db, press.chat_id, press.message_id, html=outcome.page.html, buttons=outcome.page.buttons
            )
        if outcome.say is not None:
            pressed = owed.by_message(db, press.chat_id, press.message_id)
            wanted = Wanted(
                chat_id=press.chat_id,
                subject=f"press:{press.query_id}",
                html=outcome.say.html,
                kind=OwedKind.ANSWER,
                buttons=outcome.say.buttons,
                topic=pressed.topic if pressed else None,
                ask=outcome.say.ask is not None,
                attachment=outcome.say.attachment,
            )
            row = owed.owe(db, wanted, now=room.now(), reply_to=press.message_id)
            if outcome.say.ask is not None and row is not None:
                dialogue.begin(db, press.chat_id, press.sender_id, outcome.say.ask, row, now=room.now())
        return outcome

    async def _tell_the_house(self, changed: Changed) -> None:
        if Changed.PLACES in changed:
            await self._room.tracking.refresh()
        if Changed.CHANNELS in changed:
            await self._room.outside.changed_channels()
        self._room.outside.on_owed()


def _nothing_left(room: Room) -> PressEffect:
    return toast(room.t("This button has nothing to act on any more."))  # what it named is gone


def _problem(name: str, problem: Exception, t: Words) -> str:
    if isinstance(problem, Mendable):
        return f"⚠ {escape(problem.said(t))}"
    log.warning("command failed command=%s problem=%s", name, problem)
    return t("⚠ Telegram did not answer as hoped: {problem}. Try again later.", problem=escape(str(problem)))
