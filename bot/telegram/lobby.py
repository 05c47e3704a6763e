"""Which chats the bot is in, as they make themselves heard: how an operator learns a chat's number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telethon.tl import types
from telethon.utils import get_display_name, get_peer_id


class Lobby:
    """Tells each chat once, with its number as PLACEWATCH_CHATS takes it."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        self._tell = tell
        self._heard: set[int] = set()

    def on_update(self, update: Any) -> None:
        """Take note of the chat that an update is about."""
        if isinstance(update, types.UpdateShortChatMessage):
            self._hear(-update.chat_id, "")
        elif isinstance(update, types.UpdateShortMessage):
            self._hear(update.user_id, "")
        elif isinstance(update, types.UpdateNewMessage | types.UpdateNewChannelMessage):
            peer = getattr(update.message, "peer_id", None)
            if peer is not None:
                chat_id = get_peer_id(peer)
                self._hear(chat_id, get_display_name(getattr(update, "_entities", {}).get(chat_id)))

    def _hear(self, chat_id: int, title: str) -> None:
        if chat_id not in self._heard:
            self._heard.add(chat_id)
            self._tell(chat_id, title)
