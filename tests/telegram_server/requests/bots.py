"""What only bots do: answers to button presses, lists of commands; and the pressing itself."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.errors import Refused

from .peers import chat_of
from .registry import answers, me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call

PRESS_TIMEOUT = 10  # seconds


@answers(functions.messages.GetBotCallbackAnswerRequest, bots=False)
def press(
    call: Call, request: functions.messages.GetBotCallbackAnswerRequest
) -> Coroutine[None, None, TLObject]:
    chat = chat_of(call, request.peer)
    try:
        pressed = call.server.press(chat, me(call), request.msg_id, request.data or b"")
    except ValueError:
        raise Refused(400, "DATA_INVALID" if chat.message(request.msg_id) else "MESSAGE_ID_INVALID") from None

    async def wait() -> TLObject:
        try:
            return await pressed.answered(PRESS_TIMEOUT)
        except TimeoutError:
            raise Refused(400, "BOT_RESPONSE_TIMEOUT") from None

    return wait()


@answers(functions.messages.SetBotCallbackAnswerRequest, users=False)
def answer_press(call: Call, request: functions.messages.SetBotCallbackAnswerRequest) -> bool:
    pressed = call.server.presses.get(request.query_id)
    if pressed is None or pressed.bot is not me(call) or pressed.answer:
        raise Refused(400, "QUERY_ID_INVALID")
    pressed.answer = types.messages.BotCallbackAnswer(
        request.cache_time, alert=request.alert, message=request.message, url=request.url
    )
    pressed.done.set()
    return True


@answers(functions.bots.SetBotCommandsRequest, users=False)
def set_commands(call: Call, request: functions.bots.SetBotCommandsRequest) -> bool:
    me(call).commands[_place(request)] = request.commands
    return True


@answers(functions.bots.GetBotCommandsRequest, users=False)
def get_commands(call: Call, request: functions.bots.GetBotCommandsRequest) -> list[TLObject]:
    return list(me(call).commands.get(_place(request), ()))


@answers(functions.bots.ResetBotCommandsRequest, users=False)
def reset_commands(call: Call, request: functions.bots.ResetBotCommandsRequest) -> bool:
    me(call).commands.pop(_place(request), None)
    return True


def _place(request: TLObject) -> tuple[str, str]:
    """The scope as text ("BotCommandScopeDefault"; a chat's or user's scope names it too), the language."""
    scope = request.scope
    peer = getattr(scope, "peer", None)
    name = type(scope).__name__
    if peer is not None:
        ids = [getattr(peer, key) for key in ("channel_id", "chat_id", "user_id") if hasattr(peer, key)]
        name += f"({ids[0] if ids else 'self'})"
    return name, request.lang_code
