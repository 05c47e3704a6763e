"""Who may change things in a chat, and which commands Telegram offers to whom."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from telethon.tl import functions, types
from telethon.utils import resolve_id

from bot.desk.door import Standing
from bot.errors import Busy, Refused, Unavailable
from bot.telegram.connection import Connection
from bot.telegram.messenger import Messenger
from bot.telegram.refusals import RpcRefused

log = logging.getLogger(__name__)

_REMEMBERED = 300.0  # seconds until an administrator is asked about again

Commands = Sequence[tuple[str, str]]  # name, what the menu says


@dataclass(frozen=True, slots=True)
class _Member:
    here: bool = False
    admin: bool = False
    hidden: bool = False  # an administrator who writes as the group


class Members:
    """Asks Telegram who is a member or an administrator, and remembers it for some minutes."""

    def __init__(self, connection: Connection, messenger: Messenger) -> None:
        self._connection = connection
        self._messenger = messenger
        self._known: dict[tuple[int, int], tuple[float, _Member]] = {}

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Whether a member may change things in a chat; in private everybody may, an anonymous administrator too.

        Busy or Unavailable where Telegram can't be asked just now.
        """
        if (
            user_id == chat_id
        ):  # an anonymous administrator writes as the group itself; in private it is the person
            return True
        return (await self._member(chat_id, user_id)).admin

    async def standing(self, chat_id: int, user_id: int) -> Standing:
        """What a person is in a chat, as far as Telegram said within the last minutes."""
        found = await self._member(chat_id, user_id)
        return Standing.ADMIN if found.admin else Standing.MEMBER if found.here else Standing.NOBODY

    async def is_hidden(self, chat_id: int, user_id: int) -> bool:
        """Whether a member is an administrator who wants to be anonymous there."""
        return user_id == chat_id or (await self._member(chat_id, user_id)).hidden

    async def _member(self, chat_id: int, user_id: int) -> _Member:
        asked, answer = self._known.get((chat_id, user_id), (-_REMEMBERED, _Member()))
        if time.monotonic() - asked < _REMEMBERED:
            return answer
        answer = await self._ask(chat_id, user_id)
        self._known[chat_id, user_id] = (time.monotonic(), answer)
        return answer

    async def _ask(self, chat_id: int, user_id: int) -> _Member:
        bare, kind = resolve_id(chat_id)
        if kind is types.PeerChat:
            full = await self._connection.call(functions.messages.GetFullChatRequest(bare))
            everyone = getattr(full.full_chat.participants, "participants", ())
            admins = (types.ChatParticipantAdmin, types.ChatParticipantCreator)
            mine = [p for p in everyone if p.user_id == user_id]
            return _Member(here=bool(mine), admin=any(isinstance(p, admins) for p in mine))
        try:
            found = await self._connection.call(
                functions.channels.GetParticipantRequest(
                    types.InputChannel(bare, 0), types.InputPeerUser(user_id, 0)
                )
            )
        except RpcRefused as refusal:
            log.info("no member user_id=%d problem=%s", user_id, refusal)
            return _Member()
        one = found.participant
        if not isinstance(one, types.ChannelParticipantAdmin | types.ChannelParticipantCreator):
            gone = isinstance(one, types.ChannelParticipantLeft) or (
                isinstance(one, types.ChannelParticipantBanned) and bool(one.left)
            )
            return _Member(here=not gone)
        return _Member(here=True, admin=True, hidden=bool(one.admin_rights.anonymous))

    async def offer(self, chats: Iterable[int], menus: Mapping[str, tuple[Commands, Commands]]) -> None:
        """Offer commands in these chats and nowhere else; `menus` has, by language ("" for English), what
        administrators and what other members are offered.
        """
        await self._set(types.BotCommandScopeDefault(), "", ())
        for chat_id in chats:
            try:
                peer = await self._messenger.peer(chat_id)
                for language, (for_admins, for_members) in menus.items():
                    if chat_id > 0:
                        await self._set(types.BotCommandScopePeer(peer), language, for_admins)
                        continue
                    await self._set(types.BotCommandScopePeer(peer), language, for_members)
                    await self._set(types.BotCommandScopePeerAdmins(peer), language, for_admins)
            except (Busy, Unavailable, Refused) as problem:
                # The commands work without a menu.
                log.warning("commands not offered chat_id=%d problem=%s", chat_id, problem)

    async def _set(self, scope: object, language: str, commands: Commands) -> None:
        await self._connection.call(
            functions.bots.SetBotCommandsRequest(
                scope=scope,
                lang_code=language,
                commands=[types.BotCommand(name, words) for name, words in commands],
            )
        )
