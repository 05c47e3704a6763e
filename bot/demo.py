"""The main job on sample statements, in the terminal: the real pipeline, without account or network."""

from __future__ import annotations

import asyncio
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from bot import claims, terminal
from bot.alerts.owed import Rules, decide
from bot.copies import Copies
from bot.courier import Courier, Manners, Pace
from bot.desk import Desk, Outside
from bot.desk.room import Room
from bot.errors import Mendable
from bot.incoming import Incoming
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.tracking import Tracking
from storage import channels, chats, lock, owed
from storage.records import READER, Channel, Forward, Message, Peer, Post, PostKey
from storage.store import Store

_CHAT = -100200300
_ZONE = ZoneInfo("Europe/Kyiv")
_SLOW = 2.5  # seconds between steps


@dataclass
class Chat:
    """The terminal as a team chat: what the courier sends is shown, and edits are shown again."""

    console: Console
    sent: int = 0

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        """Show a new message."""
        self.sent += 1
        reply = f", in reply to {message.reply_to}" if message.reply_to in range(1, self.sent) else ""
        self.console.print(terminal.bubble(message, f"placewatch · message {self.sent}{reply}"))
        return self.sent

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """Show the message again, as it reads now."""
        self.console.print(terminal.bubble(message, f"placewatch · message {message_id}, edited"))


async def play(folder: Path, console: Console, *, slow: bool) -> None:
    """Play the sample from the start; the archive in `folder` is made afresh."""
    sample = tomllib.loads(resources.files("bot").joinpath("sample.toml").read_text(encoding="utf-8"))
    _clear(folder)
    with lock.hold(folder):
        store = await Store.open(folder / lock.DATABASE, write=True, readers=1)
        try:
            await _Stage(store, console, sample).play(_SLOW if slow else 0)
            waiting = await store.read(owed.waiting)
        finally:
            await store.close()
    console.print()
    console.print(
        "These statements are invented; the places and the forms of their names are real.", style="dim"
    )
    console.print(
        f"The archive lies in {folder / lock.DATABASE}. Look at it:", highlight=False, soft_wrap=True
    )
    console.print(
        f"  PLACEWATCH_DATA={folder} placewatch latest --place Pokrovsk", highlight=False, soft_wrap=True
    )
    if waiting:
        raise Mendable("Some messages were not delivered; please report this as a bug.")


def _clear(folder: Path) -> None:
    """Take the last run's archive away, and nothing else."""
    if not folder.exists():
        return
    if any(f.name not in _OURS for f in folder.iterdir()):
        raise Mendable(
            f"{folder} holds files that are not the demo's. Move them away, or set PLACEWATCH_DATA."
        )
    with lock.hold(folder):  # a demo that is being played elsewhere is not pulled from under its feet
        shutil.rmtree(folder)


_OURS = {"lock", lock.DATABASE, f"{lock.DATABASE}-wal", f"{lock.DATABASE}-shm"}


class _Stage:
    """The sample's cast: channels, a team chat, and a clock that goes as the sample says."""

    def __init__(self, store: Store, console: Console, sample: Mapping[str, Any]) -> None:
        self._store = store
        self._console = console
        self._sample = sample
        self._now = _moment(sample["step"][0]["at"])
        rules = Rules(min_confidence=0.5, zone=_ZONE, claims=claims.load(None))
        lookout = Lookout(store, lambda: self._now)
        self._monitor = Monitor(store, lookout, rules, lambda: None, Copies())
        self._desk = Desk(
            Room(
                store=store,
                tracking=Tracking(store, lookout, lambda: self._now),
                outside=Outside(_nowhere, _never, _nothing, list, lambda: None, _everyone, _unseen),
                zone=_ZONE,
                now=lambda: self._now,
                decide=partial(decide, rules=rules),
                claims=rules.claims,
            )
        )
        # The terminal has no limits of sending.
        self._courier = Courier(
            store,
            Chat(console),
            Pace(0.001, 10**6, 10**6),
            Manners(_ZONE, edit_every=timedelta(0)),
            lambda: self._now,
        )
        self._channels: dict[str, Channel] = {}
        self._posted: dict[tuple[str, int], datetime] = {}

    async def play(self, pause: float) -> None:
        await self._store.write(chats.welcome, _CHAT, now=self._now)
        for number, channel in enumerate(self._sample["channel"], start=1):
            peer = Peer(
                telegram_id=9_000_000 + number,
                access_hash=number,
                username=channel["username"],
                title=channel["title"],
                joined=True,
                newest=0,
            )
            followed, _ = await self._store.write(
                channels.follow, peer, account=READER, cursor=0, label=channel["label"], now=self._now
            )
            self._channels[channel["username"]] = followed
        for number, step in enumerate(self._sample["step"], start=1):
            await asyncio.sleep(pause)
            self._now = _moment(step["at"])
            await self._step(number, step)
            await self._courier.settle_all()

    async def _step(self, number: int, step: Mapping[str, Any]) -> None:
        when = f"{self._now.astimezone(_ZONE):%d %b %H:%M}"
        if "says" in step:
            self._tell(when, f"a member types: {step['says']}", "bold magenta")
            await self._desk.handle(Incoming(_CHAT, number, 1, "Olena", step["says"], self._now))
            return
        channel = self._channels[step["channel"]]
        if step.get("deleted"):
            self._tell(when, f"{channel.name} deletes post {step['id']}", "yellow")
            await self._monitor.deleted(channel.id, [step["id"]], self._now)
            return
        verb = "edits post" if step.get("edited") else "forwards, as post" if "forwards" in step else "posts"
        note = f" ({step['note']})" if "note" in step else ""
        self._tell(when, f"{channel.name} {verb} {step['id']}{note}", "yellow")
        await self._monitor.take([self._post(channel, step)], self._now)

    def _post(self, channel: Channel, step: Mapping[str, Any]) -> Post:
        forward = None
        if "forwards" in step:
            name, message_id = step["forwards"]
            origin = self._channels[name]
            forward = Forward(
                telegram_id=origin.telegram_id,
                message_id=message_id,
                posted_at=self._posted[name, message_id],
            )
        first = self._posted.setdefault((step["channel"], step["id"]), self._now)
        return Post(
            key=PostKey(channel.id, step["id"]),
            posted_at=first,
            edited_at=self._now if step.get("edited") else None,
            text=step["text"].strip(),
            forward=forward,
        )

    def _tell(self, when: str, what: str, style: str) -> None:
        self._console.print()
        self._console.print(f"[dim]{when}[/dim]  [{style}]{_plain(what)}[/{style}]", highlight=False)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _moment(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=_ZONE).astimezone(UTC)


async def _nowhere(link: str) -> Peer:
    raise Mendable(f"The demo has no network, so {escape(link)} can't be followed.")


async def _never(peer: Peer, at: datetime) -> int:
    return 0


async def _everyone(chat_id: int, user_id: int) -> bool:
    return True


async def _unseen(query_id: int, words: str | None) -> None:
    return None


async def _nothing() -> None:
    return None
