"""What whoever holds the data folder does to keep the archive: back it up, forget what is old."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import clock
from bot.background import beside
from bot.control import Operation
from bot.errors import Mendable
from config.settings import Settings
from storage import backup, channels, media, pruning
from storage.backup import Made, Why
from storage.backup_folder import upgrade_name
from storage.database import StorageError
from storage.store import Store

log = logging.getLogger(__name__)

_TURN = 1.0  # seconds of forgetting for one request; the next one goes on from there


class Keeping:
    """The operations by the names under which `bot.control` carries them."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store

    def by_name(self) -> dict[str, Operation]:
        """Every operation."""
        return {
            "backup": self.backup,
            "prune.count": self.count,
            "prune": self.prune,
            "prune.give back": self.give_back,
        }

    async def backup(self, path: str, force: bool, sessions: bool) -> dict[str, Any]:
        """Make a backup; JSON in and out."""
        target = Path(path)
        row: int | None = None
        try:
            row = await self._store.write(backup.begun, target, Why.ASKED, now=clock.now())
        except StorageError as problem:  # a full disk is a good reason for a backup on another one
            log.warning("backup not noted problem=%s", problem)
        made = await beside(lambda stopped: self._make(target, force, sessions, stopped))
        if row is not None:
            await self._store.write(backup.ended, row, now=clock.now(), made=made)
        log.info(
            "backup made path=%s posts=%d bytes=%d seconds=%.1f", target, made.posts, made.size, made.seconds
        )
        return {
            "path": str(made.path),
            "posts": made.posts,
            "bytes": made.size,
            "media": made.media,
            "schema": made.schema,
            "seconds": round(made.seconds, 3),
        }

    def _make(self, target: Path, force: bool, sessions: bool, stopped: Any) -> Made:
        made = backup.make(self._store.path, target, force=force, stopped=stopped)
        if sessions:
            backup.copy_sessions(self._settings.data, backup.sessions_of(target))
        return made

    async def count(self, before: str, channel: str | None, reviewed: bool) -> dict[str, Any]:
        """How many posts would be forgotten, and how many stay all the same."""
        found = await self._store.read(
            pruning.prunable,
            datetime.fromisoformat(before),
            channel_id=await self._channel(channel),
            reviewed=reviewed,
        )
        return {
            "posts": found.posts,
            "decided": found.decided,
            "repeated": found.repeated,
            "waiting": found.waiting,
            "bytes": await self._store.read(pruning.size),
        }

    async def prune(self, before: str, channel: str | None, reviewed: bool, after: int) -> dict[str, Any]:
        """Forget old posts above the row `after` for a moment; how many went, and where to go on (None: the end)."""
        channel_id = await self._channel(channel)
        time_ = datetime.fromisoformat(before)
        gone, until = 0, time.monotonic() + _TURN
        while time.monotonic() < until:
            ids = await self._store.read(
                pruning.next_batch, time_, after, channel_id=channel_id, reviewed=reviewed
            )
            if not ids:
                return {"gone": gone, "after": None}
            done = await self._store.write(pruning.forget, ids, now=clock.now())
            gone += done.posts
            if done.files:
                await self._store.write(media.drop, self._settings.data, done.files)
            after = ids[-1]
        return {"gone": gone, "after": after}

    async def give_back(self) -> dict[str, Any]:
        """Give space back to the disk for a moment; how many pages are still to go."""
        until = time.monotonic() + _TURN
        left = 1
        while await self._store.write(pruning.tidy_search) and time.monotonic() < until:
            left = 1
        while time.monotonic() < until and left:
            left = await self._store.write(pruning.give_back)
        return {"left": left, "bytes": await self._store.read(pruning.size)}

    async def _channel(self, name: str | None) -> int | None:
        if name is None:
            return None
        found = await self._store.read(channels.find, name)
        if not found:
            raise Mendable(f"{name} is not followed. Followed channels: placewatch channels list")
        return found[0].id


def before_upgrade(settings: Settings, archive: Path, schema: int) -> None:
    """A backup before the archive gets another schema; where there can't be one, the upgrade waits for a person."""
    if not settings.backup.before_upgrade:
        return
    target = settings.backup_folder / upgrade_name(clock.now(), schema)
    try:
        made = backup.make(archive, target)
    except StorageError as problem:
        raise StorageError(
            f"This placewatch upgrades the archive to schema {schema}, and makes a backup of it first, which failed: "
            f"{problem} Or point PLACEWATCH_BACKUP__FOLDER to a folder on another disk; or go on without one: "
            "PLACEWATCH_BACKUP__BEFORE_UPGRADE=false"
        ) from problem
    log.info("backup made before the upgrade path=%s posts=%d bytes=%d", target, made.posts, made.size)
