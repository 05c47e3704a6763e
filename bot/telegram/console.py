"""What members of the team chats type to the bot -> `Incoming`; and what happens to those chats."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from telethon.tl import functions, types
from telethon.utils import get_display_name, get_peer_id

from bot.errors import Busy, Refused, Unavailable
from bot.incoming import Incoming
from bot.telegram.connection import Connection

log = logging.getLogger(__name__)

_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?P<rest>\s.*)?", re.DOTALL)

_Work = Callable[[], Awaitable[None]]


class Console:
    """Hears commands in the chats that may give them, and hands them on one after another, chat by chat.

    A command that Telegram delivers twice is handed on twice: whoever handles it knows it by its message id.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        chats: Iterable[int],
        handle: Callable[[Incoming], Awaitable[None]],
        on_chat_change: Callable[[int, str], Awaitable[None]],
        commands: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`commands` (name, description) are what Telegram offers when somebody types a slash."""
        self._connection = connection
        self._chats = frozenset(chats)
        self._handle = handle
        self._on_chat_change = on_chat_change
        self._commands = list(commands)
        self._registered = not self._commands
        self._waiting: dict[int, deque[_Work]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}

    def refresh(self, chats: Iterable[int]) -> None:
        """Listen to these chats from now on."""
        self._chats = frozenset(chats)

    async def run(self) -> None:
        """Carry out until cancelled what is heard; then end what is under way."""
        try:
            await asyncio.Event().wait()
        finally:
            tasks = list(self._workers.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def on_connect(self) -> None:
        """Tell Telegram which commands there are, once."""
        if self._registered:
            return
        request = functions.bots.SetBotCommandsRequest(
            scope=types.BotCommandScopeDefault(),
            lang_code="",
            commands=[types.BotCommand(name, description) for name, description in self._commands],
        )
        try:
            await self._connection.call(request)
            self._registered = True
        except (Busy, Unavailable, Refused) as error:
            log.warning("commands not registered problem=%s", error)

    def on_update(self, update: object) -> None:
        """Take note of one update; quick, and never raises for an odd one."""
        if isinstance(update, types.UpdateNewMessage | types.UpdateNewChannelMessage):
            self._on_message(update.message, getattr(update, "_entities", {}))
        elif isinstance(update, types.UpdateShortChatMessage | types.UpdateShortMessage):
            self._on_short(update)
        else:
            self._on_change(update)

    def _on_message(self, message: Any, entities: dict[int, Any]) -> None:
        peer = getattr(message, "peer_id", None)
        if peer is None:
            return
        chat_id = get_peer_id(peer)
        if chat_id not in self._chats:
            return
        if isinstance(message, types.MessageService):
            self._on_service(chat_id, message.action)
        elif isinstance(message, types.Message) and not message.out and message.fwd_from is None:
            # An anonymous administrator writes as the group itself.
            sender_id = get_peer_id(message.from_id) if message.from_id else chat_id
            name = get_display_name(entities.get(sender_id)) or message.post_author or str(sender_id)
            self._on_text(chat_id, message.id, sender_id, name, message.message, message.date)

    def _on_short(self, update: Any) -> None:
        """Telegram's short form for plain texts in basic groups and private chats."""
        group = isinstance(update, types.UpdateShortChatMessage)
        chat_id = -update.chat_id if group else update.user_id
        sender_id = update.from_id if group else update.user_id
        if chat_id in self._chats and not update.out and update.fwd_from is None:
            self._on_text(chat_id, update.id, sender_id, str(sender_id), update.message, update.date)

    def _on_text(
        self, chat_id: int, message_id: int, sender_id: int, sender_name: str, text: str, at: datetime | None
    ) -> None:
        command = self._addressed(text or "")
        if command is None or sender_id == self._connection.state.account_id:
            return
        incoming = Incoming(chat_id, message_id, sender_id, sender_name, command, at or datetime.now(UTC))
        self._enqueue(chat_id, lambda: self._handle(incoming))

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
            new = get_peer_id(types.PeerChannel(action.channel_id))
            self._changed(chat_id, f"became a supergroup: its id is {new} now, change it in PLACEWATCH_CHATS")
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


def _chat_of(update: Any) -> int:
    channel_id = getattr(update, "channel_id", None)
    return int(get_peer_id(types.PeerChannel(channel_id) if channel_id else types.PeerChat(update.chat_id)))
