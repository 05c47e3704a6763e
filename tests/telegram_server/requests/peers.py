"""From an input peer to the chat it names, with Telegram's refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import TLObject, types

from tests.telegram_server.accounts import Account
from tests.telegram_server.chats import Chat
from tests.telegram_server.errors import Refused
from tests.telegram_server.rooms import Channel, ChannelChat, Group, PrivateChat

from .registry import me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call


def chat_of(call: Call, peer: TLObject) -> Chat:
    """The chat that a request is about."""
    if isinstance(peer, types.InputPeerChannel | types.InputChannel):
        return channel_of(call, peer)
    if isinstance(peer, types.InputPeerChat):
        return group_of(call, peer.chat_id)
    if isinstance(peer, types.InputPeerUser | types.InputUser | types.InputPeerSelf | types.InputUserSelf):
        return call.server.private_chat(me(call), account_of(call, peer))
    raise Refused(400, "PEER_ID_INVALID")


def channel_of(call: Call, peer: TLObject) -> ChannelChat:
    """A channel or supergroup; bots may leave the access hash out."""
    viewer = me(call)
    chat = call.server.chats.get(getattr(peer, "channel_id", 0))
    if not isinstance(chat, ChannelChat) or not _hash_fits(viewer, chat.id, peer.access_hash):
        raise Refused(400, "CHANNEL_INVALID")
    if not chat.readable_by(viewer):
        raise Refused(400, "CHANNEL_PRIVATE")
    return chat


def group_of(call: Call, chat_id: int) -> Group:
    """A basic group that has not become a supergroup."""
    chat = call.server.chats.get(chat_id)
    if not isinstance(chat, Group) or chat.migrated_to:
        raise Refused(400, "CHAT_ID_INVALID")
    return chat


def account_of(call: Call, peer: TLObject) -> Account:
    """A user or a bot."""
    if isinstance(peer, types.InputPeerSelf | types.InputUserSelf):
        return me(call)
    account = call.server.accounts.get(getattr(peer, "user_id", 0))
    if account is None or not _hash_fits(me(call), account.id, peer.access_hash):
        raise Refused(400, "PEER_ID_INVALID")
    return account


def check_may_write(call: Call, chat: Chat) -> None:
    """Refuse who may not write here."""
    author = me(call)
    if isinstance(chat, PrivateChat):
        return
    if isinstance(chat, Channel) and author not in chat.admins:
        raise Refused(400, "CHAT_ADMIN_REQUIRED")
    if author not in chat.members or (chat.locked and author not in chat.admins):
        raise Refused(403, "CHAT_WRITE_FORBIDDEN")


def _hash_fits(viewer: Account, other_id: int, access_hash: int) -> bool:
    return access_hash == viewer.hash_of(other_id) or (
        access_hash == 0 and (viewer.bot or viewer.id == other_id)
    )
