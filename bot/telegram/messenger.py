"""What is owed -> a message in a chat: sent once by its random_id, edited in place."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from telethon import Button
from telethon.client.buttons import ButtonMethods
from telethon.extensions import html as markup
from telethon.tl import functions, types
from telethon.utils import get_peer_id, resolve_id

from bot.errors import BadMarkup, NotEditable, Refused
from bot.telegram.connection import Connection
from bot.telegram.refusals import RpcRefused
from storage.records import Attachment, Message

log = logging.getLogger(__name__)

_USER = re.compile(r"tg://user\?id=(\d{1,18})")
_UNDER_WAY = 4  # times that a send which is under way is asked for again
_PAUSE = 1.0  # seconds between those
_PART = 128 * 1024  # bytes of a file that go at once, soon enough on a slow line too

_BAD_MARKUP = frozenset({
    "ENTITIES_TOO_LONG", "ENTITY_BOUNDS_INVALID", "ENTITY_MENTION_USER_INVALID", "ENTITY_TEXTURL_INVALID",
    "ENTITY_URL_INVALID", "MESSAGE_ENTITY_INVALID",
})  # fmt: skip
_NO_REPLY_TARGET = frozenset({
    "MESSAGE_ID_INVALID", "MSG_ID_INVALID", "REPLY_MESSAGE_ID_INVALID", "REPLY_TO_INVALID", "REPLY_TO_MONOFORUM_PEER_INVALID",
})  # fmt: skip
_NO_TOPIC = frozenset({"TOPIC_CLOSED", "TOPIC_DELETED", "TOPIC_ID_INVALID"})
_NOT_EDITABLE = frozenset({
    "MESSAGE_AUTHOR_REQUIRED", "MESSAGE_DELETED", "MESSAGE_EDIT_FORBIDDEN", "MESSAGE_EDIT_TIME_EXPIRED",
    "MESSAGE_ID_INVALID", "MSG_ID_INVALID",
})  # fmt: skip
_NO_SUCH_CHAT = frozenset({"CHANNEL_INVALID", "CHAT_ID_INVALID", "PEER_ID_INVALID", "CHAT_WRITE_FORBIDDEN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatInfo:
    """A team chat as the bot finds it."""

    title: str | None
    kind: str  # "group", "supergroup", "channel", "private" or "unknown"
    member: bool
    can_write: bool
    problem: str | None = None
    migrated_to: int | None = None  # the chat's new id, where a group became a supergroup


class Messenger:
    """Speaks in chats by their ids, as bots see them: -100… supergroups, other negative ids basic groups."""

    def __init__(
        self,
        connection: Connection,
        *,
        on_topic_gone: Callable[[int, int], Awaitable[None]] | None = None,
    ) -> None:
        """`on_topic_gone` hears of a chat and a topic into which nothing can be sent any more."""
        self._connection = connection
        self._on_topic_gone = on_topic_gone
        self._peers: dict[int, Any] = {}

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        """Send once: the same `random_id` again never makes a second message.

        The message's id; None where it has arrived and its id did not become known. BadMarkup, Refused, Busy or
        Unavailable otherwise; after Unavailable it may have arrived: send it again with the same id and words.
        A reply to a message that is gone, or into a topic that is gone, is sent without it.
        """
        text, entities = _parsed(message.html)
        reply_to, topic = message.reply_to, message.topic
        file = None if message.attachment is None else await self._upload(message.attachment)
        under_way = 0
        while True:
            common = {
                "peer": await self.peer(chat_id),
                "message": text,
                "silent": message.silent or None,
                "reply_to": _reply(reply_to, topic),
                "reply_markup": keyboard(message),
                "random_id": random_id,
                "entities": [] if message.plain else entities,
            }
            request = (
                functions.messages.SendMessageRequest(no_webpage=True, **common)
                if file is None
                else functions.messages.SendMediaRequest(media=file, **common)
            )
            try:
                return self._id(await self._connection.call(request), chat_id, random_id)
            except RpcRefused as refusal:
                if refusal.name == "RANDOM_ID_DUPLICATE":
                    under_way += 1
                    if under_way > _UNDER_WAY:
                        log.warning("sent, but its id is unknown chat_id=%d random_id=%d", chat_id, random_id)
                        return None
                    await asyncio.sleep(_PAUSE)
                elif refusal.name in _NO_REPLY_TARGET and reply_to is not None:
                    log.info("sent without reply chat_id=%d reply_to=%d", chat_id, reply_to)
                    reply_to = None
                # A topic is addressed by its first message.
                elif refusal.name in _NO_TOPIC | _NO_REPLY_TARGET and topic is not None:
                    log.warning("sent without topic chat_id=%d topic=%d problem=%s", chat_id, topic, refusal)
                    if self._on_topic_gone is not None:
                        await self._on_topic_gone(chat_id, topic)
                    topic = None
                else:
                    raise await self._explained(chat_id, refusal) from refusal

    async def _upload(self, attachment: Attachment) -> Any:
        """Hand a file to Telegram. Nobody sees it before it is sent, so that doing so again does no harm."""
        file_id = random.SystemRandom().randrange(1, 2**63)
        parts = [attachment.data[at : at + _PART] for at in range(0, len(attachment.data), _PART)] or [b""]
        for number, part in enumerate(parts):
            await self._connection.call(functions.upload.SaveFilePartRequest(file_id, number, part))
        checksum = md5(attachment.data, usedforsecurity=False).hexdigest()
        return types.InputMediaUploadedDocument(
            file=types.InputFile(file_id, len(parts), attachment.name, checksum),
            mime_type=attachment.mime,
            attributes=[types.DocumentAttributeFilename(attachment.name)],
            force_file=True,
        )

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """Make a message say that; fine where it says so already. NotEditable where it is gone or too old."""
        text, entities = _parsed(message.html)
        request = functions.messages.EditMessageRequest(
            peer=await self.peer(chat_id),
            id=message_id,
            no_webpage=True,
            message=text,
            reply_markup=keyboard(message),
            entities=[] if message.plain else entities,
        )
        try:
            await self._connection.call(request)
        except RpcRefused as refusal:
            if refusal.name == "MESSAGE_NOT_MODIFIED":
                return
            if refusal.name in _NOT_EDITABLE:
                raise NotEditable(str(refusal)) from refusal
            raise await self._explained(chat_id, refusal) from refusal

    async def answer_press(self, query_id: int, words: str | None, *, alert: bool = False) -> None:
        """Tell the person who pressed a button; too late is no harm."""
        request = functions.messages.SetBotCallbackAnswerRequest(
            query_id=query_id, cache_time=0, message=words[:200] if words else None, alert=alert or None
        )
        try:
            await self._connection.call(request)
        except RpcRefused as refusal:
            log.info("press not answered problem=%s", refusal)

    async def inspect(self, chat_id: int) -> ChatInfo:
        """How the bot stands in a chat; a refusal is told in `problem`, not raised."""
        bare, kind = resolve_id(chat_id)
        try:
            if kind is types.PeerUser:
                await self._look_up(chat_id)
                return ChatInfo(title=None, kind="private", member=True, can_write=True)
            chat = await self._chat(bare, group=kind is types.PeerChat)
        except Refused as refusal:
            return ChatInfo(title=None, kind="unknown", member=False, can_write=False, problem=str(refusal))
        return _info(chat)

    def _id(self, result: Any, chat_id: int, random_id: int) -> int | None:
        if isinstance(result, types.UpdateShortSentMessage):
            return int(result.id)
        for update in getattr(result, "updates", ()):
            if isinstance(update, types.UpdateMessageID) and update.random_id == random_id:
                return int(update.id)
        log.warning("sent, but its id is unknown chat_id=%d random_id=%d", chat_id, random_id)
        return None

    async def _explained(self, chat_id: int, refusal: RpcRefused) -> Refused:
        """The refusal, in the most useful words that we can find."""
        if refusal.name in _BAD_MARKUP:
            return BadMarkup(str(refusal))
        if refusal.name in _NO_SUCH_CHAT:
            self._peers.pop(chat_id, None)
            if resolve_id(chat_id)[1] is types.PeerChat:
                info = await self.inspect(chat_id)
                if info.migrated_to is not None and info.problem is not None:
                    return Refused(f"{info.problem} [{refusal.name}]")
        return refusal

    async def peer(self, chat_id: int) -> Any:
        """How the bot addresses a chat. A bot may ask for a chat's access hash with 0 in its place."""
        if chat_id not in self._peers:
            self._peers[chat_id] = await self._look_up(chat_id)
        return self._peers[chat_id]

    async def _look_up(self, chat_id: int) -> Any:
        bare, kind = resolve_id(chat_id)
        if kind is types.PeerChat:
            return types.InputPeerChat(bare)
        if kind is types.PeerUser:
            users = await self._connection.call(functions.users.GetUsersRequest([types.InputUser(bare, 0)]))
            if not users or isinstance(users[0], types.UserEmpty):
                raise RpcRefused("PEER_ID_INVALID")
            return types.InputPeerUser(bare, users[0].access_hash or 0)
        chat = await self._chat(bare, group=False)
        if not isinstance(chat, types.Channel):
            raise RpcRefused("CHANNEL_PRIVATE")
        return types.InputPeerChannel(bare, chat.access_hash or 0)

    async def _chat(self, bare: int, *, group: bool) -> Any:
        request = (
            functions.messages.GetChatsRequest([bare])
            if group
            else functions.channels.GetChannelsRequest([types.InputChannel(bare, 0)])
        )
        result = await self._connection.call(request)
        chat = next((chat for chat in result.chats if chat.id == bare), None)
        if chat is None or isinstance(chat, types.ChatEmpty):
            raise RpcRefused("CHAT_ID_INVALID" if group else "CHANNEL_INVALID")
        return chat


def _parsed(html: str) -> tuple[str, list[Any]]:
    """Text and entities; a link tg://user?id=… becomes a mention, by which a selective ForceReply finds its person."""
    text, entities = markup.parse(html)
    return text, [_mention(entity) or entity for entity in entities]


def _mention(entity: Any) -> Any:
    found = _USER.fullmatch(getattr(entity, "url", None) or "")
    if found is None:
        return None
    # A bot may name a person by id alone.
    person = types.InputUser(int(found[1]), 0)
    return types.InputMessageEntityMentionName(entity.offset, entity.length, person)


def _reply(reply_to: int | None, topic: int | None) -> types.InputReplyToMessage | None:
    """A reply, in a topic where one is named; the topic's own first message stands for the topic."""
    if reply_to:
        return types.InputReplyToMessage(reply_to, top_msg_id=topic)
    return types.InputReplyToMessage(topic) if topic else None


def keyboard(message: Message) -> Any:
    """The buttons below a message, or the wish to be answered."""
    if message.buttons:
        return ButtonMethods.build_reply_markup(
            [
                [
                    Button.url(b.words, b.url) if b.url else Button.inline(b.words, (b.data or "").encode())
                    for b in row
                ]
                for row in message.buttons
            ]
        )
    if message.ask:
        return types.ReplyKeyboardForceReply(selective=True)
    return None


def _info(chat: Any) -> ChatInfo:
    kind = "group"
    if isinstance(chat, types.Channel | types.ChannelForbidden):
        kind = "channel" if chat.broadcast else "supergroup"
    target = getattr(chat, "migrated_to", None)
    if target is not None:
        new = get_peer_id(types.PeerChannel(target.channel_id))
        problem = f"The group became a supergroup: its id is {new} now. Change it in PLACEWATCH_CHATS."
        return ChatInfo(
            title=chat.title, kind=kind, member=False, can_write=False, problem=problem, migrated_to=new
        )
    gone = isinstance(chat, types.ChatForbidden | types.ChannelForbidden) or bool(
        getattr(chat, "left", False)
    )
    if gone or getattr(chat, "deactivated", False):
        problem = "The bot is not in the chat: add it."
        return ChatInfo(title=chat.title, kind=kind, member=False, can_write=False, problem=problem)
    can_write = _can_write(chat)
    return ChatInfo(
        title=chat.title,
        kind=kind,
        member=True,
        can_write=can_write,
        problem=None if can_write else "The bot may not write in the chat: change its members' permissions.",
    )


def _can_write(chat: Any) -> bool:
    rights = getattr(chat, "admin_rights", None)
    if getattr(chat, "creator", False):
        return True
    if getattr(chat, "broadcast", False):
        return bool(rights and rights.post_messages)
    if rights is not None:
        return True
    limits = (getattr(chat, "banned_rights", None), getattr(chat, "default_banned_rights", None))
    return not any(limit and (limit.send_messages or limit.send_plain) for limit in limits)
