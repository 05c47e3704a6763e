"""What the command line asks of whoever holds the data folder: JSON in, JSON out."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from bot import clock
from bot.commands.label import FIELDS, checked
from bot.control import Operation
from bot.desk import channels, wishes
from bot.desk.room import Room
from bot.errors import Mendable
from bot.places.resolve import everyday
from bot.trial import run as run_trial
from config.settings import Settings
from storage import examination
from storage.records import NameKind, Place, PlaceName

_TRIAL_DAYS = 30


class Operations:
    """The operations by the names under which `bot.control` carries them."""

    def __init__(self, settings: Settings, room: Room) -> None:
        self.settings = settings
        self.room = room
        self.store = room.store
        self.tracking = room.tracking
        self._most_joined = settings.reading.most_joined

    def by_name(self) -> dict[str, Operation]:
        """Every operation."""
        return {
            "channels.add": self.add_channel,
            "channels.remove": self.remove_channel,
            "channels.label": self.label_channel,
            "channels.set": self.set_channel,
            "places.add": self.add_place,
            "places.area": self.add_area,
            "places.around": self.add_around,
            "places.take": self.take_place,
            "places.remove": self.remove_place,
            "places.names": self.change_names,
            "examination": self.examination,
            "chats.tell": self.tell_chats,
        }

    async def tell_chats(self, chats: list[int], html: str) -> dict[str, Any]:
        """Say something in chats of the team; Mendable where one was set after the service started."""
        if unknown := set(chats) - set(self.settings.chats):
            raise Mendable(
                f"The running placewatch does not know the chat {min(unknown)} yet. Stop it and start it again, then "
                "run placewatch init once more."
            )
        for chat_id in chats:
            await self.room.outside.tell_now(chat_id, html, secrets.randbits(62))
        return {"told": len(chats)}

    async def add_channel(
        self, link: str, since: str | None, label: str | None, join: bool = False
    ) -> dict[str, Any]:
        """Follow a channel; JSON in and out."""
        if join:
            self._need_account()
        start = None if since is None else clock.since(since, self.settings.timezone, clock.now())
        channel, new = await channels.follow(self.room, link, since=start, label=label)
        wish = await wishes.join(self.room, channel, most=self._most_joined) if join else None
        return {
            "channel": channel.name,
            "title": channel.title,
            "joined": channel.joined,
            "new": new,
            "membership": wish,
            "public": self.settings.source == "preview",
        }

    def _need_account(self) -> None:
        if self.settings.source == "preview":
            raise Mendable(
                "Only an account can join a channel, and public pages are read with PLACEWATCH_SOURCE=preview. "
                "Leave --join out, or set PLACEWATCH_SOURCE=telegram."
            )

    async def set_channel(self, name: str, priority: str | None, join: bool | None) -> dict[str, Any]:
        """Say how a channel is read: how often beside the others, and as a member or not."""
        if join:
            self._need_account()
        channel = await wishes.named(self.room, name)
        wish = None
        if join is not None:
            wish = await (
                wishes.join(self.room, channel, most=self._most_joined)
                if join
                else wishes.leave(self.room, channel)
            )
        if priority is not None:
            channel = await wishes.prioritise(self.room, channel, priority)
        return {"channel": channel.name, "priority": channel.priority, "membership": wish}

    async def remove_channel(self, name: str) -> dict[str, Any]:
        """Stop reading a channel."""
        return {"channel": (await channels.unfollow(self.room, name)).name}

    async def label_channel(self, name: str, said: dict[str, str]) -> dict[str, Any]:
        """Say who speaks in a channel: fields of `Channel` by name, "-" to take one away."""
        unknown = said.keys() - set(FIELDS)
        if unknown:
            raise Mendable(f"A channel has no {', '.join(sorted(unknown))}; it has {', '.join(FIELDS)}.")
        read = {field: checked(field, text) for field, text in said.items()}
        channel = await channels.label(self.room, name, read)
        return {"channel": channel.name, **{field: getattr(channel, field) for field in FIELDS}}

    async def add_place(
        self,
        name: str,
        aliases: list[str],
        geonames_id: int | None,
        position: tuple[float, float] | None,
    ) -> dict[str, Any]:
        """Track a place for every team chat, and try its names on what was said lately."""
        place = await self.tracking.add(name, aliases, geonames_id=geonames_id, position=position)
        month = clock.now() - timedelta(days=_TRIAL_DAYS)
        trial = await run_trial(self.store, place, since=month, min_confidence=self.settings.min_confidence)
        return {
            "place": place.name,
            "region": place.region,
            "names": [
                {"text": n.text, "language": n.language, "kind": n.kind, "source": n.source}
                for n in place.names
                if n.active
            ],
            "everyday": everyday(place.names),
            "trial": {
                "posts": trial.posts,
                "since": trial.since.isoformat(),
                "mentioned": trial.mentioned,
                "possible": trial.possible,
                "by_name": dict(trial.by_name),
            },
        }

    async def add_area(self, area: str) -> dict[str, Any]:
        """Track every place of a region."""
        label, new, known = await self.tracking.add_area(area)
        return {"area": label, "new": new, "known": known}

    async def add_around(self, position: tuple[float, float], km: float, centre: str) -> dict[str, Any]:
        """Track every place around a point."""
        label, new, known = await self.tracking.add_around((position[0], position[1]), km, centre)
        return {"area": label, "new": new, "known": known}

    async def take_place(self, place: dict[str, Any], number: int | None) -> dict[str, Any]:
        """Track a place under exactly these names; with `number`, give the tracked place of that number these."""
        names = tuple(
            PlaceName(**{**name, "kind": NameKind(name["kind"]), "id": 0, "place_id": 0})
            for name in place["names"]
        )
        taken = await self.tracking.take(Place(**{**place, "id": 0, "names": names}), number)
        return {"place": taken.name}

    async def remove_place(
        self, name: str | None = None, number: int | None = None, area: str | None = None
    ) -> dict[str, Any]:
        """Stop tracking a place by name or by our number, or an area."""
        if area is not None:
            gone = await self.tracking.remove_area(area)
        elif number is not None:
            gone = await self.tracking.remove_number(number)
        else:
            gone = await self.tracking.remove(name or "")
        return {"places": [place.name for place in gone]}

    async def change_names(
        self, name: str, add: list[str], use: list[str], drop: list[str]
    ) -> dict[str, Any]:
        """Names of a tracked place, on and off."""
        place = await self.tracking.change_names(name, add=add, use=use, drop=drop)
        return {"place": place.name}

    async def examination(self) -> dict[str, Any]:
        """How far stored posts have been examined with the names as they are now."""
        running = await self.store.read(examination.progress)
        alone = await self.store.read(examination.waiting_alone)
        if running is None or running.finished_at is not None:
            return {"done": True, "examined": 0, "total": 0, "alone": alone}
        return {"done": False, "examined": running.examined, "total": running.total, "alone": alone}
