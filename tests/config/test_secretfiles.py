"""Settings come from files, named or handed over by a service manager; what is wrong with a file is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.loading import load, unknown_variables
from config.problems import SettingsError

TOKEN = "1:" + "T" * 35
NAME = "PLACEWATCH_TELEGRAM__BOT_TOKEN"


def token_of(environ: dict[str, str], env_file: Path | None = None) -> str | None:
    token = load(env_file, environ).telegram.bot_token
    return token.get_secret_value() if token else None


def test_a_named_file_gives_the_value_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert token_of({f"{NAME}_FILE": str(tmp_path / "token")}) == TOKEN
    (tmp_path / ".env").write_text(f"{NAME}_FILE={tmp_path / 'token'}\n")
    assert token_of({}, tmp_path / ".env") == TOKEN
    assert unknown_variables(tmp_path / ".env", {}) == []


@pytest.mark.parametrize("name", [NAME, NAME.lower()])
def test_a_credential_of_systemd_gives_it_without_being_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TOKEN)
    (tmp_path / "of_something_else").write_text("x")
    assert token_of({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == TOKEN
    assert token_of({"CREDENTIALS_DIRECTORY": str(tmp_path / "gone")}) is None


def test_the_environment_comes_before_a_credential(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(TOKEN)
    assert token_of({"CREDENTIALS_DIRECTORY": str(tmp_path), NAME: "2:" + "U" * 35}) == "2:" + "U" * 35


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "its file can't be read (No such file or directory)"),
        (b"", "its file is empty"),
        (b"\xff\xfe\xfa", "its file is not text in UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(SettingsError) as told:
        token_of({f"{NAME}_FILE": str(tmp_path / "token")})
    assert f"{NAME}_FILE: {words}" in str(told.value)


def test_a_value_and_its_file_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    with pytest.raises(SettingsError, match=f"set together with {NAME}"):
        token_of({NAME: TOKEN, f"{NAME}_FILE": str(tmp_path / "token")})


def test_a_wrong_value_in_a_file_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hunter2-and-more")
    with pytest.raises(SettingsError) as told:
        token_of({f"{NAME}_FILE": str(tmp_path / "token")})
    assert "hunter2" not in str(told.value)
