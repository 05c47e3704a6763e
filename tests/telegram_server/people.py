"""Who is mentioned in an answer: Telegram sends the users and chats along, and clients rely on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from telethon.tl import TLObject, types

from .accounts import Account
from .chats import Chat, Message
from .rooms import PrivateChat

if TYPE_CHECKING:
    from .world import World


class Cast:
    """Collects accounts and chats, and shows them as one viewer knows them."""

    def __init__(self, viewer: Account, world: World) -> None:
        self.viewer = viewer
        self._world = world
        self._accounts: dict[int, Account] = {}
        self._chats: dict[int, Chat] = {}

    @property
    def users(self) -> list[TLObject]:
        return [account.as_seen_by(self.viewer) for account in self._accounts.values()]

    @property
    def chats(self) -> list[TLObject]:
        return [chat.as_seen_by(self.viewer) for chat in self._chats.values()]

    def updates(self, updates: list[TLObject]) -> types.Updates:
        return types.Updates(updates, self.users, self.chats, self._world.date(), 0)

    def add_accounts(self, accounts: Iterable[Account]) -> None:
        for account in accounts:
            self._accounts[account.id] = account

    def add_chat(self, chat: Chat) -> None:
        if isinstance(chat, PrivateChat):
            self.add_accounts(chat.members)
        else:
            self._chats[chat.id] = chat

    def add_messages(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._add_peer(message.from_id)
            forward = getattr(message, "fwd_from", None)
            if forward:
                self._add_peer(forward.from_id)
            action = getattr(message, "action", None)
            if isinstance(action, types.MessageActionChatMigrateTo):
                self._add_peer(types.PeerChannel(action.channel_id))
            for user_id in getattr(action, "users", None) or ():
                self._add_peer(types.PeerUser(user_id))

    def _add_peer(self, peer: TLObject | None) -> None:
        if isinstance(peer, types.PeerUser) and peer.user_id in self._world.accounts:
            self.add_accounts([self._world.accounts[peer.user_id]])
        elif isinstance(peer, types.PeerChannel) and peer.channel_id in self._world.chats:
            self.add_chat(self._world.chats[peer.channel_id])
        elif isinstance(peer, types.PeerChat) and peer.chat_id in self._world.chats:
            self.add_chat(self._world.chats[peer.chat_id])
