"""Sealed sessions: nothing of the account on the disk, one passphrase, no damage by a wrong one, a crash or a full disk."""

from __future__ import annotations

import errno
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from telethon import functions, types
from telethon.crypto import AuthKey

from bot.errors import Mendable
from bot.telegram.client import make_client
from bot.telegram.connection import Connection
from bot.telegram.login import login
from bot.telegram.sealed import Vault, is_sealed
from bot.telegram.session import Session
from config.guard import Guard
from config.sections import Telegram
from storage.backup import copy_sessions
from tests.telegram.conftest import running, telegram_settings
from tests.telegram_server import Account, TelegramServer

PASSPHRASE = SecretStr("correct horse battery")
SEALED = Guard(passphrase=PASSPHRASE)
KEY = bytes(range(256))
SETTINGS = Telegram(api_id=1, api_hash=SecretStr("0" * 32))


def write_plain(path: Path) -> None:
    session = Session(str(path))
    session.set_dc(2, "149.154.167.51", 443)
    session.auth_key = AuthKey(KEY)
    session.save()
    session.close()
    path.chmod(0o600)


def key_of(path: Path, guard: Guard) -> bytes:
    client = make_client(SETTINGS, path, guard)
    key: bytes = client.session.auth_key.key
    client.session.close()
    return key


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_an_account_signs_in_is_sealed_and_goes_on_from_where_it_was(
    server: TelegramServer, account: Account, tmp_path: Path
) -> None:
    session = tmp_path / "reader.session"
    answers = iter([account.phone or "", account.code])
    await login(telegram_settings(server), session, lambda *_: next(answers), lambda _: None, guard=SEALED)
    for _ in range(2):
        connection = Connection(telegram_settings(server), session, token=None, heartbeat=5, guard=SEALED)
        async with running(connection):
            await connection.call(functions.updates.GetStateRequest())
    assert server.count(functions.auth.SignInRequest) == 1
    assert is_sealed(session)
    assert stat.S_IMODE(session.stat().st_mode) == 0o600
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(Vault(session, PASSPHRASE).read())
        [(key,)] = db.execute("SELECT auth_key FROM sessions").fetchall()
        assert db.execute("SELECT count(*) FROM update_state").fetchone()[0]
    assert key not in on_disk(tmp_path)
    assert b"SQLite" not in on_disk(tmp_path)


def test_it_can_be_turned_on_and_off_and_what_was_remembered_stays(tmp_path: Path) -> None:
    path = tmp_path / "reader.session"
    write_plain(path)
    assert KEY in on_disk(tmp_path)
    assert key_of(path, Guard()) == KEY  # leaves a copy from before this Telethon
    assert key_of(path, SEALED) == KEY
    assert KEY not in on_disk(tmp_path)
    assert key_of(path, SEALED) == KEY
    with pytest.raises(Mendable, match=r"PLACEWATCH_PASSPHRASE.*accounts unseal"):
        key_of(path, Guard())
    Vault(path, PASSPHRASE).unseal()
    assert not is_sealed(path)
    assert key_of(path, Guard()) == KEY


@pytest.mark.parametrize("damage", [None, 0, 30, 60, -1])
def test_a_wrong_passphrase_or_a_damaged_file_is_told_and_nothing_is_changed(
    tmp_path: Path, damage: int | None
) -> None:
    path = tmp_path / "reader.session"
    write_plain(path)
    key_of(path, SEALED)
    wrong = SEALED
    if damage is None:
        wrong = Guard(passphrase=SecretStr("another one altogether"))
    else:
        content = bytearray(path.read_bytes())
        content[damage] ^= 1
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(
        Mendable, match=r"is another one, or the file is damaged|is not a session|not a sealed session"
    ):
        key_of(path, wrong)
    assert path.read_bytes() == before


def test_what_changes_is_written_and_what_does_not_is_not(tmp_path: Path) -> None:
    path = tmp_path / "reader.session"
    write_plain(path)
    client = make_client(SETTINGS, path, SEALED)
    before = path.read_bytes()
    client.session.save()
    assert path.read_bytes() == before
    client.session.process_entities([types.User(id=7, access_hash=9, first_name="A", username="abc")])
    client.session.save()
    assert path.read_bytes() != before
    client.session.close()
    again = make_client(SETTINGS, path, SEALED)
    assert again.session.get_input_entity("abc").user_id == 7
    again.session.delete()
    again.session.close()
    assert not path.exists()


def test_a_disk_that_refuses_leaves_the_old_file_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reader.session"
    write_plain(path)
    client = make_client(SETTINGS, path, SEALED)
    before = path.read_bytes()
    client.session.process_entities([types.User(id=7, access_hash=9, first_name="A", username="abc")])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        client.session.save()
    assert path.read_bytes() == before
    assert not path.with_name("reader.session.part").exists()
    client.session.close()
    assert path.read_bytes() != before
    assert key_of(path, SEALED) == KEY


def test_a_crash_in_the_middle_of_writing_leaves_a_session_that_opens(tmp_path: Path) -> None:
    path = tmp_path / "reader.session"
    write_plain(path)
    key_of(path, SEALED)
    path.with_name("reader.session.part").write_bytes(path.read_bytes()[:100])
    assert key_of(path, SEALED) == KEY


def test_a_backup_takes_a_sealed_session_along_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "data" / "reader.session"
    path.parent.mkdir()
    write_plain(path)
    key_of(path, SEALED)
    assert copy_sessions(path.parent, tmp_path / "copies") == 1
    assert (tmp_path / "copies" / "reader.session").read_bytes() == path.read_bytes()


def test_without_the_library_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(Mendable, match=r"pip install 'placewatch\[passphrase\]'"):
        Vault(tmp_path / "reader.session", PASSPHRASE)
