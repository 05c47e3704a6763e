"""Whether others on this machine may read what is kept: the folder, the archive, the sessions, the backups."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from storage.database import StorageError

_OTHERS: Final = 0o077
_FILES: Final = ("placewatch.db*", "*.session*")
_FOLDERS: Final = ("media", "backups")


def loose(folder: Path) -> Iterator[Path]:
    """The folder and what of ours lies in it, where anybody but its owner has a right to it.

    Inside a folder that is closed nothing can be reached: what lies deeper is not looked at.
    """
    if _is_loose(folder):
        yield folder
    for pattern in _FILES:
        yield from (path for path in sorted(folder.glob(pattern)) if _is_loose(path))
    yield from (path for name in _FOLDERS if (path := folder / name).is_dir() and _is_loose(path))


def mend(path: Path) -> str:
    """The command that closes it."""
    return f"chmod {'700' if path.is_dir() else '600'} {shlex.quote(str(path))}"


def require(folder: Path) -> None:
    """Nothing of ours is open to others, or StorageError with the commands that close it."""
    found = list(loose(folder))
    if found:
        names = ", ".join(map(str, found[:3])) + (f" and {len(found) - 3} more" if found[3:] else "")
        commands = "; ".join(mend(path) for path in found)
        raise StorageError(f"Others on this machine may read {names}. Close it: {commands}")


def _is_loose(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)
    except FileNotFoundError:  # gone since it was listed
        return False
