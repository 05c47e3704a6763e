"""Catching up: updates.getState, getDifference and getChannelDifference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.accounts import Account, Event
from tests.telegram_server.errors import Refused
from tests.telegram_server.people import Cast
from tests.telegram_server.rooms import ChannelChat

from .dialogs import dialog_of
from .peers import channel_of
from .registry import answers, me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call

CHANNEL_TIMEOUT = 300  # seconds until a client may ask again


@answers(functions.updates.GetStateRequest)
def get_state(call: Call, _: functions.updates.GetStateRequest) -> TLObject:
    return _state(call, me(call).box.pts)


@answers(functions.updates.GetDifferenceRequest)
def get_difference(call: Call, request: functions.updates.GetDifferenceRequest) -> TLObject:
    account, server = me(call), call.server
    missed = account.box.since(request.pts)
    if account.too_long or len(missed) > server.too_long_after:
        account.too_long = False
        return types.updates.DifferenceTooLong(account.box.pts)
    part, rest = missed[: server.slice_size], missed[server.slice_size :]
    cast = Cast(account, server)
    new, other = _collapse(part, account, cast)
    if not rest:
        # Of channels, the account's difference only says which ones have moved since `date`.
        for chat in account.chats:
            moved = isinstance(chat, ChannelChat) and chat.box_of(account).events
            if moved and int(moved[-1].time) >= request.date.timestamp():
                cast.add_chat(chat)
                other.append(types.UpdateChannelTooLong(chat.id, pts=moved[-1].pts))
        other += account.qts_updates[request.qts :]
    if not new and not other:
        return types.updates.DifferenceEmpty(server.date(), 0)
    if rest:
        state = _state(call, part[-1].pts)
        return types.updates.DifferenceSlice(new, [], other, cast.chats, cast.users, state)
    return types.updates.Difference(new, [], other, cast.chats, cast.users, _state(call, account.box.pts))


@answers(functions.updates.GetChannelDifferenceRequest)
def get_channel_difference(call: Call, request: functions.updates.GetChannelDifferenceRequest) -> TLObject:
    account, server = me(call), call.server
    chat = channel_of(call, request.channel)
    box = chat.box_of(account)
    if not 0 < request.pts <= box.pts:
        raise Refused(400, f"PERSISTENT_TIMESTAMP_{'INVALID' if request.pts else 'EMPTY'}")
    missed = box.since(request.pts)
    cast = Cast(account, server)
    cast.add_chat(chat)
    if chat.too_long or len(missed) > server.too_long_after:
        chat.too_long = False
        latest = [message for message in chat.everything if chat.visible_to(account, message)][-10:]
        cast.add_messages(latest)
        seen = [chat.seen_by(account, message) for message in reversed(latest)]
        return types.updates.ChannelDifferenceTooLong(
            dialog_of(account, chat), seen, cast.chats, cast.users, final=True, timeout=CHANNEL_TIMEOUT
        )
    if not missed:
        return types.updates.ChannelDifferenceEmpty(box.pts, final=True, timeout=CHANNEL_TIMEOUT)
    size = max(1, min(request.limit, server.slice_size))
    part, rest = missed[:size], missed[size:]
    new, other = _collapse(part, account, cast)
    return types.updates.ChannelDifference(
        part[-1].pts, new, other, cast.chats, cast.users, final=not rest, timeout=CHANNEL_TIMEOUT
    )


def _collapse(events: list[Event], viewer: Account, cast: Cast) -> tuple[list[TLObject], list[TLObject]]:
    """New messages as they read now, and what happened to older ones: only its last state."""
    born = {message_id for event in events if event.kind == "new" for message_id in event.ids}
    last_edit = {event.ids: event.pts for event in events if event.kind == "edit"}
    new: list[TLObject] = []
    other: list[TLObject] = []
    for event in events:
        cast.add_chat(event.chat)
        now = event.chat.message(event.ids[0])
        if event.kind == "new" and now:
            new.append(event.chat.seen_by(viewer, now))
            cast.add_messages([now])
        elif event.kind == "delete" or (
            event.kind == "edit" and now and event.ids[0] not in born and last_edit[event.ids] == event.pts
        ):
            other.append(event.chat.update(event, viewer))
            cast.add_messages([event.message] if event.message else [])
    return new, other


def _state(call: Call, pts: int) -> types.updates.State:
    return types.updates.State(pts, me(call).qts, call.server.date(), seq=0, unread_count=0)
