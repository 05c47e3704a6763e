"""Looks after the archive while the service runs: says when it can't be written, and makes backups in time."""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.background import beside
from bot.errors import Busy, Refused, Unavailable
from bot.findings import Finding
from bot.languages import Languages, Words
from storage import backup, chats, owed, pulse
from storage.backup import Why
from storage.backup_folder import automatic, make_automatic, scheduled_name
from storage.database import StorageError
from storage.records import OwedKind, Wanted
from storage.store import Store

log = logging.getLogger(__name__)

_LOOK = 1.0  # seconds between looks
_PATIENCE = timedelta(seconds=10)  # a trouble shorter than this is logged, and told to nobody
_LONGEST_WAIT = 10.0  # seconds between attempts to write while the archive can't be written
_BACKUP_LOOK = 60.0  # seconds between looks whether a backup is due
_BACKUP_RETRY = timedelta(hours=1)  # after one that failed


@dataclass(frozen=True, slots=True)
class Plan:
    """Which backups are made without anybody asking."""

    folder: Path
    every: timedelta  # 0: none
    keep: int


@dataclass(slots=True)
class _Trouble:
    """A time in which nothing can be kept."""

    since: datetime
    words: str
    random_id: int = field(default_factory=lambda: random.SystemRandom().randrange(1, 2**63))
    untold: list[int] = field(default_factory=list)  # chats that must still hear of it
    told: bool = False


class Keeper:
    """Tells the team once when nothing can be kept, and once when it can again."""

    def __init__(
        self,
        store: Store,
        plan: Plan,
        *,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        chats: Callable[[], Sequence[int]],
        tell: Callable[[int, str, int], Awaitable[object]],
        languages: Languages | None = None,
        on_owed: Callable[[], None],
    ) -> None:
        """`tell` sends words to a chat at once, with a random id: what is owed stands in the archive, which is shut."""
        self._store = store
        self._plan = plan
        self._zone = zone
        self._now = now
        self._chats = chats
        self._tell = tell
        self._languages = languages or Languages()
        self._on_owed = on_owed
        self._trouble: _Trouble | None = None
        self._failed_at: datetime | None = None

    async def run(self) -> None:
        """Look after the archive until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._back_up_in_time())

    # Writing.

    async def _watch(self) -> None:
        wait = _LOOK
        while True:
            await asyncio.sleep(wait)
            wait = (
                _LOOK
                if self._store.trouble is None and self._trouble is None
                else min(2 * wait, _LONGEST_WAIT)
            )
            try:
                await self.look()
            except Exception:
                log.exception("archive not looked after")

    async def look(self) -> None:
        """See whether the archive can be written; where it could not, try."""
        if self._store.trouble is None and self._trouble is None:
            return
        now = self._now()
        if self._trouble is None:
            self._trouble = _Trouble(now, self._store.trouble or "", untold=list(self._chats()))
            log.error("archive can't be written problem=%s", self._trouble.words)
        try:
            await self._store.write(pulse.beat, now)
        except StorageError as problem:
            self._trouble.words = str(problem)
            if now - self._trouble.since >= _PATIENCE:
                await self._say(self._trouble)
            return
        trouble, self._trouble = self._trouble, None
        log.warning("archive can be written again seconds=%.0f", (now - trouble.since).total_seconds())
        if trouble.told:
            await self._owe_the_end(trouble, now)

    async def _say(self, trouble: _Trouble) -> None:
        for chat_id in tuple(trouble.untold):
            try:
                await self._tell(chat_id, self._shut(trouble, await self._words(chat_id)), trouble.random_id)
                trouble.told = True
            except (Busy, Unavailable) as problem:  # at the next look, as the same message
                log.warning("trouble not told chat_id=%d problem=%s", chat_id, problem)
                continue
            except Refused as problem:
                log.warning("trouble not told chat_id=%d problem=%s", chat_id, problem)
            trouble.untold.remove(chat_id)

    async def _owe_the_end(self, trouble: _Trouble, now: datetime) -> None:
        def said(t: Words) -> str:
            return t(
                "✓ placewatch: the archive is written again. What was said from {since} to {until} is being read "
                "again from the channels.",
                since=moment(trouble.since, self._zone, t=t),
                until=moment(now, self._zone, than=trouble.since, t=t),
            )

        await self._owe(f"archive written again {trouble.since:%Y-%m-%dT%H:%M:%S}", said, now)

    async def _owe(self, subject: str, said: Callable[[Words], str], now: datetime) -> None:
        def write(db: sqlite3.Connection) -> None:
            for chat_id in self._chats():
                html = said(self._languages.of(chats.language(db, chat_id)))
                owed.owe(
                    db, Wanted(chat_id=chat_id, subject=subject, html=html, kind=OwedKind.NOTICE), now=now
                )

        await self._store.write(write)
        self._on_owed()

    async def _words(self, chat_id: int) -> Words:
        try:
            return self._languages.of(await self._store.read(chats.language, chat_id))
        except StorageError:  # what can't be written may not be readable either
            return self._languages.of(None)

    def _shut(self, trouble: _Trouble, t: Words) -> str:
        return t(
            "⚠ placewatch: since {since} nothing can be kept, and so nothing is told. {problem} It goes on by itself "
            "as soon as that is mended; what is said meanwhile is read again from the channels.",
            since=moment(trouble.since, self._zone, t=t),
            problem=escape(trouble.words),
        )

    # Backups.

    async def _back_up_in_time(self) -> None:
        while True:
            await asyncio.sleep(_BACKUP_LOOK)  # first of all what was missed is read
            try:
                await self.back_up_if_due()
            except Exception:
                log.exception("backup not made")

    async def back_up_if_due(self) -> None:
        """Make the backup whose time has come; where that fails, the team hears of it once a day."""
        now = self._now()
        if not self._plan.every or (
            self._failed_at is not None and abs(now - self._failed_at) < _BACKUP_RETRY
        ):
            return
        made = await asyncio.to_thread(automatic, self._plan.folder)
        newest = next((one for one in made if one.at <= now), None)  # the clock may have been ahead
        if newest is not None and now - newest.at < self._plan.every:
            return
        try:
            await self.back_up(now)
            self._failed_at = None
        except StorageError as problem:
            self._failed_at = now
            log.error("backup failed problem=%s", problem)
            day = now.astimezone(self._zone).date()
            why = escape(str(problem))
            await self._owe(
                f"backup failed {day}", lambda t: t("⚠ placewatch: the backup failed. {why}", why=why), now
            )

    async def back_up(self, now: datetime) -> None:
        """Make an automatic backup; StorageError says why there is none."""
        path = self._plan.folder / scheduled_name(now)
        row = await self._store.write(backup.begun, path, Why.SCHEDULE, now=now)
        try:
            made, gone = await beside(
                lambda stopped: make_automatic(
                    self._store.path, path.parent, path.name, keep=self._plan.keep, stopped=stopped
                )
            )
        except StorageError as problem:
            await self._store.write(backup.ended, row, now=self._now(), problem=str(problem))
            raise
        await self._store.write(backup.ended, row, now=self._now(), made=made)
        log.info(
            "backup made path=%s posts=%d bytes=%d seconds=%.1f deleted=%d",
            path,
            made.posts,
            made.size,
            made.seconds,
            len(gone),
        )

    def findings(self) -> list[Finding]:
        """What a check-up should say of the running service's archive."""
        if self._store.trouble is None:
            return []
        return [Finding("archive", "bad", f"nothing can be kept just now. {self._store.trouble}")]
