"""A desk with a real archive and gazetteer; the world outside is a few words of a test's own."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.owed import decide
from bot.desk import Desk, Outside
from bot.desk.room import Room
from bot.errors import Mendable
from bot.incoming import Incoming, Press
from bot.lookout import Lookout
from bot.tracking import Tracking
from storage import chats, owed
from storage.records import Button, Buttons, Peer
from storage.store import Store
from tests import making
from tests.blank import blank
from tests.desk.asked import Asked
from tests.making import CHAT, NOW, RULES

ADMIN, MEMBER = 1, 2


@dataclass
class Message:
    """A message of ours as the chat shows it."""

    id: int
    html: str
    buttons: Buttons
    ask: bool
    topic: int | None

    @property
    def words(self) -> list[str]:
        return [button.words for row in self.buttons for button in row]

    def button(self, words: str) -> Button:
        return next(b for row in self.buttons for b in row if words in b.words)


@dataclass
class Team:
    """A chat whose members type, press and read."""

    desk: Desk
    store: Store
    now: datetime = NOW
    admins: set[tuple[int, int]] = field(default_factory=lambda: {(CHAT, ADMIN)})
    hidden: set[int] = field(default_factory=set)  # administrators who write as the group
    toasts: list[str | None] = field(default_factory=list)
    peers: dict[str, Peer] = field(default_factory=dict)
    changed_channels: int = 0
    number: int = 100

    async def say(
        self,
        text: str,
        *,
        sender: int = ADMIN,
        chat: int = CHAT,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> Message | None:
        """A member types; our answer, None where there is none."""
        self.number += 1
        incoming = Incoming(chat, self.number, sender, "Olena", text, self.now, reply_to, topic)
        await self.desk.handle(incoming)
        return await self._newest(f"command:{incoming.message_id}", chat)

    async def ask(self, text: str, **where: Any) -> Message:
        """A member types, and is answered."""
        answer = await self.say(text, **where)
        assert answer is not None, text
        return answer

    async def press(self, message: Message, words: str, *, sender: int = ADMIN, chat: int = CHAT) -> Message:
        """A member presses a button; the message as it is then. What was said to them is the last of `toasts`."""
        return await self.press_data(message, message.button(words).data or "", sender=sender, chat=chat)

    async def press_data(
        self, message: Message, data: str, *, sender: int = ADMIN, chat: int = CHAT
    ) -> Message:
        self.number += 1
        await self.desk.press(Press(self.number, chat, message.id, sender, "Olena", data, self.now))
        return await self.shown(message.id)

    async def asked_by_press(self) -> Message:
        """The question that the last press has asked."""
        found = await self._newest(f"press:{self.number}", CHAT)
        assert found is not None
        return found

    async def shown(self, message_id: int) -> Message:
        row = await self.store.read(owed.by_message, CHAT, message_id)
        assert row is not None
        return Message(message_id, row.wanted, row.buttons, row.ask, row.topic)

    async def _newest(self, subject: str, chat: int) -> Message | None:
        """The row of that subject, delivered."""

        def deliver(db: sqlite3.Connection) -> int | None:
            row = db.execute(
                "SELECT id FROM owed WHERE subject = ? AND chat_id = ?", (subject, chat)
            ).fetchone()
            if row is None:
                return None
            message_id = 1000 + int(row[0])
            owed.begin(db, row[0])
            owed.arrived(db, row[0], message_id=message_id, text="", buttons=None, now=self.now)
            return message_id

        message_id = await self.store.write(deliver)
        if message_id is None:
            return None
        row = await self.store.read(owed.by_message, chat, message_id)
        assert row is not None
        return Message(message_id, row.wanted, row.buttons, row.ask, row.topic)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield opened
    await opened.close()


@pytest.fixture
async def team(store: Store) -> Team:
    await store.write(chats.welcome, CHAT, now=NOW)

    async def resolve(link: str) -> Peer:
        name = link.removeprefix("https://t.me/").removeprefix("@")
        if name not in made.peers:
            raise Mendable(f"Nobody in Telegram has the name @{name}. Check the spelling.")
        return made.peers[name]

    async def start_of(peer: Peer, at: datetime) -> int:
        return 0

    async def changed_channels() -> None:
        made.changed_channels += 1

    async def is_admin(chat_id: int, user_id: int) -> bool:
        return user_id == chat_id or (chat_id, user_id) in made.admins

    async def answer_press(query_id: int, words: str | None) -> None:
        made.toasts.append(words)

    async def is_hidden(chat_id: int, user_id: int) -> bool:
        return user_id in made.hidden

    lookout = Lookout(store, lambda: made.now)
    room = Room(
        store=store,
        tracking=Tracking(store, lookout, lambda: made.now),
        outside=Outside(
            resolve, start_of, changed_channels, list, lambda: None, is_admin, answer_press, is_hidden
        ),
        zone=RULES.zone,
        now=lambda: made.now,
        decide=partial(decide, rules=RULES),
    )
    made = Team(Desk(room), store)
    return made


async def kept(store: Store, *texts: str) -> None:
    """Posts of the last hours, as a channel said them."""

    def keep(db: sqlite3.Connection) -> None:
        channel = making.follow(db)
        for number, text in enumerate(texts, start=1):
            making.keep(db, making.post(channel, number, text, posted_at=making.minutes(-60 + number)))

    await store.write(keep)


@pytest.fixture
async def asked(store: Store) -> Asked:
    return Asked(store)
