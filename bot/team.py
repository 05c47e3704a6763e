"""The team's chats, and the bot's account in them: who is told, who may what, and what befalls the chats themselves."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from bot import clock
from bot.commands.menu import menus
from bot.desk import Desk
from bot.desk.door import Door, Standing
from bot.desk.guests import Guests
from bot.errors import Busy, Refused, Unavailable
from bot.incoming import Incoming
from bot.languages import Languages
from bot.telegram.connection import Connection
from bot.telegram.console import Console
from bot.telegram.members import Members
from bot.telegram.messenger import Messenger
from config.settings import Settings
from storage import chats, owed
from storage.records import OwedKind, Wanted
from storage.store import Store

log = logging.getLogger(__name__)

RETRY_MINUTES: Final = 60
"""A chat that refuses is tried again this often, besides when it changes."""

Connect = Callable[[Callable[[object], None], Callable[[], Awaitable[None]]], Connection]
"""Makes the bot's connection, from what hears its updates and what is done once it is connected."""


class Team:
    """Known from the start; it can be spoken to once `speak` was called and the bot is connected."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        languages: Languages,
        on_owed: Callable[[], None],
        outputs: dict[int, str],
    ) -> None:
        self._settings = settings
        self._store = store
        self._languages = languages
        self._on_owed = on_owed
        self._outputs = outputs
        self._moved: dict[int, int] = {}
        self._members: Members | None = None
        self._console: Console | None = None
        self._offered = False
        self.messenger: Messenger | None = None
        self.connection: Connection | None = None

    def everyone(self) -> list[int]:
        """Who is told what befalls placewatch itself: the team's chats by their present numbers, and the outputs."""
        return [*self.chats(), *self._outputs]

    def outside(self) -> tuple[int, ...]:
        """Who can be told where the bot can't speak."""
        return tuple(self._outputs)

    def chats(self) -> list[int]:
        """The team's chats by their present numbers."""
        return [self._moved.get(chat_id, chat_id) for chat_id in self._settings.chats]

    def _heard(self) -> list[int]:
        """The team's chats, and the administrators in private."""
        return [*self.chats(), *self._settings.admins]

    async def speak(self, connect: Connect, desk: Desk, door: Door | None) -> tuple[Connection, Console]:
        """The bot, and its ears in the team's chats."""
        bot = connect(lambda update: console.on_update(update), self._offer_commands)
        self.connection = bot
        self.messenger = Messenger(bot, on_topic_gone=self._topic_gone)
        self._members = Members(bot, self.messenger)
        guest: Callable[[Incoming], Awaitable[None]] | None = None
        if door is not None:
            guest = Guests(desk, self._store, door, clock.now).handle
        console = Console(
            bot,
            chats=self._heard(),
            handle=desk.handle,
            press=desk.press,
            on_chat_change=self._chat_changed,
            on_move=self._chat_moved,
            guest=guest,
        )
        self._console = console
        self._moved = await self._store.read(chats.moved)
        console.refresh(self._heard())
        return bot, console

    def door(self) -> Door | None:
        """The page's public address and for whom it opens; None where it has none."""
        web = self._settings.web
        if web.public_url is None:
            return None
        return Door(
            url=web.public_url,
            minutes=web.link_minutes,
            members=None if web.members == "none" else web.members,
            admins=frozenset(self._settings.admins),
            chats=self.chats,
            standing=self._standing,
            bot_name=lambda: self.connection.state.account_name if self.connection is not None else None,
        )

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Whether a member may change things in a chat."""
        return self._members is not None and await self._members.is_admin(chat_id, user_id)

    async def is_hidden(self, chat_id: int, user_id: int) -> bool:
        """Whether a member is not to be named there."""
        return self._members is None or await self._members.is_hidden(chat_id, user_id)

    async def _standing(self, chat_id: int, user_id: int) -> Standing:
        if self._members is None:
            raise Unavailable("not connected yet")
        return await self._members.standing(chat_id, user_id)

    async def answer_press(self, query_id: int, words: str | None) -> None:
        """Say a word of thanks for a press of a button."""
        if self.messenger is not None:
            with suppress(Busy, Unavailable):  # the press has acted; only the word is lost
                await self.messenger.answer_press(query_id, words)

    async def try_again(self) -> None:
        """Chats that refused are written to again."""
        known = [chat.id for chat in await self._store.read(chats.every)]
        await self._store.write(chats.unblock, known)
        self._on_owed()

    async def _topic_gone(self, chat_id: int, topic: int) -> None:
        """A forum topic is closed or deleted: its messages come without it, and once a day the chat is told why."""
        today = clock.now().astimezone(self._settings.timezone).date()
        t = self._languages.of(await self._store.read(chats.language, chat_id))
        notice = Wanted(
            chat_id=chat_id,
            subject=f"topic {topic} gone {today}",
            html=t(
                "⚠ placewatch: a topic of this forum is closed or deleted, so what belongs there comes without a topic. "
                "Open it again, or end the watch and send /watch in another topic."
            ),
            kind=OwedKind.NOTICE,
        )
        if await self._store.write(owed.owe, notice, now=clock.now()) is not None:
            self._on_owed()

    async def _chat_changed(self, chat_id: int, what: str) -> None:
        log.info("chat changed chat_id=%d what=%s", chat_id, what)
        if await self._store.write(chats.unblock, [chat_id]):
            self._on_owed()

    async def _chat_moved(self, old: int, new: int) -> None:
        """A group became a supergroup: everything goes on there, and the operator is told to change the setting."""
        log.warning("chat moved old=%d new=%d; change it in PLACEWATCH_CHATS", old, new)
        await self._store.write(chats.move, old, new, now=clock.now())
        self._moved[old] = new
        if self._console is not None:
            self._console.refresh(self._heard())
        self._offered = False
        await self._offer_commands()
        self._on_owed()

    async def _offer_commands(self) -> None:
        if self._members is not None and not self._offered:
            try:
                await self._members.offer(self._heard(), menus(self._settings.language))
                self._offered = True
                await self._learn_titles()
            except (Busy, Unavailable, Refused) as problem:
                log.warning("commands not offered problem=%s", problem)

    async def _learn_titles(self) -> None:
        """What the chats are called, for people who read /status and the doctor's lines."""
        for chat_id in self.chats():
            if self.messenger is None:
                return
            with suppress(Busy, Unavailable, Refused):  # a chat that refuses is told of elsewhere
                info = await self.messenger.inspect(chat_id)
                if info.title:
                    await self._store.write(chats.set_title, chat_id, info.title)
