"""New archives for tests: made once a process and copied, because each of the schema's steps takes its time."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from storage.database import connect_writer


def blank(path: Path) -> Path:
    """Lay a new archive at `path`, where none is yet, and give the path back."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(_image())
    return path


@cache
def _image() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.db"
        connect_writer(path).close()
        return path.read_bytes()
