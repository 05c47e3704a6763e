"""A session file on a disk that may be full: what it would remember can wait, the connection can't."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from telethon.sessions import SQLiteSession

from bot.telegram.sealed import Vault

log = logging.getLogger(__name__)


class Session(SQLiteSession):  # type: ignore[misc]
    """Telethon's, except that a failing write of update states and entities is logged and tried again later.

    Telethon ends a connection for it (TELEGRAM.md, 11). Both are known again by asking: our own cursors say what was
    read. A new key or server is still written or refused.
    """

    _failing = False
    _conn: Any

    def set_update_state(self, entity_id: int, state: Any) -> None:
        """Remember how far updates have come, where the disk allows it."""
        with self._patiently():
            super().set_update_state(entity_id, state)

    def process_entities(self, tlo: Any) -> None:
        """Remember how entities are addressed, where the disk allows it."""
        with self._patiently():
            super().process_entities(tlo)

    def save(self) -> None:
        """Make what was remembered durable, where the disk allows it."""
        with self._patiently():
            super().save()
            self._failing = False

    def close(self) -> None:
        """Let go of the file, whatever the disk says."""
        with self._patiently():
            self.save()
        with suppress(sqlite3.Error):
            super().close()

    @contextmanager
    def _patiently(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as problem:
            if not self._failing:
                log.error("session can't be written file=%s problem=%s", self.filename, problem)
            self._failing = True
            if self._conn is not None:
                with suppress(sqlite3.Error):
                    self._conn.rollback()


class SealedSession(Session):
    """A session whose file is sealed: it lives in memory, and what changed is sealed and written whenever it is saved."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._vault = vault
        self._changes = 0  # in the connection's count, when it was last written
        self._deleted = False
        super().__init__(str(path))

    def _cursor(self) -> sqlite3.Cursor:
        if self._conn is None:
            self._conn = sqlite3.connect(":memory:", check_same_thread=False)
            image = self._vault.read()
            if image:
                self._conn.deserialize(image)
            self._changes = self._conn.total_changes
        cursor: sqlite3.Cursor = self._conn.cursor()
        return cursor

    def save(self) -> None:
        """Seal and write what has changed, where the disk allows it."""
        super().save()
        if self._conn is None or self._deleted or self._conn.total_changes == self._changes:
            return
        changes = self._conn.total_changes
        with self._patiently():
            try:
                self._vault.write(self._conn.serialize())
            except OSError as problem:
                raise sqlite3.OperationalError(str(problem)) from problem
            self._changes = changes

    def delete(self) -> bool:
        """Remove the file; what is still in memory is written no more."""
        self._deleted = True
        return bool(super().delete())
