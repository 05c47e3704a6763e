"""What runs here: the versions of placewatch, of what it stands on, and of the protocol that it speaks."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from bot import __version__
from bot.telegram.layer import layer
from storage.database import migrations

_NEEDED: Final = (
    "telethon", "aiosqlite", "apscheduler", "pydantic-settings", "httpx", "starlette", "uvicorn", "python-socks", "rapidfuzz",
)  # fmt: skip
_EXTRA: Final = ("cryptg", "ahocorasick-rs", "pymorphy3", "apprise", "prometheus-client", "cryptography")


def lines() -> list[str]:
    """For people and for reports of faults."""
    extras = [f"{name} {found}" for name in _EXTRA if (found := _version(name))]
    missing = [name for name in _EXTRA if _version(name) is None]
    return [
        f"placewatch {__version__} (archive schema {migrations()[-1].version})",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.machine()}",
        f"Telegram's TL layer {layer()}",
        ", ".join(f"{name} {_version(name)}" for name in _NEEDED),
        f"extras: {', '.join(extras) or 'none'}"
        + (f"; not installed: {', '.join(missing)}" if missing else ""),
    ]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
