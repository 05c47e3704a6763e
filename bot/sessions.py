"""What the reading accounts are called, and in which files of the data folder they are signed in."""

from __future__ import annotations

import re
from pathlib import Path

from bot.errors import Mendable
from storage.records import READER

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")
_FURTHER = f"{READER}-"  # begins the file of every account but the first


def checked(name: str) -> str:
    """An account's name as we keep it; Mendable where it can't be one."""
    found = name.strip().casefold()
    if not _NAME.fullmatch(found):
        raise Mendable(
            f"{name!r} can't be the name of an account. Use up to 24 Latin letters, digits, - and _: "
            "placewatch login --as north"
        )
    return found


def file_of(data: Path, name: str) -> Path:
    """The session of the account of that name, there or not."""
    return data / f"{READER if name == READER else _FURTHER + name}.session"


def signed_in(data: Path) -> list[str]:
    """The accounts that have a session, the first one first."""
    further = (path.stem.removeprefix(_FURTHER) for path in data.glob(f"{_FURTHER}*.session"))
    first = [READER] if file_of(data, READER).exists() else []
    return first + sorted(name for name in further if _NAME.fullmatch(name) and name != READER)


def is_reader(stem: str) -> bool:
    """Whether a session's file, without its ending, is that of an account that reads."""
    return stem == READER or stem.startswith(_FURTHER)


def name_of(stem: str) -> str:
    """The account of a session's file, given without its ending."""
    return stem.removeprefix(_FURTHER)


def login_of(session: Path) -> str:
    """What to type to sign in the account of that session anew."""
    name = name_of(session.stem)
    return "placewatch login" if name == session.stem else f"placewatch login --as {name}"
