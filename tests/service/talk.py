"""What channels say while the service is killed: posts, albums, copies, edits, deletions; and every kind of trouble."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from telethon.tl import functions

from tests.service.world import World
from tests.telegram_server import (
    Channel,
    Delay,
    DropAfterExecution,
    DropBeforeExecution,
    Effect,
    ErrorAfterExecution,
    Fault,
    FloodWait,
    RpcFault,
    Silence,
    TransportError,
)

_EFFECTS: tuple[Callable[[], Effect], ...] = (
    lambda: FloodWait(1),
    DropBeforeExecution,
    DropAfterExecution,
    ErrorAfterExecution,
    lambda: Silence(executed=True),
    lambda: Silence(executed=False),
    lambda: Delay(0.7),
    TransportError,
    lambda: RpcFault(500, "INTERNAL_SERVER_ERROR"),
)
_REQUESTS = (
    functions.messages.SendMessageRequest,
    functions.messages.EditMessageRequest,
    functions.messages.GetHistoryRequest,
    functions.channels.GetMessagesRequest,
    functions.updates.GetChannelDifferenceRequest,
    functions.updates.GetDifferenceRequest,
    functions.updates.GetStateRequest,
    None,
)
_WORDS = """
артиллерия авиация обстрел колонна посёлок дорога мост склад батальон бригада позиция высота лес река станция
ночь утро вечер сутки атака отход резерв связь разведка сапёры медики эвакуация жители школа завод
"""
_WAITING = 4  # scripted faults that have not struck yet; more would pile up while the service only starts
_NEWEST = 12  # edits and deletions concern posts as new as this


@dataclass
class Said:
    """One message of a channel as it reads now."""

    number: int
    text: str
    told: bool  # mentions the watched place
    plain: bool = True  # no album, no copy: may be edited and deleted
    deleted: bool = False

    @property
    def addition(self) -> str:
        """What an edit has added."""
        return self.text.partition(" Дополнено")[2] and f"Дополнено{self.text.partition(' Дополнено')[2]}"


@dataclass
class Talk:
    """Speaks in the channels of a world; a seed fixes what is said and in which order."""

    world: World
    channels: list[Channel]
    chance: random.Random
    pause: float  # seconds between two posts, on average
    said: dict[tuple[int, int], Said] = field(default_factory=dict)  # (Telegram's channel id, message id)
    counts: Counter[str] = field(default_factory=Counter)
    _newest: list[tuple[Channel, int]] = field(default_factory=list)
    _number: int = 0
    _faults: list[Fault] = field(default_factory=list)
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    async def go_on(self, posts: int) -> None:
        """Say so many posts; then all trouble that lasts is over."""
        while self.counts["posts"] < posts:
            await asyncio.sleep(self.chance.uniform(0, 2 * self.pause))
            self._post()
            if self.chance.random() < 0.12:
                self._edit()
            if self.chance.random() < 0.03:
                self._delete()
            if self.chance.random() < 0.05:
                self._trouble()
        await asyncio.gather(*self._background)

    def _post(self) -> None:
        chance, channel = self.chance, self.chance.choice(self.channels)
        push = chance.random() < 0.9
        self._number += 1
        told = chance.random() < 0.35
        where = "в Покровске" if told else "на фронте"
        words = ", ".join(
            chance.sample(_WORDS.split(), 9)
        )  # short texts are never taken for copies of each other
        text = f"Сводка {self._number}: {where} {words}."
        kind = chance.random()
        if kind < 0.05:
            ids = channel.post_album([text, ""], push=push)
            self._keep(channel, ids[0], Said(self._number, text, told, plain=False))
            self._keep(channel, ids[1], Said(self._number, "", told=False, plain=False))
            self.counts["albums"] += 1
        elif kind < 0.10 and told:
            self._keep(channel, channel.post(text, push=push), Said(self._number, text, told, plain=False))
            other = chance.choice([c for c in self.channels if c is not channel])
            self._keep(other, other.post(text, push=push), Said(self._number, text, told, plain=False))
            self.counts["copies"] += 1
        else:
            self._keep(channel, channel.post(text, push=push), Said(self._number, text, told))

    def _keep(self, channel: Channel, message_id: int, said: Said) -> None:
        self.said[channel.id, message_id] = said
        self._newest = [*self._newest, (channel, message_id)][-_NEWEST:]
        self.counts["posts"] += 1

    def _candidates(self) -> list[tuple[Channel, int, Said]]:
        found = [(c, i, self.said[c.id, i]) for c, i in self._newest]
        return [one for one in found if one[2].plain and not one[2].deleted]

    def _edit(self) -> None:
        if candidates := self._candidates():
            channel, message_id, said = self.chance.choice(candidates)
            again = f" Дополнено {self.counts['edits']} раз" + (" в Покровске." if said.told else ".")
            said.text = said.text.partition(" Дополнено")[0] + again
            channel.edit(message_id, said.text, push=self.chance.random() < 0.9)
            self.counts["edits"] += 1

    def _delete(self) -> None:
        """Delete a post that is kept already: what nobody could read can't be asked for afterwards."""
        kept = [one for one in self._candidates() if self._is_kept(one[0], one[1])]
        if kept:
            channel, message_id, said = self.chance.choice(kept)
            said.deleted = True
            channel.delete(message_id)
            self.counts["deletions"] += 1

    def _is_kept(self, channel: Channel, message_id: int) -> bool:
        db = sqlite3.connect(f"file:{self.world.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
        try:
            row = db.execute(
                "SELECT text FROM post JOIN channel ON channel.id = channel_id "
                "WHERE channel.telegram_id = ? AND message_id = ?",
                (channel.id, message_id),
            ).fetchone()
        finally:
            db.close()
        return row is not None and row[0] == self.said[channel.id, message_id].text

    def _trouble(self) -> None:
        chance, server = self.chance, self.world.server
        kind = chance.random()
        if kind < 0.70:
            effect, request = chance.choice(_EFFECTS)(), chance.choice(_REQUESTS)
            self._faults = [fault for fault in self._faults if not fault.struck]
            if len(self._faults) < _WAITING:
                self._faults.append(server.fault(request, effect, times=1))
                self.counts[type(effect).__name__] += 1
        elif kind < 0.80:
            server.drop_all()
            self.counts["dropped connections"] += 1
        elif kind < 0.86:
            chance.choice(self.channels).too_long = True
            self.counts["too long for a channel"] += 1
        elif kind < 0.90:
            self.world.reader.too_long = True
            self.counts["too long"] += 1
        else:
            what = chance.choice((self._mute, self._duplicate, self._freeze))
            task = asyncio.create_task(what())
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def _mute(self) -> None:
        self.counts["updates muted"] += 1
        self.world.server.mute_updates = True
        await asyncio.sleep(3)
        self.world.server.mute_updates = False

    async def _duplicate(self) -> None:
        self.counts["updates doubled"] += 1
        self.world.server.duplicate_updates = True
        await asyncio.sleep(3)
        self.world.server.duplicate_updates = False

    async def _freeze(self) -> None:
        self.counts["sockets half open"] += 1
        self.world.server.freeze()
        await asyncio.sleep(1)
        self.world.server.drop_all()
        self.world.server.thaw()
