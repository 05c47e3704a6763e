"""Writes `.env`: what is there stays, comments and order too; secrets are for the file's owner only."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv.parser import parse_stream

_PRIVATE: Final = 0o600
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.,:/@+-]+")
_HEAD: Final = (
    "# The settings of placewatch, written by placewatch init; placewatch doctor says whether all is well.\n"
    "# Keep this file as you would a password: it holds secrets.\n"
)


def quoted(value: str) -> str:
    """The value so that `config.envfile`, python-dotenv and a shell read it back as it is.

    ValueError where no line can hold it.
    """
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError("not on one line")
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def changed(text: str, values: Mapping[str, str]) -> str:
    """The file's text with these values: where a variable stands already it is changed in its line, else added."""
    pieces: list[str] = []
    lines: dict[str, int] = {}
    for binding in parse_stream(StringIO(text)):
        if not binding.error and binding.key is not None:
            lines[binding.key.upper()] = len(pieces)  # of several the last one counts
        pieces.append(binding.original.string)
    added = []
    for name, value in values.items():
        line = f"{name}={quoted(value)}\n"
        at = lines.get(name.upper())
        if at is None:
            added.append(line)
        else:
            before = re.match(r"\s*", pieces[at])
            pieces[at] = (before[0] if before else "") + line
    whole = "".join(pieces)
    if added and whole and not whole.endswith("\n"):
        whole += "\n"
    return whole + "".join(added)


def write(path: Path, values: Mapping[str, str]) -> None:
    """Set these values in the file: all of them or none, whenever it is interrupted; mode 0600."""
    path = Path(os.path.realpath(path))  # a link goes on pointing where it points
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        text = _HEAD
    handle, name = tempfile.mkstemp(prefix=".env-", dir=path.parent)
    try:
        os.fchmod(handle, _PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(changed(text, values))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
