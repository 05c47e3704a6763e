"""Channels and groups: what they are, who is in them, joining and leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.errors import Refused
from tests.telegram_server.people import Cast
from tests.telegram_server.rooms import Group

from .peers import account_of, channel_of, group_of
from .registry import answers, me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call


@answers(functions.channels.GetChannelsRequest)
def get_channels(call: Call, request: functions.channels.GetChannelsRequest) -> TLObject:
    return types.messages.Chats([channel_of(call, peer).as_seen_by(me(call)) for peer in request.id])


@answers(functions.messages.GetChatsRequest)
def get_chats(call: Call, request: functions.messages.GetChatsRequest) -> TLObject:
    chats = [call.server.chats.get(chat_id) for chat_id in request.id]
    if not all(isinstance(chat, Group) for chat in chats):
        raise Refused(400, "CHAT_ID_INVALID")
    return types.messages.Chats([chat.as_seen_by(me(call)) for chat in chats if chat])


@answers(functions.channels.GetFullChannelRequest)
def get_full_channel(call: Call, request: functions.channels.GetFullChannelRequest) -> TLObject:
    chat = channel_of(call, request.channel)
    cast = Cast(me(call), call.server)
    cast.add_chat(chat)
    full = types.ChannelFull(
        id=chat.id,
        about="",
        read_inbox_max_id=0,
        read_outbox_max_id=0,
        unread_count=0,
        chat_photo=types.PhotoEmpty(0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=chat.box_of(me(call)).pts,
        participants_count=len(chat.members),
        admins_count=len(chat.admins),
    )
    return types.messages.ChatFull(full, cast.chats, cast.users)


@answers(functions.messages.GetFullChatRequest)
def get_full_chat(call: Call, request: functions.messages.GetFullChatRequest) -> TLObject:
    group = group_of(call, request.chat_id)
    if me(call) not in group.members:
        raise Refused(400, "PEER_ID_INVALID")
    cast = Cast(me(call), call.server)
    cast.add_chat(group)
    cast.add_accounts(group.members)
    participants = [group.participant(member) for member in group.members]
    full = types.ChatFull(
        group.id, "", types.ChatParticipants(group.id, participants, version=1), types.PeerNotifySettings()
    )
    return types.messages.ChatFull(full, cast.chats, cast.users)


@answers(functions.channels.GetParticipantRequest)
def get_participant(call: Call, request: functions.channels.GetParticipantRequest) -> TLObject:
    chat = channel_of(call, request.channel)
    account = account_of(call, request.participant)
    participant = chat.participant(account)
    if participant is None:
        raise Refused(400, "USER_NOT_PARTICIPANT")
    cast = Cast(me(call), call.server)
    cast.add_chat(chat)
    cast.add_accounts([account])
    return types.channels.ChannelParticipant(participant, cast.chats, cast.users)


@answers(functions.channels.JoinChannelRequest, bots=False)
def join_channel(call: Call, request: functions.channels.JoinChannelRequest) -> TLObject:
    chat = channel_of(call, request.channel)
    chat.admit(me(call))
    cast = Cast(me(call), call.server)
    cast.add_chat(chat)
    return types.messages.ChatInviteJoinResultOk(cast.updates([types.UpdateChannel(chat.id)]))


@answers(functions.channels.LeaveChannelRequest)
def leave_channel(call: Call, request: functions.channels.LeaveChannelRequest) -> TLObject:
    chat = channel_of(call, request.channel)
    if me(call) not in chat.members:
        raise Refused(400, "USER_NOT_PARTICIPANT")
    chat.members.remove(me(call))
    me(call).chats.remove(chat)
    cast = Cast(me(call), call.server)
    cast.add_chat(chat)
    return cast.updates([types.UpdateChannel(chat.id)])
