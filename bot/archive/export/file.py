"""A file that is there whole or not at all: written beside, then given its name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import Mendable


def free(path: Path, *, force: bool) -> None:
    """Mendable where something bears that name already and is not to be replaced."""
    if path.is_dir():
        raise Mendable(f"{path} is a folder. Give the name of a file in it.")
    if path.exists() and not force:
        raise Mendable(f"{path} is there already. Give another name, or replace it: --force")


@contextmanager
def beside(path: Path, *, force: bool) -> Iterator[Path]:
    """A file to be written, which gets the name at the end; after a failure nothing is left of it.

    Its owner alone may read it.
    """
    free(path, force=force)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    except OSError as problem:
        raise Mendable(f"{path} can't be written ({problem.strerror}).") from problem
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        free(path, force=force)
        part.replace(path)
    except OSError as problem:
        raise Mendable(f"{path} can't be written ({problem.strerror}).") from problem
    finally:
        part.unlink(missing_ok=True)


def write(path: Path, pieces: Iterable[bytes], *, force: bool) -> int:
    """Write a file piece by piece; its size in bytes."""
    with beside(path, force=force) as part:
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        return part.stat().st_size
