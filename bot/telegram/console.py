"""What members of the team chats type and press -> `Incoming`, `Press`; and what happens to those chats."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from telethon.tl import types
from telethon.utils import get_display_name, get_peer_id

from bot.incoming import Incoming, Press
from bot.telegram.connection import Connection
from bot.telegram.settling import Settling

log = logging.getLogger(__name__)

_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?P<rest>\s.*)?", re.DOTALL)

_FOR_GUESTS = frozenset({"/archive", "/start archive"})

_Work = Callable[[], Awaitable[None]]


class Console:
    """Hears commands, replies and presses in the chats that may give them; hands them on one by one, chat by chat.

    What Telegram delivers twice is handed on twice: whoever handles it knows it by its message or query id.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        chats: Iterable[int],
        handle: Callable[[Incoming], Awaitable[None]],
        press: Callable[[Press], Awaitable[None]],
        on_chat_change: Callable[[int, str], Awaitable[None]],
        on_move: Callable[[int, int], Awaitable[None]],
        guest: Callable[[Incoming], Awaitable[None]] | None = None,
    ) -> None:
        """`on_move` hears of a basic group that became a supergroup: its old and its new number.

        `guest` is handed what anybody at all asks for in private, if it is one of `_FOR_GUESTS`.
        """
        self._connection = connection
        self._chats = frozenset(chats)
        self._handle = handle
        self._press = press
        self._on_chat_change = on_chat_change
        self._on_move = on_move
        self._guest = guest
        self._waiting: dict[int, deque[_Work]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._settling = Settling(self._workers.values())
        connection.settled = self._settling.settled

    def refresh(self, chats: Iterable[int]) -> None:
        """Listen to these chats from now on."""
        self._chats = frozenset(chats)

    async def run(self) -> None:
        """Carry out until cancelled what is heard; then end what is under way."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._settling.drop()

    def on_update(self, update: object) -> None:
        """Take note of one update; quick, and never raises for an odd one."""
        if isinstance(update, types.UpdateNewMessage | types.UpdateNewChannelMessage):
            self._on_message(update.message, getattr(update, "_entities", {}))
        elif isinstance(update, types.UpdateShortChatMessage | types.UpdateShortMessage):
            self._on_short(update)
        elif isinstance(update, types.UpdateBotCallbackQuery):
            self._on_press(update, getattr(update, "_entities", {}))
        else:
            self._on_change(update)

    def _on_message(self, message: Any, entities: dict[int, Any]) -> None:
        peer = getattr(message, "peer_id", None)
        if peer is None:
            return
        chat_id = get_peer_id(peer)
        if not self._is_heard(chat_id, getattr(message, "message", None)):
            return
        if isinstance(message, types.MessageService):
            self._on_service(chat_id, message.action)
        elif isinstance(message, types.Message) and not message.out and message.fwd_from is None:
            # An anonymous administrator writes as the group itself.
            sender_id = get_peer_id(message.from_id) if message.from_id else chat_id
            name = get_display_name(entities.get(sender_id)) or message.post_author or str(sender_id)
            reply = message.reply_to if isinstance(message.reply_to, types.MessageReplyHeader) else None
            self._on_text(
                Incoming(
                    chat_id=chat_id,
                    message_id=message.id,
                    sender_id=sender_id,
                    sender_name=name,
                    text=message.message or "",
                    at=message.date or datetime.now(UTC),
                    reply_to=reply.reply_to_msg_id if reply else None,
                    topic=_topic(reply),
                )
            )

    def _on_short(self, update: Any) -> None:
        """Telegram's short form for plain texts in basic groups and private chats."""
        group = isinstance(update, types.UpdateShortChatMessage)
        chat_id = -update.chat_id if group else update.user_id
        sender_id = update.from_id if group else update.user_id
        if self._is_heard(chat_id, update.message) and not update.out and update.fwd_from is None:
            reply = update.reply_to if isinstance(update.reply_to, types.MessageReplyHeader) else None
            self._on_text(
                Incoming(
                    chat_id=chat_id,
                    message_id=update.id,
                    sender_id=sender_id,
                    sender_name=str(sender_id),
                    text=update.message or "",
                    at=update.date or datetime.now(UTC),
                    reply_to=reply.reply_to_msg_id if reply else None,
                )
            )

    def _is_heard(self, chat_id: int, text: str | None) -> bool:
        if chat_id in self._chats:
            return True
        return self._guest is not None and chat_id > 0 and (text or "").strip() in _FOR_GUESTS

    def _on_text(self, incoming: Incoming) -> None:
        """A command for us, or a reply to somebody's message: whether to ours, the desk knows."""
        if incoming.sender_id == self._connection.state.account_id:
            return
        command = self._addressed(incoming.text)
        if command is not None:
            incoming = replace(incoming, text=command)
        elif incoming.text.startswith("/") or not (incoming.reply_to or incoming.chat_id > 0):
            return
        handle = self._handle if incoming.chat_id in self._chats or self._guest is None else self._guest
        self._enqueue(incoming.chat_id, lambda: handle(incoming))

    def _on_press(self, update: Any, entities: dict[int, Any]) -> None:
        chat_id = get_peer_id(update.peer)
        if chat_id not in self._chats or update.data is None:
            return
        press = Press(
            query_id=update.query_id,
            chat_id=chat_id,
            message_id=update.msg_id,
            sender_id=update.user_id,
            sender_name=get_display_name(entities.get(update.user_id)) or str(update.user_id),
            data=update.data.decode("utf-8", "replace"),
            at=datetime.now(UTC),
        )
        self._enqueue(chat_id, lambda: self._press(press))

    def _addressed(self, text: str) -> str | None:
        """The command without our name; None where it is no command, or meant for another bot."""
        found = _COMMAND.fullmatch(text)
        if found is None:
            return None
        ours = (self._connection.state.account_name or "").casefold()
        if found["bot"] and found["bot"].casefold() != ours:
            return None
        return f"/{found['name']}{found['rest'] or ''}"

    def _on_service(self, chat_id: int, action: Any) -> None:
        me = self._connection.state.account_id
        if isinstance(action, types.MessageActionChatMigrateTo):
            new = int(get_peer_id(types.PeerChannel(action.channel_id)))
            self._enqueue(chat_id, lambda: self._on_move(chat_id, new))
        elif isinstance(action, types.MessageActionChatAddUser) and me in action.users:
            self._changed(chat_id, "the bot was added")
        elif isinstance(action, types.MessageActionChatDeleteUser) and me == action.user_id:
            self._changed(chat_id, "the bot was removed")

    def _on_change(self, update: object) -> None:
        me = self._connection.state.account_id
        if isinstance(update, types.UpdateChannelParticipant | types.UpdateChatParticipant):
            if update.user_id == me:
                chat_id = _chat_of(update)
                left = update.new_participant is None or bool(getattr(update.new_participant, "left", False))
                self._changed(chat_id, "the bot was removed" if left else "the bot's rights changed")
        elif isinstance(update, types.UpdateChatDefaultBannedRights):
            self._changed(get_peer_id(update.peer), "its members' permissions changed")
        elif isinstance(update, types.UpdateChannel | types.UpdateChat):
            self._changed(_chat_of(update), "it changed")
        elif isinstance(update, types.UpdateBotStopped):
            self._changed(update.user_id, "the bot was stopped" if update.stopped else "the bot was started")

    def _changed(self, chat_id: int, what: str) -> None:
        if chat_id in self._chats:
            self._enqueue(chat_id, lambda: self._on_chat_change(chat_id, what))

    def _enqueue(self, chat_id: int, work: _Work) -> None:
        self._waiting.setdefault(chat_id, deque()).append(work)
        if chat_id not in self._workers:
            self._workers[chat_id] = asyncio.create_task(self._work(chat_id), name=f"chat{chat_id}")

    async def _work(self, chat_id: int) -> None:
        waiting = self._waiting[chat_id]
        try:
            while waiting:
                try:
                    await waiting.popleft()()
                except Exception:
                    log.exception("command or change not carried out chat_id=%d", chat_id)
        finally:
            del self._workers[chat_id]


def _topic(reply: Any) -> int | None:
    """The forum topic that a message stands in: its first message's id."""
    if reply is None or not reply.forum_topic:
        return None
    return int(reply.reply_to_top_id or reply.reply_to_msg_id)


def _chat_of(update: Any) -> int:
    channel_id = getattr(update, "channel_id", None)
    return int(get_peer_id(types.PeerChannel(channel_id) if channel_id else types.PeerChat(update.chat_id)))
