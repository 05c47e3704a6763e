"""A team chat that asks the desk, with a real archive and a clock that stands still."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from bot.alerts.owed import decide
from bot.desk import Desk, Outside
from bot.desk.room import Room
from bot.incoming import Incoming, Press
from bot.lookout import Lookout
from bot.tracking import Tracking
from storage import chats, owed, places
from storage.records import Owed, Peer, Place, Post
from storage.store import Store
from tests.making import CHAT, NOW, RULES, keep, place


class Asked:
    """Type with `says`, press with `press`; both give what the bot shows then."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        self.toasts: list[str | None] = []
        self.arriving = True  # whether what is owed arrives at once
        self._numbers = count(1000)
        lookout = Lookout(store, lambda: self.now)
        self.room = Room(
            store=store,
            tracking=Tracking(store, lookout, lambda: self.now),
            outside=Outside(
                resolve=self._nowhere,
                start_of=self._start,
                changed_channels=self._nothing,
                accounts=lambda: ["reading account: connected"],
                on_owed=lambda: None,
                is_admin=self._nobody,
                answer_press=self._toast,
            ),
            zone=RULES.zone,
            now=lambda: self.now,
            decide=partial(decide, rules=RULES),
            min_confidence=RULES.min_confidence,
        )
        self.desk = Desk(self.room)

    async def write(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self.store.write(function, *args, **kwargs)

    async def tracks(self, *names: str, **fields: Any) -> Place:
        """A place that this chat watches, looked for from now on."""
        added: Place = await self.store.write(_track, names, fields, NOW)
        await self.room.tracking.refresh()
        return added

    async def keeps(self, said: Post, now: datetime | None = None) -> None:
        await self.store.write(keep, said, now or said.posted_at)

    async def says(self, text: str, *, reply_to: int | None = None, chat_id: int = CHAT) -> str:
        return (await self.answer(text, reply_to=reply_to, chat_id=chat_id)).wanted

    async def answer(self, text: str, *, reply_to: int | None = None, chat_id: int = CHAT) -> Owed:
        number = next(self._numbers)
        await self.desk.handle(Incoming(chat_id, number, 7, "Olena", text, self.now, reply_to=reply_to))
        await self.deliver()
        said = await self.store.read(_answer, chat_id, f"command:{number}")
        assert said is not None, f"no answer to {text}"
        return said

    async def press(self, message: Owed, words: str, by: str = "Olena") -> Owed:
        """Press the button with these words; the message as it is then."""
        [data] = [b.data for row in message.buttons for b in row if b.words == words]
        assert data is not None
        return await self.press_data(message, data, by)

    async def press_data(self, message: Owed, data: str, by: str = "Olena") -> Owed:
        """Press a button that sends this."""
        assert message.message_id is not None
        query = next(self._numbers)
        sender = 7 if by == "Olena" else 8
        await self.desk.press(Press(query, message.chat_id, message.message_id, sender, by, data, self.now))
        await self.deliver()
        shown = await self.store.read(owed.by_message, message.chat_id, message.message_id)
        assert shown is not None
        return shown

    async def deliver(self) -> None:
        """Everything that is owed arrives, each in a message of its own."""
        if self.arriving:
            await self.store.write(_arrive, self._numbers, self.now)

    async def _nowhere(self, link: str) -> Peer:
        raise AssertionError(link)

    async def _start(self, _: Peer, __: datetime) -> int:
        return 0

    async def _nothing(self) -> None:
        return None

    async def _nobody(self, _: int, __: int) -> bool:
        return False

    async def _toast(self, _: int, words: str | None) -> None:
        self.toasts.append(words)


def _track(db: sqlite3.Connection, names: Sequence[str], fields: dict[str, Any], now: datetime) -> Place:
    chats.welcome(db, CHAT, now=now)
    number = fields.pop("geonames_id", None)
    wanted = replace(place(*names, **fields), geonames_id=number)
    added = places.add(db, wanted, everywhere=False, now=now)
    places.watch(db, CHAT, added.id, since=now)
    return added


def _arrive(db: sqlite3.Connection, numbers: Any, now: datetime) -> None:
    for chat_id in owed.chats_with_due(db):
        while (
            message := owed.next_due(db, chat_id, now=datetime.max.replace(tzinfo=now.tzinfo))
        ) is not None:
            row = owed.begin(db, message.id)
            owed.arrived(
                db,
                row.id,
                message_id=row.message_id or next(numbers),
                text=message.wanted,
                buttons=message.buttons,
                now=now,
            )


def _answer(db: sqlite3.Connection, chat_id: int, subject: str) -> Owed | None:
    row = db.execute(
        "SELECT message_id FROM owed WHERE chat_id = ? AND subject = ?", (chat_id, subject)
    ).fetchone()
    return None if row is None else owed.by_message(db, chat_id, row[0])
