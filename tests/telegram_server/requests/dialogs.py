"""The list of an account's chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.accounts import Account
from tests.telegram_server.chats import Chat, Message
from tests.telegram_server.people import Cast
from tests.telegram_server.rooms import ChannelChat

from .peers import chat_of
from .registry import answers, me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call


@answers(functions.messages.GetDialogsRequest, bots=False)
def get_dialogs(call: Call, request: functions.messages.GetDialogsRequest) -> TLObject:
    account = me(call)
    chats = sorted(account.chats, key=_order, reverse=True)
    start = 0
    for index, chat in enumerate(chats):
        if _same(chat.peer_for(account), request.offset_peer):
            start = index + 1
    part = chats[start : start + max(0, min(request.limit, 100))]
    tops = [top for chat in part if (top := _top(chat))]
    cast = Cast(account, call.server)
    cast.add_messages(tops)
    for chat in part:
        cast.add_chat(chat)
    dialogs = [dialog_of(account, chat) for chat in part]
    messages = [chat.seen_by(account, top) for chat in part if (top := _top(chat))]
    if len(part) < len(chats):
        return types.messages.DialogsSlice(len(chats), dialogs, messages, cast.chats, cast.users)
    return types.messages.Dialogs(dialogs, messages, cast.chats, cast.users)


@answers(functions.messages.GetPeerDialogsRequest, bots=False)
def get_peer_dialogs(call: Call, request: functions.messages.GetPeerDialogsRequest) -> TLObject:
    account = me(call)
    chats = [chat_of(call, item.peer) for item in request.peers if isinstance(item, types.InputDialogPeer)]
    cast = Cast(account, call.server)
    messages = []
    for chat in chats:
        cast.add_chat(chat)
        if top := _top(chat):
            cast.add_messages([top])
            messages.append(chat.seen_by(account, top))
    state = types.updates.State(account.box.pts, account.qts, call.server.date(), seq=0, unread_count=0)
    dialogs = [dialog_of(account, chat) for chat in chats]
    return types.messages.PeerDialogs(dialogs, messages, cast.chats, cast.users, state)


def dialog_of(account: Account, chat: Chat) -> types.Dialog:
    """A chat as a line of the list; for channels it carries their pts."""
    top = _top(chat)
    return types.Dialog(
        peer=chat.peer_for(account),
        top_message=top.id if top else 0,
        read_inbox_max_id=0,
        read_outbox_max_id=0,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(),
        pts=chat.box_of(account).pts if isinstance(chat, ChannelChat) else None,
    )


def _top(chat: Chat) -> Message | None:
    return chat.everything[-1] if chat.everything else None


def _order(chat: Chat) -> float:
    top = _top(chat)
    return float((top.date if top else chat.created).timestamp())


def _same(peer: TLObject, offset: TLObject) -> bool:
    names = ("channel_id", "chat_id", "user_id")
    return any(getattr(peer, name, None) == getattr(offset, name, 0) for name in names)
