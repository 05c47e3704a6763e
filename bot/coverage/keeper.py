"""Keeps what was not read, and tells the team's chats of it once."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.alerts import unread as words
from bot.coverage import holes
from bot.errors import Unavailable
from bot.languages import Languages
from storage import audit, channels, chats, gaps, health, known, owed
from storage.records import Channel, OwedKind, Wanted
from storage.store import Store

log = logging.getLogger(__name__)

Lost = Mapping[int, tuple[str, datetime]]  # message id -> why it is not kept, and when it was posted

_ACTOR = "placewatch"


class Coverage:
    """What is known of each channel, and the news about that."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        team: Callable[[], Sequence[int]],
        on_owed: Callable[[], None],
        languages: Languages | None = None,
    ) -> None:
        """`team` names the chats that are told, by their present numbers."""
        self._store = store
        self._clock = clock
        self._zone = zone
        self._team = team
        self._on_owed = on_owed
        self._languages = languages or Languages()

    # What reading reports.

    async def page(
        self,
        channel_id: int,
        *,
        low: int,
        high: int,
        kept: Sequence[int],
        lost: Lost,
        cursor: int | None = None,
    ) -> None:
        """Every id from `low` to `high` was asked for, and what is there is kept, but for what is lost.

        `cursor` is where reading in order has come to, if it has moved.
        """
        now = self._clock()

        def write(db: sqlite3.Connection) -> list[int]:
            gaps.settle(db, channel_id, [i for i in kept if i not in lost], now=now)
            for first, last in holes.without(low, high, lost.keys() | gaps.lost_ids(db, channel_id)):
                known.add(db, channel_id, first, last)
            if cursor is not None:
                channels.move_cursor(db, channel_id, cursor)
            return gaps.lose(db, channel_id, lost, now=now)

        _report(channel_id, await self._store.write(write), lost)

    async def looked(self, channel_id: int, *, ids: Sequence[int], lost: Lost) -> None:
        """These ids were asked for one by one; what is there is kept, but for what is lost."""
        now = self._clock()
        rest = [i for i in ids if i not in lost]

        def write(db: sqlite3.Connection) -> list[int]:
            for first, last in holes.ranges(rest):
                known.add(db, channel_id, first, last)
            gaps.settle(db, channel_id, rest, now=now)
            return gaps.lose(db, channel_id, lost, now=now)

        _report(channel_id, await self._store.write(write), lost)

    async def missing(self, channel_id: int, top: int) -> tuple[list[holes.Range], dict[int, datetime]]:
        """The ids up to `top` that nobody has asked for, and those whose posts could not be kept, last tried when."""

        def read(db: sqlite3.Connection) -> tuple[list[holes.Range], dict[int, datetime]]:
            lost = gaps.lost_ids(db, channel_id)
            start = gaps.start_of(db, channel_id)
            return holes.unexplained(known.missing(db, channel_id, start + 1, top), lost), lost

        return await self._store.read(read)

    async def read_to_end(self, channel: Channel, top: int) -> None:
        """A channel's history is complete up to `top`, and there is no more; Unavailable where ids are still missing.

        What was not read before is made up for; the chats that were told of it are told so.
        """
        left, _ = await self.missing(channel.id, top)
        if left:
            raise Unavailable(f"history is not complete yet: nothing was said of the ids {left[0]}")
        now, team = self._clock(), self._team()

        def write(db: sqlite3.Connection) -> bool:
            channels.read_through(db, channel.id, top, now)
            gap = gaps.end(db, channel.id, now=now)
            if gap is None:
                return False
            log.info(
                "channel read again channel_id=%d since=%s until=%s why=%s",
                channel.id,
                gap.since.isoformat(timespec="seconds"),
                (gap.until or now).isoformat(timespec="seconds"),
                gap.why,
            )
            if not gap.told:
                return False
            posts = health.posts_between(db, channel.id, gap.since, gap.until or now)
            said = partial(words.readable, gap, posts, len(gaps.lost_ids(db, channel.id)), self._zone)
            _note(db, f"{channel.name} can be read again", gap.why, now)
            return self._tell(db, team, f"channel {channel.id} readable {_minute(now)}", said, now)

        self._told(await self._store.write(write))

    async def doubt(self, channel: Channel, why: str, *, goes_on: bool = False) -> None:
        """Something may have been missed until now, or still is: it counts as not read until history has been."""
        now = self._clock()
        until = None if goes_on else now
        await self._store.write(lambda db: gaps.begin(db, channel, why, now=now, until=until))
        log.info("reading in doubt channel_id=%d why=%s", channel.id, why)

    async def unreadable(self, channel: Channel, problem: str) -> bool:
        """A channel can't be read; the chats are told once, until it can be read again. True where that is news."""
        now, team = self._clock(), self._team()

        def write(db: sqlite3.Connection) -> tuple[bool, bool]:
            if not channels.set_problem(db, channel.id, problem):
                return False, False
            _note(db, f"{channel.name} can't be read", problem, now)
            if not gaps.begin(db, channels.by_id(db, channel.id), problem, now=now, told=True):
                return True, False  # for another reason than before
            said = partial(words.unreadable, channel, problem, channel.read_at, self._zone)
            return True, self._tell(db, team, f"channel {channel.id} unreadable {_minute(now)}", said, now)

        changed, told = await self._store.write(write)
        if changed:
            log.warning("channel can't be read channel_id=%d problem=%s", channel.id, problem)
        self._told(told)
        return changed

    async def renamed(self, channel: Channel, username: str | None, title: str) -> None:
        """A channel goes by another name; one of ours that had that name before has it no more."""
        now, team = self._clock(), self._team()

        def write(db: sqlite3.Connection) -> bool:
            told = False
            for other in channels.of_name(db, username) if username else ():
                if other.id != channel.id:
                    told |= self._lose_name(db, other, team, now)
            channels.rename(db, channel.id, username, title)
            said = partial(words.renamed, channel, username, title)
            _note(db, f"{channel.name} is called {title} (@{username}) now", "renamed", now)
            return self._tell(db, team, f"channel {channel.id} is {username} {title}", said, now) or told

        told = await self._store.write(write)
        log.info("channel renamed channel_id=%d name=%s title=%s", channel.id, username, title)
        self._told(told)

    async def name_taken(self, channel: Channel) -> None:
        """A channel's name belongs to another one now: ours is not called so any more."""
        now, team = self._clock(), self._team()
        self._told(await self._store.write(self._lose_name, channel, team, now))

    def _lose_name(
        self, db: sqlite3.Connection, channel: Channel, team: Sequence[int], now: datetime
    ) -> bool:
        name = channel.username or ""
        channels.rename(db, channel.id, None, channel.title)
        _note(db, f"@{name} belongs to another channel", "name lost", now)
        log.warning("channel's name taken channel_id=%d name=%s", channel.id, name)
        return self._tell(
            db, team, f"channel {channel.id} lost {name}", partial(words.name_lost, channel, name), now
        )

    # What the vigil reports.

    async def interrupted(self, since: datetime, until: datetime, why: str, *, tell: bool) -> None:
        """Nothing was read for a while, of any channel."""
        now = self._clock()

        def write(db: sqlite3.Connection) -> bool:
            for channel in channels.followed(db):
                if channel.read_at is not None:
                    gaps.begin(db, channel, why, now=now, until=until)
            _note(db, f"nothing read from {_minute(since)} to {_minute(until)}", why, now)
            return tell and self._tell_interrupted(db, since, until, why, None, now)

        told = await self._store.write(write)
        log.warning("reading was interrupted since=%s until=%s why=%s", _minute(since), _minute(until), why)
        self._told(told)

    async def caught_up(self, since: datetime, until: datetime, why: str) -> bool:
        """Whether all of an interruption has been made up for; the chats that were told of it see so then."""
        now = self._clock()

        def write(db: sqlite3.Connection) -> tuple[bool, bool]:
            if gaps.waiting(db):
                return False, False
            return True, self._tell_interrupted(db, since, until, why, now, now)

        done, told = await self._store.write(write)
        self._told(told)
        return done

    def _tell_interrupted(
        self,
        db: sqlite3.Connection,
        since: datetime,
        until: datetime,
        why: str,
        done: datetime | None,
        now: datetime,
    ) -> bool:
        if not channels.followed(db):
            return False
        said = partial(words.interrupted, since, until, why, self._zone, done)
        return self._tell(db, self._team(), f"not read from {_minute(since)}", said, now)

    async def clock_jumped(self, by: timedelta) -> None:
        """This machine's clock was put forward or back; what waits by the old one waits no longer than meant."""
        now, team = self._clock(), self._team()

        def write(db: sqlite3.Connection) -> bool:
            if by < timedelta(0):
                gaps.put_back(db, -by, now=now)
            _note(db, "the clock jumped", f"{by.total_seconds():.0f} s", now)
            return self._tell(
                db,
                team,
                f"clock jumped {_minute(now)}",
                partial(words.clock_jumped, by, now, self._zone),
                now,
            )

        told = await self._store.write(write)
        log.warning("clock jumped seconds=%.0f", by.total_seconds())
        self._told(told)

    async def restored(self, kept: datetime, lived: datetime) -> None:
        """The archive is older than what was told: a backup was put in its place."""
        now, team = self._clock(), self._team()

        def write(db: sqlite3.Connection) -> bool:
            _note(
                db, "an older archive was put in place", f"{_minute(kept)} instead of {_minute(lived)}", now
            )
            said = partial(words.restored, kept, lived, self._zone)
            return self._tell(db, team, f"archive of {_minute(kept)} restored {_minute(now)}", said, now)

        told = await self._store.write(write)
        log.warning("archive is older than the last run kept=%s lived=%s", _minute(kept), _minute(lived))
        self._told(told)

    def _tell(
        self,
        db: sqlite3.Connection,
        team: Sequence[int],
        subject: str,
        said: Callable[..., str],
        now: datetime,
    ) -> bool:
        """Owe each chat a notice in its language; True where that is news for any. `said` takes the words as `t`."""
        told = False
        for chat_id in team:
            html = said(t=self._languages.of(chats.language(db, chat_id)))
            notice = Wanted(chat_id=chat_id, subject=subject, html=html, kind=OwedKind.NOTICE)
            told |= owed.owe(db, notice, now=now) is not None
        return told

    def _told(self, anybody: bool) -> None:
        if anybody:
            self._on_owed()


def _note(db: sqlite3.Connection, what: str, outcome: str, now: datetime) -> None:
    audit.record(db, at=now, actor=_ACTOR, command=what, outcome=outcome)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


def _report(channel_id: int, new: Sequence[int], lost: Lost) -> None:
    for message_id in new:
        log.error(
            "post not kept, shown as a gap channel_id=%d message_id=%d why=%s",
            channel_id,
            message_id,
            lost[message_id][0],
        )
