"""`placewatch` typed at a prompt, with a data folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import Mendable
from storage.database import StorageError


@dataclass(frozen=True)
class Printed:
    """What a command printed, and how it ended."""

    out: str
    err: str
    status: int


@pytest.fixture
def type_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Printed]:
    """Type a command; a `Mendable` problem is status 1 and its words are in `err`, as `main` shows it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLACEWATCH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PLACEWATCH_CHATS", "-1001")
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()

    def run(*arguments: str, stdin: str = "") -> Printed:
        done = runner.invoke(app, list(arguments), input=stdin)
        if isinstance(done.exception, Mendable | StorageError):
            return Printed(done.stdout, done.stderr + str(done.exception), 1)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Printed(done.stdout, done.stderr, done.exit_code)

    return run
