"""`placewatch accounts unseal` makes plain sessions of sealed ones, with their passphrase and no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.telegram.client import make_client
from bot.telegram.sealed import is_sealed
from config.guard import Guard
from config.problems import SettingsError
from config.sections import Telegram
from storage import lock
from tests.cli.conftest import Printed

Type = Callable[..., Printed]
PASSPHRASE = "correct horse battery"


@pytest.fixture
def session(tmp_path: Path) -> Path:
    lock.make_folder(tmp_path / "data")
    path = tmp_path / "data" / "reader.session"
    account = Telegram(api_id=1, api_hash=SecretStr("0" * 32))
    make_client(account, path, Guard(passphrase=SecretStr(PASSPHRASE))).session.close()
    assert is_sealed(path)
    return path


def test_the_passphrase_unseals_and_the_next_step_is_told(
    type_: Type, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACEWATCH_PASSPHRASE", PASSPHRASE)
    said = type_("accounts", "unseal")
    assert said.status == 0
    assert "Take PLACEWATCH_PASSPHRASE out of the settings" in said.out
    assert not is_sealed(session)
    assert "None is sealed" in type_("accounts", "unseal").out


def test_another_passphrase_or_none_changes_nothing(
    type_: Type, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = session.read_bytes()
    with pytest.raises(SettingsError, match="PLACEWATCH_PASSPHRASE: not set"):
        type_("accounts", "unseal")
    monkeypatch.setenv("PLACEWATCH_PASSPHRASE", "another one altogether")
    assert "does not open" in type_("accounts", "unseal").err
    assert session.read_bytes() == before
