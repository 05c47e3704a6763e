"""Where the table comes from: the team's own file, or the one that comes with placewatch."""

from __future__ import annotations

import logging
from importlib import resources
from pathlib import Path
from typing import Final

from bot.claims.reading import parse
from bot.claims.table import Table, TableError

log = logging.getLogger(__name__)

FILE: Final = "claims.toml"  # in the data folder


def embedded_text() -> str:
    """The table that comes with placewatch, with its explanations."""
    return resources.files("bot.claims").joinpath(FILE).read_text(encoding="utf-8")


def load(path: Path | None) -> Table:
    """The team's table, or the embedded one where there is no file; a broken file is a TableError."""
    if path is None or not path.exists():
        return parse(embedded_text(), f"{FILE} (embedded)")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8 in your editor."
        ) from None
    except OSError as error:
        raise TableError(f"{path}: can't be read: {error.strerror}.") from None
    return parse(text, str(path))


def load_or_embedded(path: Path | None) -> Table:
    """As `load`, for a service that must go on: a broken file is logged and the embedded table used instead."""
    try:
        return load(path)
    except TableError as error:
        log.warning("using the embedded claims: the team's table is broken error=%s", error)
        return load(None)
