"""Reading what was written: getHistory and getMessages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.chats import Chat, Message
from tests.telegram_server.errors import Refused
from tests.telegram_server.files import renewed
from tests.telegram_server.people import Cast
from tests.telegram_server.rooms import AccountChat, ChannelChat

from .peers import channel_of, chat_of
from .registry import answers, me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call


@answers(functions.messages.GetHistoryRequest, bots=False)
def get_history(call: Call, request: functions.messages.GetHistoryRequest) -> TLObject:
    chat = chat_of(call, request.peer)
    if isinstance(chat, AccountChat) and me(call) not in chat.members:
        raise Refused(400, "PEER_ID_INVALID")
    return _page(call, chat, select(chat.everything[::-1], request), len(chat.everything))


def select(newest_first: list[Message], request: functions.messages.GetHistoryRequest) -> list[Message]:
    """The page that a request asks for, newest first (core.telegram.org/api/offsets).

    The offset points at the first message under `offset_id` (or before `offset_date`); `add_offset`
    moves it, negative towards newer ones; `max_id` and `min_id` then thin the page out.
    """
    start = 0
    if request.offset_id:
        start = sum(message.id >= request.offset_id for message in newest_first)
    elif request.offset_date and request.offset_date.timestamp() > 0:
        start = sum(message.date >= request.offset_date for message in newest_first)
    start += request.add_offset
    end = start + max(0, min(request.limit, 100))
    return [
        message
        for message in newest_first[max(0, start) : max(0, end)]
        if (not request.max_id or message.id < request.max_id) and message.id > request.min_id
    ]


@answers(functions.channels.GetMessagesRequest)
def get_channel_messages(call: Call, request: functions.channels.GetMessagesRequest) -> TLObject:
    chat = channel_of(call, request.channel)
    if len(request.id) > 100:
        raise Refused(400, "MSG_ID_INVALID")
    found = [
        chat.message(item.id) or types.MessageEmpty(item.id, types.PeerChannel(chat.id))
        for item in request.id
    ]
    return _page(call, chat, found, len(chat.everything))


@answers(functions.messages.GetMessagesRequest)
def get_messages(call: Call, request: functions.messages.GetMessagesRequest) -> TLObject:
    account = me(call)
    cast = Cast(account, call.server)
    found: list[TLObject] = []
    for item in request.id:
        chat = account_chat_of(call, item.id)
        message = chat.message(item.id) if chat else None
        if chat and message:
            cast.add_chat(chat)
            cast.add_messages([message])
            found.append(chat.seen_by(account, message))
        else:
            found.append(types.MessageEmpty(item.id, None))
    return types.messages.Messages(found, [], cast.chats, cast.users)


@answers(functions.messages.GetMessagesViewsRequest, bots=False)
def get_views(call: Call, request: functions.messages.GetMessagesViewsRequest) -> TLObject:
    """Views as they stand; nobody's look is counted here."""
    chat = chat_of(call, request.peer)
    found = [chat.message(message_id) for message_id in request.id]
    views = [
        types.MessageViews(views=getattr(m, "views", None), forwards=getattr(m, "forwards", None))
        for m in found
    ]
    return types.messages.MessageViews(views, [], [])


def account_chat_of(call: Call, message_id: int) -> Chat | None:
    """The basic group or private chat in which the account has a message of this id."""
    chats = (chat for chat in me(call).chats if isinstance(chat, AccountChat))
    return next((chat for chat in chats if chat.message(message_id)), None)


def _page(call: Call, chat: Chat, messages: list[Message], count: int) -> TLObject:
    viewer = me(call)
    cast = Cast(viewer, call.server)
    cast.add_chat(chat)
    cast.add_messages(message for message in messages if not isinstance(message, types.MessageEmpty))
    seen = [
        m if isinstance(m, types.MessageEmpty) else renewed(call.server, chat.seen_by(viewer, m))
        for m in messages
    ]
    if isinstance(chat, ChannelChat):
        pts = chat.box_of(viewer).pts
        return types.messages.ChannelMessages(pts, count, seen, [], cast.chats, cast.users)
    if len(seen) < count:
        return types.messages.MessagesSlice(count, seen, [], cast.chats, cast.users)
    return types.messages.Messages(seen, [], cast.chats, cast.users)
