import logging
import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from telethon import functions

from bot.errors import Mendable
from bot.telegram.connection import Connection
from bot.telegram.login import login
from tests.telegram.conftest import running, telegram_settings
from tests.telegram_server import Account, FloodWait, RpcFault, TelegramServer

PHONE = "+380 50 000-00-01"


class Terminal:
    """A person, or a pipe, that answers in order and then is at its end."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def ask(self, prompt: str, secret: bool) -> str:
        self.asked.append((prompt, secret))
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    async def enter(self, server: TelegramServer, path: Path, **changes: Any) -> None:
        await login(telegram_settings(server, **changes), path / "reader.session", self.ask, self.said.append)


async def test_phone_and_code_sign_in_and_the_session_is_private(
    server: TelegramServer, account: Account, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    terminal = Terminal(PHONE, "1 2 3 4 5")
    await terminal.enter(server, tmp_path)
    assert "Signed in as Reader" in terminal.said[-1]
    assert stat.S_IMODE((tmp_path / "reader.session").stat().st_mode) == 0o600
    assert "38050" not in caplog.text + "".join(terminal.said)
    connection = Connection(telegram_settings(server), tmp_path / "reader.session", token=None, heartbeat=5)
    async with running(connection):
        assert connection.state.account_name == "Reader"


async def test_a_second_login_says_as_whom_it_is_signed_in(
    server: TelegramServer, account: Account, tmp_path: Path
) -> None:
    await Terminal(PHONE, "12345").enter(server, tmp_path)
    again = Terminal()
    await again.enter(server, tmp_path)
    assert again.asked == []
    assert "Already signed in as Reader" in again.said[0]


async def test_a_password_is_asked_for_where_there_is_one_and_secrets_are_asked_as_secrets(
    server: TelegramServer, tmp_path: Path
) -> None:
    server.add_user("Reader", phone="+380500000001", password="so secret")
    terminal = Terminal(PHONE, "12345", "wrong", "so secret")
    await terminal.enter(server, tmp_path)
    assert [secret for _, secret in terminal.asked] == [False, True, True, True]
    assert "Signed in as Reader" in terminal.said[-1]
    assert "secret" not in "".join(terminal.said)


async def test_a_wrong_code_is_asked_for_three_times(
    server: TelegramServer, account: Account, tmp_path: Path
) -> None:
    terminal = Terminal(PHONE, "11111", "", "12345")
    await terminal.enter(server, tmp_path)
    assert "Signed in" in terminal.said[-1]
    (tmp_path / "reader.session").unlink()
    with pytest.raises(Mendable, match="wrong three times"):
        await Terminal(PHONE, "11111", "22222", "33333").enter(server, tmp_path)


@pytest.mark.parametrize("answers", [(), (PHONE,)])
async def test_answers_that_end_too_early_are_told(
    server: TelegramServer, account: Account, tmp_path: Path, answers: tuple[str, ...]
) -> None:
    with pytest.raises(Mendable, match="ended too early"):
        await Terminal(*answers).enter(server, tmp_path)


@pytest.mark.parametrize("phone", ["12", "not a number", "+99999999999"])
async def test_a_phone_number_that_nobody_has_says_how_to_write_it(
    server: TelegramServer, account: Account, tmp_path: Path, phone: str
) -> None:
    with pytest.raises(Mendable, match=r"country code|No Telegram account"):
        await Terminal(phone, "12345").enter(server, tmp_path)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (FloodWait(7200), "wait 2 h"),
        (RpcFault(400, "PHONE_NUMBER_BANNED"), "banned"),
        (RpcFault(400, "PHONE_NUMBER_INVALID"), "country code"),
        (RpcFault(400, "SOMETHING_ELSE"), "SOMETHING_ELSE"),
    ],
)
async def test_each_refusal_says_what_to_do(
    server: TelegramServer, account: Account, tmp_path: Path, fault: Any, words: str
) -> None:
    server.fault(functions.auth.SendCodeRequest, fault)
    with pytest.raises(Mendable, match=words):
        await Terminal(PHONE, "12345").enter(server, tmp_path)


async def test_a_wrong_api_hash_names_both_settings(
    server: TelegramServer, account: Account, tmp_path: Path
) -> None:
    with pytest.raises(Mendable, match="API_HASH"):
        await Terminal(PHONE, "12345").enter(server, tmp_path, api_hash=SecretStr("f" * 32))


async def test_a_server_that_is_away_is_told(
    server: TelegramServer, account: Account, tmp_path: Path
) -> None:
    server.refuse()
    with pytest.raises(Mendable, match="can't be reached"):
        await Terminal(PHONE, "12345").enter(server, tmp_path)


async def test_a_session_in_use_is_left_alone(
    server: TelegramServer, account: Account, reading: Connection, tmp_path: Path
) -> None:
    async with running(reading):
        with pytest.raises(Mendable, match="in use"):
            await Terminal(PHONE, "12345").enter(server, tmp_path)
