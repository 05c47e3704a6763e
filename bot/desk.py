"""Carry out what people ask, whether they type it in the chat or on the command line.

A command's effect, its place in the audit and its answer commit together, keyed by (chat, message id), so a
command that Telegram delivers twice acts once.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.alerts.compose import examined_since
from bot.commands import replies
from bot.commands.parse import NAMES, Command, parse, place_names
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.incoming import Incoming
from bot.places.resolve import Resolution, own_place, place_from, place_of, resolve, with_region
from bot.tracking import Tracking, checked, track
from storage import audit, channels, chats, examination, owed, places, reading
from storage.records import Channel, Kept, OwedKind, Peer, Place, Wanted
from storage.store import Store

log = logging.getLogger(__name__)

READER = "reader"  # the account whose access hashes are kept; several accounts come with several names
_PAGE = 5

Effect = Callable[[sqlite3.Connection], str]  # does something within the transaction, and says what


@dataclass(frozen=True, slots=True)
class Outside:
    """What the desk needs of the rest of the house."""

    resolve: Callable[[str], Awaitable[Peer]]  # a link to the channel behind it
    start_of: Callable[[Peer, datetime], Awaitable[int]]  # the id before the first post since then
    changed_channels: Callable[[], Awaitable[None]]
    accounts: Callable[[], list[str]]  # a line on each account's connection
    on_owed: Callable[[], None]


class Desk:
    """The one place where commands take effect."""

    def __init__(
        self, store: Store, tracking: Tracking, outside: Outside, zone: ZoneInfo, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._tracking = tracking
        self._outside = outside
        self._zone = zone
        self._now = now

    async def handle(self, incoming: Incoming) -> None:
        """Carry out a command typed in a team chat, once, and owe its answer."""
        if await self._store.read(audit.is_done, incoming.chat_id, incoming.message_id):
            return
        command = parse(incoming.text)
        try:
            effect = await self._effect(command, incoming)
        except Mendable as problem:
            effect = _say(f"⚠ {escape(str(problem))}")
        except (Busy, Unavailable, Refused) as problem:
            log.warning("command failed command=%s problem=%s", command.name, problem)
            effect = _say(f"⚠ Telegram did not answer as hoped: {escape(str(problem))}. Try again later.")
        try:
            await self._store.write(self._act, incoming, effect)
        except sqlite3.IntegrityError:
            return  # the same message came twice at once; the other one has acted
        if command.name in ("watch", "unwatch"):
            await self._tracking.refresh()
        if command.name in ("follow", "unfollow"):
            await self._outside.changed_channels()
        self._outside.on_owed()

    def _act(self, db: sqlite3.Connection, incoming: Incoming, effect: Effect) -> None:
        answer = effect(db)
        audit.record(
            db,
            at=self._now(),
            actor=f"{incoming.sender_name} ({incoming.sender_id})",
            command=incoming.text[:1000],
            outcome=answer,
            chat_id=incoming.chat_id,
            message_id=incoming.message_id,
        )
        wanted = Wanted(
            chat_id=incoming.chat_id,
            subject=f"command:{incoming.message_id}",
            html=answer,
            kind=OwedKind.ANSWER,
        )
        owed.owe(db, wanted, now=self._now(), reply_to=incoming.message_id)

    async def _effect(self, command: Command, incoming: Incoming) -> Effect:
        """What the command is to do, with everything slow or uncertain already done."""
        name, argument = command.name, command.argument
        if name not in NAMES and name != "start":
            return _say(replies.unknown(name))
        if name in ("watch", "unwatch", "follow", "unfollow", "search") and not argument:
            return _say(replies.missing(name))
        match name:
            case "watch":
                meant = [await self._meant(names) for names in place_names(argument)]
                return lambda db: self._watch(db, incoming, meant)
            case "unwatch":
                return lambda db: self._unwatch(db, incoming.chat_id, place_names(argument))
            case "follow":
                peer = await self._outside.resolve(argument)
                return lambda db: self._follow_here(db, peer)
            case "unfollow":
                return lambda db: self._unfollow(db, argument)
            case "places":
                return lambda db: replies.places_list(places.watched_by(db, incoming.chat_id))
            case "channels":
                return lambda db: replies.channels_list(channels.followed(db), self._zone, self._now())
            case "latest":
                return lambda db: self._latest(db, incoming.chat_id, argument)
            case "search":
                return lambda db: self._search(db, argument)
            case "status":
                return self._status
            case _:
                return _say(replies.help_text())

    async def _meant(self, names: list[str]) -> Place | Resolution:
        """The place that is named, or what it may be; further names of a place ("=") settle that it is one."""
        first, *others = [checked(n) for n in names]
        gazetteer = await self._tracking.gazetteer()
        if first.isdecimal() and (settlement := gazetteer.by_id(int(first))) is not None:
            return place_of(settlement, others)
        name, region = with_region(first)
        found = resolve(gazetteer, name, region=region)
        if found.sole is not None:
            return place_from(found.sole, others)
        if found.choices and (found.borne or not others):
            return found
        return own_place(name, [n for n in others if n.casefold() != name.casefold()])

    def _watch(self, db: sqlite3.Connection, incoming: Incoming, meant: list[Place | Resolution]) -> str:
        answers = []
        for one in meant:
            place = one if isinstance(one, Place) else _chosen_before(db, one)
            if place is None:
                assert isinstance(one, Resolution)  # noqa: S101 - a place was not None
                answers.append(replies.which(one))
                continue
            tracked = track(db, place, everywhere=False, now=incoming.at)
            # From the moment of the command by Telegram's clock, which is also the posts' clock.
            new = places.watch(db, incoming.chat_id, tracked.id, since=incoming.at)
            answers.append(replies.watching(tracked, new=new))
        return replies.fit(answers)

    def _unwatch(self, db: sqlite3.Connection, chat_id: int, wanted: list[list[str]]) -> str:
        answers = []
        for first, *_ in wanted:
            known = places.find(db, first)
            ended = [p for p in known if places.unwatch(db, chat_id, p.id, now=self._now())]
            answers += [replies.unwatched(p) for p in ended]
            if not ended:
                answers.append(replies.not_watched(first, places.watched_by(db, chat_id)))
        return replies.fit(answers)

    def _follow(
        self, db: sqlite3.Connection, peer: Peer, cursor: int, label: str | None
    ) -> tuple[Channel, bool]:
        return channels.follow(db, peer, account=READER, cursor=cursor, label=label, now=self._now())

    def _follow_here(self, db: sqlite3.Connection, peer: Peer) -> str:
        channel, new = self._follow(db, peer, peer.newest, None)
        return replies.following(channel, new=new)

    def _unfollow(self, db: sqlite3.Connection, name: str) -> str:
        found = find_channel(db, name)
        if found is None:
            return replies.not_followed(name, channels.followed(db))
        channels.unfollow(db, found.id)
        return replies.unfollowed(found)

    def _latest(self, db: sqlite3.Connection, chat_id: int, name: str) -> str:
        watched = places.watched_by(db, chat_id)
        about = places.find(db, name) if name else watched
        if name and not about:
            return replies.not_watched(name, watched)
        if not about:
            return replies.places_list(watched)
        found = reading.latest(db, place_ids=[p.id for p in about], limit=_PAGE)
        asked = ", ".join(p.name for p in about[:10])
        nothing = f"No mentions of {escape(asked)} in what was read so far (/channels says how far)."
        answer = replies.statements(found, self._mentioned(db, found), self._zone, nothing)
        unfinished = examination.unfinished_for(db, [p.id for p in about])
        return (
            answer
            if unfinished is None
            else replies.with_note(answer, examined_since(unfinished, self._zone))
        )

    def _search(self, db: sqlite3.Connection, query: str) -> str:
        found = reading.search(db, query, limit=_PAGE)
        nothing = f"Nothing in the archive has “{escape(query)}” (/channels says how far was read)."
        return replies.statements(found, self._mentioned(db, found), self._zone, nothing)

    def _mentioned(self, db: sqlite3.Connection, found: list[Kept]) -> dict[int, Place]:
        return places.by_ids(db, {m.place_id for kept in found for m in kept.mentions})

    def _status(self, db: sqlite3.Connection) -> str:
        return replies.status(
            channels.followed(db),
            chats.every(db),
            owed.waiting(db),
            self._outside.accounts(),
            reading.count(db),
            self._zone,
            self._now(),
        )

    async def follow(self, link: str, *, since: datetime | None, label: str | None) -> tuple[Channel, bool]:
        """Follow a channel from the command line, from now on or from a date; True where it is new."""
        peer = await self._outside.resolve(link)
        cursor = peer.newest if since is None else await self._outside.start_of(peer, since)
        channel, new = await self._store.write(self._follow, peer, cursor, label)
        await self._outside.changed_channels()
        return channel, new

    async def unfollow(self, name: str) -> Channel:
        """Stop reading a channel."""
        found = await self._store.read(find_channel, name)
        if found is None:
            known = ", ".join(c.name for c in await self._store.read(channels.followed)) or "none yet"
            raise Mendable(f"{name} is not among the channels followed: {known}")
        await self._store.write(channels.unfollow, found.id)
        await self._outside.changed_channels()
        return found


def _chosen_before(db: sqlite3.Connection, resolution: Resolution) -> Place | None:
    """The one bearer of a name that is tracked already."""
    if not resolution.borne:
        return None
    tracked = [places.by_geonames_id(db, c.settlement.geonames_id) for c in resolution.choices]
    known = [place for place in tracked if place is not None]
    return known[0] if len(known) == 1 else None


def _say(text: str) -> Effect:
    return lambda _: text


def find_channel(db: sqlite3.Connection, name: str) -> Channel | None:
    """The followed channel of that name, @name, link or title."""
    tail = name.strip().rstrip("/").rpartition("/")[2] if "t.me/" in name else name.strip()
    found = channels.find(db, tail)
    return found[0] if found else None
