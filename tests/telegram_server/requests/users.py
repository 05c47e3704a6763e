"""Who am I, who are they, and what is behind a username."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.accounts import Account
from tests.telegram_server.errors import Refused
from tests.telegram_server.people import Cast

from .peers import account_of
from .registry import answers, me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call

USERNAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{2,31}")
SETTINGS = types.PeerNotifySettings()
LIMITS = {
    "chat_size_max": 200,
    "megagroup_size_max": 200_000,
    "forwarded_count_max": 100,
    "online_update_period_ms": 210_000,
    "offline_blur_timeout_ms": 5000,
    "offline_idle_timeout_ms": 30_000,
    "online_cloud_timeout_ms": 300_000,
    "notify_cloud_delay_ms": 30_000,
    "notify_default_delay_ms": 1500,
    "push_chat_period_ms": 60_000,
    "push_chat_limit": 2,
    "edit_time_limit": 172_800,
    "revoke_time_limit": 2_147_483_647,
    "revoke_pm_time_limit": 2_147_483_647,
    "rating_e_decay": 2_419_200,
    "stickers_recent_limit": 200,
    "channels_read_media_period": 604_800,
    "call_receive_timeout_ms": 20_000,
    "call_ring_timeout_ms": 90_000,
    "call_connect_timeout_ms": 30_000,
    "call_packet_timeout_ms": 10_000,
    "caption_length_max": 1024,
    "message_length_max": 4096,
    "webfile_dc_id": 2,
}


@answers(functions.help.GetConfigRequest, signed_in=False)
def get_config(call: Call, _: functions.help.GetConfigRequest) -> TLObject:
    server = call.server
    return types.Config(
        date=server.date(),
        expires=server.date() + timedelta(hours=1),
        test_mode=False,
        this_dc=server.dc_id,
        dc_options=[
            types.DcOption(dc_id, server.host, server.port) for dc_id in (server.dc_id, *server.other_dcs)
        ],
        dc_txt_domain_name="",
        me_url_prefix="https://t.me/",
        **LIMITS,
    )


@answers(functions.users.GetUsersRequest)
def get_users(call: Call, request: functions.users.GetUsersRequest) -> list[TLObject]:
    return [account_of(call, peer).as_seen_by(me(call)) for peer in request.id]


@answers(functions.users.GetFullUserRequest)
def get_full_user(call: Call, request: functions.users.GetFullUserRequest) -> TLObject:
    account = account_of(call, request.id)
    info = None
    if account.bot:
        commands = account.commands.get(("BotCommandScopeDefault", ""), [])
        info = types.BotInfo(user_id=account.id, description="", commands=commands)
    full = types.UserFull(account.id, types.PeerSettings(), SETTINGS, common_chats_count=0, bot_info=info)
    return types.users.UserFull(full, chats=[], users=[account.as_seen_by(me(call))])


@answers(functions.contacts.ResolveUsernameRequest)
def resolve_username(call: Call, request: functions.contacts.ResolveUsernameRequest) -> TLObject:
    if not USERNAME.fullmatch(request.username):
        raise Refused(400, "USERNAME_INVALID")
    holder = call.server.named(request.username)
    if holder is None:
        raise Refused(400, "USERNAME_NOT_OCCUPIED")
    cast = Cast(me(call), call.server)
    if isinstance(holder, Account):
        cast.add_accounts([holder])
        return types.contacts.ResolvedPeer(types.PeerUser(holder.id), cast.chats, cast.users)
    cast.add_chat(holder)
    return types.contacts.ResolvedPeer(types.PeerChannel(holder.id), cast.chats, cast.users)


@answers(functions.account.UpdateStatusRequest)
def update_status(_: Call, __: functions.account.UpdateStatusRequest) -> bool:
    return True
