"""Writing: sendMessage with its memory of random ids, editing, deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.chats import Chat, Send
from tests.telegram_server.errors import Refused
from tests.telegram_server.people import Cast
from tests.telegram_server.rooms import Channel, ChannelChat

from .history import account_chat_of
from .peers import channel_of, chat_of, check_may_write
from .registry import answers, me

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call

TEXT_LIMIT = 4096  # UTF-16 units
CAPTION_LIMIT = 1024  # UTF-16 units
CALLBACK_LIMIT = 64  # bytes


@answers(functions.messages.SendMessageRequest)
def send_message(call: Call, request: functions.messages.SendMessageRequest) -> TLObject:
    return send(call, request, None)


def send(call: Call, request: TLObject, media: TLObject | None) -> TLObject:
    """Send once per (account, chat, random_id): asked again, it gives the first message again."""
    author, server = me(call), call.server
    chat = chat_of(call, request.peer)
    memory = (author.id, request.random_id)
    first = chat.random_ids.get(memory)
    if first is not None:
        return _sent(call, chat, first, request.random_id)
    check_may_write(call, chat)
    _check_text(request.message, request.entities, caption=media is not None)
    _check_markup(request.reply_markup)
    reply_to, topic = _reply(chat, request.reply_to)
    if topic in getattr(chat, "closed_topics", ()) and author not in chat.admins:
        raise Refused(400, "TOPIC_CLOSED")
    message = chat.compose(
        request.message,
        author=None if isinstance(chat, Channel) else author,
        reply_to=reply_to,
        topic=topic,
        entities=request.entities,
        reply_markup=request.reply_markup,
        silent=request.silent,
        media=media,
        **({"post": True, "views": 1, "forwards": 0} if isinstance(chat, Channel) else {}),
    )
    chat.random_ids[memory] = message.id
    chat.sends.append(Send(server.now(), author, request, message.id))
    chat.publish(message, skip=call.connection)
    return _sent(call, chat, message.id, request.random_id)


@answers(functions.messages.EditMessageRequest)
def edit_message(call: Call, request: functions.messages.EditMessageRequest) -> TLObject:
    chat = chat_of(call, request.peer)
    check_may_write(call, chat)
    old = chat.message(request.id)
    if not isinstance(old, types.Message):
        raise Refused(400, "MESSAGE_ID_INVALID")
    if chat.author_of(old) is not me(call) and not (isinstance(chat, Channel) and me(call) in chat.admins):
        raise Refused(403, "MESSAGE_AUTHOR_REQUIRED")
    text, entities = old.message, old.entities
    if request.message is not None:
        _check_text(request.message, request.entities, caption=old.media is not None)
        text, entities = request.message, request.entities
    _check_markup(request.reply_markup)
    if (text, entities or None, request.reply_markup) == (
        old.message,
        old.entities or None,
        old.reply_markup,
    ):
        raise Refused(400, "MESSAGE_NOT_MODIFIED")
    chat.edit(request.id, text, entities=entities, reply_markup=request.reply_markup, skip=call.connection)
    return _updates(call, chat, "edit", request.id)


@answers(functions.channels.DeleteMessagesRequest)
def delete_channel_messages(call: Call, request: functions.channels.DeleteMessagesRequest) -> TLObject:
    chat = channel_of(call, request.channel)
    before = chat.box_of(me(call)).pts
    for message_id in request.id:
        _check_may_delete(call, chat, message_id)
    chat.delete(*request.id, skip=call.connection)
    after = chat.box_of(me(call)).pts
    return types.messages.AffectedMessages(after, after - before)


@answers(functions.messages.DeleteMessagesRequest)
def delete_messages(call: Call, request: functions.messages.DeleteMessagesRequest) -> TLObject:
    before = me(call).box.pts
    for message_id in request.id:
        chat = account_chat_of(call, message_id)
        if chat:
            _check_may_delete(call, chat, message_id)
            chat.delete(message_id, skip=call.connection)
    return types.messages.AffectedMessages(me(call).box.pts, me(call).box.pts - before)


@answers(functions.messages.ReadHistoryRequest, bots=False)
def read_history(call: Call, _: functions.messages.ReadHistoryRequest) -> TLObject:
    return types.messages.AffectedMessages(me(call).box.pts, 0)


@answers(functions.channels.ReadHistoryRequest, functions.messages.SetTypingRequest)
def nothing_to_do(_: Call, __: TLObject) -> bool:
    return True


def _sent(call: Call, chat: Chat, message_id: int, random_id: int) -> TLObject:
    return _updates(call, chat, "new", message_id, types.UpdateMessageID(message_id, random_id))


def _updates(call: Call, chat: Chat, kind: str, message_id: int, *before: TLObject) -> TLObject:
    """The newest event about a message in the asker's own box, as the answer to what it did."""
    box = chat.box_of(me(call)) if isinstance(chat, ChannelChat) else me(call).box
    event = next(e for e in reversed(box.events) if e.chat is chat and e.kind == kind and message_id in e.ids)
    cast = Cast(me(call), call.server)
    cast.add_chat(chat)
    cast.add_messages([event.message])
    return cast.updates([*before, chat.update(event, me(call))])


def _check_text(text: str, entities: list[TLObject] | None, *, caption: bool = False) -> None:
    length = len(text.encode("utf-16-le")) // 2
    if not text.strip() and not caption:
        raise Refused(400, "MESSAGE_EMPTY")
    if length > (CAPTION_LIMIT if caption else TEXT_LIMIT):
        raise Refused(400, "MEDIA_CAPTION_TOO_LONG" if caption else "MESSAGE_TOO_LONG")
    for entity in entities or ():
        if entity.offset < 0 or entity.length <= 0 or entity.offset + entity.length > length:
            raise Refused(400, "ENTITY_BOUNDS_INVALID")


def _check_markup(markup: TLObject | None) -> None:
    if not isinstance(markup, types.ReplyInlineMarkup):
        return
    for button in (button for row in markup.rows for button in row.buttons):
        if len(getattr(button.type, "data", b"") or b"") > CALLBACK_LIMIT:
            raise Refused(400, "BUTTON_DATA_INVALID")


def _reply(chat: Chat, reply_to: TLObject | None) -> tuple[int | None, int | None]:
    """(replied message, topic); the first message of a topic stands for the topic itself."""
    if not isinstance(reply_to, types.InputReplyToMessage):
        return None, None
    target, topic = reply_to.reply_to_msg_id, reply_to.top_msg_id
    if topic and chat.message(topic) is None:
        raise Refused(400, "TOPIC_DELETED")
    original = chat.message(target)
    if original is None and _opens_topic(chat, target):
        raise Refused(400, "TOPIC_DELETED")
    if original is None:
        raise Refused(400, "MESSAGE_ID_INVALID")
    if _opens_topic(chat, target):
        return None, target
    return target, topic


def _opens_topic(chat: Chat, message_id: int) -> bool:
    """Whether that is, or was, the first message of a topic."""
    versions = chat.history_of(message_id)
    return bool(versions) and isinstance(getattr(versions[0], "action", None), types.MessageActionTopicCreate)


def _check_may_delete(call: Call, chat: Chat, message_id: int) -> None:
    message = chat.message(message_id)
    if message and chat.author_of(message) is not me(call) and me(call) not in chat.admins:
        raise Refused(403, "MESSAGE_DELETE_FORBIDDEN")
