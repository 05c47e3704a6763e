"""Who holds the data folder: the writer, the sessions and the migrations belong to one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.database import StorageError

DATABASE = "placewatch.db"


class Held(Exception):
    """Another placewatch holds the data folder."""

    def __init__(self, folder: Path, pid: str) -> None:
        who = f" (process {pid})" if pid else ""
        super().__init__(
            f"Another placewatch{who} is running on {folder}. Stop it first, or set PLACEWATCH_DATA to another folder."
        )


def make_folder(folder: Path) -> None:
    """The data folder, for its owner's eyes only; StorageError says what is in the way."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise StorageError(
            f"The data folder {folder} can't be written ({error.strerror}). Make it yours: "
            f"mkdir -p {folder} && chmod u+rwx {folder}; or set PLACEWATCH_DATA to another folder."
        ) from error


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the data folder; Held where somebody else does. The kernel lets go when the process ends, however."""
    make_folder(folder)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Held(folder, os.read(descriptor, 32).decode("ascii", "replace").strip()) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
