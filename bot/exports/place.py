"""Which files a path of the operator's means."""

from __future__ import annotations

from pathlib import Path

from bot.errors import Mendable
from bot.exports.reader import AGAIN

_NAME = "result.json"
_SHOWN = 10


def find(path: Path) -> Path:
    """The export that a file or a folder is; Mendable where there is none, or more than one."""
    try:
        if not path.is_dir():
            if not path.exists():
                raise Mendable(f"There is no {path}.")
            if not path.is_file():  # a pipe would have to be waited for
                raise Mendable(f"{path} is no file that can be read.")
            if path.suffix.lower() in (".html", ".htm"):
                raise Mendable(f"{path} is an export as HTML; only JSON can be taken in. {AGAIN}")
            return path
        if (path / _NAME).is_file():
            return path / _NAME
        below = sorted(path.glob(f"*/{_NAME}"))
        if not below and any(path.glob("*.html")):
            raise Mendable(f"{path} is an export as HTML; only JSON can be taken in. {AGAIN}")
    except OSError as error:
        raise Mendable(f"{path} can't be read: {error.strerror}.") from error
    if not below:
        raise Mendable(f"There is no {_NAME} in {path}. {AGAIN}")
    if len(below) > 1:
        named = "\n".join(f"  {one}" for one in below[:_SHOWN])
        more = f"\n  and {len(below) - _SHOWN} more" if len(below) > _SHOWN else ""
        raise Mendable(f"{path} has {len(below)} exports. Take them in one by one:\n{named}{more}")
    return below[0]
