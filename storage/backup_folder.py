"""The folder of the backups that placewatch makes by itself: their names, and how many are kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.backup import Made, make, media_of

_NAME = re.compile(r"placewatch-(\d{4}-\d\d-\d\d-\d{6})-(?:scheduled|before-schema-\d+)\.db")
_STAMP = "%Y-%m-%d-%H%M%S"  # UTC: names sort as times do, whatever the clock of the place does


@dataclass(frozen=True, slots=True, order=True)
class Automatic:
    """A backup that placewatch made by itself; nothing else in the folder is ever deleted."""

    at: datetime
    path: Path


def scheduled_name(at: datetime) -> str:
    """The name of a backup by schedule."""
    return f"placewatch-{at.astimezone(UTC).strftime(_STAMP)}-scheduled.db"


def upgrade_name(at: datetime, schema: int) -> str:
    """The name of a backup before the archive gets that schema."""
    return f"placewatch-{at.astimezone(UTC).strftime(_STAMP)}-before-schema-{schema}.db"


def asked_name(at: datetime) -> str:
    """The name of a backup that a person asks for and names only the folder."""
    return f"placewatch-{at.astimezone(UTC).strftime(_STAMP)}.db"


def automatic(folder: Path) -> list[Automatic]:
    """The backups in a folder that placewatch made by itself, newest first."""
    if not folder.is_dir():
        return []
    found = [
        Automatic(datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), path)
        for path in folder.iterdir()
        if (match := _NAME.fullmatch(path.name)) and path.is_file()
    ]
    return sorted(found, reverse=True)


def make_automatic(
    archive: Path, folder: Path, name: str, *, keep: int, stopped: Callable[[], bool] = lambda: False
) -> tuple[Made, list[Path]]:
    """Make a backup, and once it was read back delete all automatic ones but the `keep` newest; it, and what went.

    Where it fails nothing is deleted: the newest good one always stays.
    """
    made = make(archive, folder / name, stopped=stopped)
    gone = [old.path for old in automatic(folder)[max(keep, 1) :] if old.path != made.path]
    for path in gone:
        path.unlink(missing_ok=True)
        shutil.rmtree(media_of(path), ignore_errors=True)
    return made, gone
