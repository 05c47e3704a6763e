"""What lies under the archive: the file system, the space on it, and the backups."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bot.findings import Finding
from config.settings import Settings
from storage import backup
from storage.backup_folder import automatic

_MOUNTS = Path("/proc/self/mountinfo")
# Locks and shared memory don't reach across a network, and write-ahead logging needs both (sqlite.org/wal.html).
_NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "afs",
    "9p",
    "ceph",
    "glusterfs",
    "lustre",
    "fuse.sshfs",
    "fuse.glusterfs",
    "ncpfs",
)
_LITTLE = 1 << 30  # bytes


def file_system(folder: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of file system on which a folder lies; None where the kernel does not tell."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    wanted = folder.resolve()
    found: tuple[int, str] | None = None
    for line in lines:
        left, _, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right:
            continue
        point = Path(fields[4].encode().decode("unicode_escape")) if "\\" in fields[4] else Path(fields[4])
        # Of two mounts in one place the later one is seen.
        if wanted.is_relative_to(point) and (found is None or len(point.parts) >= found[0]):
            found = len(point.parts), right.split()[0]
    return None if found is None else found[1]


def look(folder: Path, mounts: Path = _MOUNTS) -> Iterator[Finding]:
    """Whether the data folder lies on a disk that can keep an archive, and has room."""
    kind = file_system(folder, mounts)
    if kind is not None and kind.startswith(_NETWORK):
        yield Finding(
            "disk",
            "warning",
            f"{folder} lies on a network file system ({kind}), where SQLite's locks and write-ahead log are not safe: "
            "point PLACEWATCH_DATA to a local disk. Backups may lie there: PLACEWATCH_BACKUP__FOLDER",
        )
    if folder.is_dir():
        yield _space(folder)


def _space(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    free = f"{usage.free / 1e9:,.1f} GB free"
    if usage.free < _LITTLE:
        return Finding(
            "disk",
            "warning",
            f"only {free} under {folder}. Free some, or: placewatch prune --older-than 365d",
        )
    return Finding("disk", "ok", free)


def backups(db: sqlite3.Connection, settings: Settings, now: datetime) -> list[Finding]:
    """How old the newest backup is, and whether the last one failed."""
    good, failed = backup.newest(db)
    here = automatic(settings.backup_folder)
    at = max([*([good.began_at] if good else []), *(one.at for one in here[:1])], default=None)
    every = timedelta(hours=settings.backup.every_hours)
    if failed is not None:
        return [
            Finding(
                "backup",
                "bad",
                f"the newest failed at {failed.began_at:%Y-%m-%d %H:%M} UTC. {failed.problem}",
            )
        ]
    if at is None:
        how = "`placewatch run` makes one" if every else "automatic ones are off; make one: placewatch backup"
        return [Finding("backup", "warning", f"none yet; {how}")]
    words = f"{at:%Y-%m-%d %H:%M} UTC, {len(here)} automatic in {settings.backup_folder}"
    if now - at > max(2 * every, timedelta(days=2)):
        return [Finding("backup", "warning", f"the newest is old: {words}. Make one: placewatch backup")]
    return [Finding("backup", "ok", words)]
