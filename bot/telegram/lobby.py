"""Which chats the bot is in, as they make themselves heard: how an operator learns a chat's number."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from telethon.tl import functions, types
from telethon.utils import get_display_name, get_peer_id

from bot.errors import Busy, Refused, Unavailable
from bot.telegram.connection import Connection

_EARLIER: Final = timedelta(minutes=10)
_UPDATES: Final = 100  # that a bot of a few groups gets in that time


class Lobby:
    """Tells each chat once, with its number as PLACEWATCH_CHATS takes it."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        self._tell = tell
        self._heard: set[int] = set()

    async def hear_earlier(self, connection: Connection) -> None:
        """Hear also what was said shortly before: Telegram does not push that again to a client that starts anew.

        Where it does not answer, only what is said from now on is heard.
        """
        with suppress(Busy, Unavailable, Refused):
            state = await connection.call(functions.updates.GetStateRequest())
            missed = await connection.call(
                functions.updates.GetDifferenceRequest(
                    pts=max(1, state.pts - _UPDATES), date=state.date - _EARLIER, qts=state.qts
                )
            )
            named = {get_peer_id(one): get_display_name(one) for one in getattr(missed, "chats", ())}
            named |= {get_peer_id(one): get_display_name(one) for one in getattr(missed, "users", ())}
            peers = [m.peer_id for m in getattr(missed, "new_messages", ()) if getattr(m, "peer_id", None)]
            # Of supergroups it is only said that they have moved, not what was said there.
            peers += [
                types.PeerChannel(u.channel_id)
                for u in getattr(missed, "other_updates", ())
                if isinstance(u, types.UpdateChannelTooLong)
            ]
            for peer in peers:
                self._hear(get_peer_id(peer), named.get(get_peer_id(peer), ""))

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
