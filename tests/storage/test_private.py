"""What is kept is its owner's alone: made so, and refused with the command that mends it where it is not."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.process import carry_out, holding
from config.settings import Settings
from storage import private
from storage.database import StorageError


@pytest.fixture
def lax() -> Iterator[None]:
    """A shell that lets everybody read what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("lax")
async def test_everything_is_made_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with holding(Settings(data=data)) as service:
        await service.operations()["backup"](path=str(data / "backups" / "x.db"), force=False, sessions=False)
        made = {path.name: mode(path) for path in [data, *data.rglob("*")]}
    assert made.pop("data") == made.pop("backups") == 0o700
    assert {"placewatch.db", "placewatch.db-wal", "placewatch.db-shm", "lock", "x.db"} <= made.keys()
    assert set(made.values()) == {0o600}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "placewatch.db",
        "placewatch.db-wal",
        "reader.session",
        "reader-north.session-journal",
        "media",
        "backups",
    ],
)
async def test_what_others_may_read_is_refused_until_the_command_that_is_told_was_typed(
    tmp_path: Path, name: str
) -> None:
    settings = Settings(data=tmp_path / "it's data")
    async with holding(settings):
        pass
    path = settings.data / name
    if name in ("media", "backups"):
        path.mkdir()
    path.touch()
    path.chmod(0o755 if path.is_dir() else 0o640)
    with pytest.raises(StorageError, match="Others on this machine may read") as told:
        await carry_out(settings, "examination", {}, telegram=False)
    command = str(told.value).partition("Close it: ")[2]
    subprocess.run(command, shell=True, check=True)  # noqa: S602, ASYNC221 - as a person would
    assert list(private.loose(settings.data)) == []
    if name != "placewatch.db-wal":  # an empty one is no journal
        await carry_out(settings, "examination", {}, telegram=False)
