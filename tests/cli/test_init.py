"""The dialogue of `placewatch init`, in this process, against the local Telegram server."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest
from telethon.utils import get_peer_id

from bot.cli.init import Beginning, set_up
from bot.cli.init.person import Person
from bot.errors import Mendable
from config import envfile
from tests.preview_server import PreviewServer
from tests.telegram_server import Account, Supergroup, TelegramServer

BOT = "1000:TESTTOKENTESTTOKENTESTTOKENTEST"


@dataclass
class Newcomer:
    """Somebody who sets placewatch up in a folder of their own: what they answer, and what they were told."""

    server: TelegramServer
    folder: Path
    reader: Account
    bot: Account
    olena: Account
    team: Supergroup
    asked: list[tuple[str, bool]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    async def go(self, *answers: tuple[str, str], asks: bool = True) -> str:
        """Go through init with these (prompt, answer), each once; what was said. Every question must be expected."""
        waiting = list(answers)
        self.asked, self.told = [], []

        def ask(prompt: str, secret: bool) -> str:
            self.asked.append((prompt, secret))
            for one in waiting:
                if one[0] in prompt:
                    waiting.remove(one)
                    return one[1]
            raise click.Abort(prompt)

        person = Person(ask if asks else None, self.told.append)
        await asyncio.to_thread(set_up, person, Beginning(seconds=8))
        assert not waiting, (waiting, self.told)
        return "\n".join(self.told)

    @property
    def env(self) -> dict[str, str]:
        return envfile.read(self.folder / ".env")[0]

    def write(self, **values: str) -> None:
        lines = [f"PLACEWATCH_{name}={value}\n" for name, value in values.items()]
        (self.folder / ".env").write_text("# mine\n" + "".join(lines))

    @property
    def account(self) -> list[tuple[str, str]]:
        return [("Phone", str(self.reader.phone)), ("Code", str(self.reader.code))]

    @property
    def application(self) -> list[tuple[str, str]]:
        return [("App api_id", str(self.server.api_id)), ("App api_hash", self.server.api_hash)]


@pytest.fixture
async def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newcomer]:
    async with TelegramServer() as server:
        for name in [n for n in os.environ if n.startswith("PLACEWATCH_")]:
            monkeypatch.delenv(name)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PLACEWATCH_TELEGRAM__SERVER", f"{server.host}:{server.port}")
        monkeypatch.setenv("PLACEWATCH_TELEGRAM__SERVER_KEY", str(server.key_path))
        reader = server.add_user("Reader", phone="+380500000001", code="12345")
        bot = server.add_bot("placewatch_bot", token=BOT)
        olena = server.add_user("Olena", phone="+380500000002")
        server.add_channel("dpr_head", title="Head of DPR", members=[reader])
        team = server.add_supergroup("Team", members=[bot, olena], admins=[olena])
        yield Newcomer(server, tmp_path, reader, bot, olena, team)


async def test_what_is_well_is_said_and_only_what_is_wrong_is_asked_for(newcomer: Newcomer) -> None:
    one, group = newcomer, get_peer_id(newcomer.team.peer_for(newcomer.bot))
    one.team.say(one.olena, "/start")  # before anybody listens
    said = await one.go(
        ("How should", "1"), ("App api_id", "77"), ("App api_hash", "f" * 32), *one.application,
        ("Bot token", "1000:WRONGWRONGWRONG"), ("Bot token", BOT),
        ("Tell the group Team", "y"), *one.account, ("Channels", "@dpr_head @nobody_there"), ("Places", "Pokrovsk"),
    )  # fmt: skip
    assert "✗ bot:" in said
    assert f"heard: Team ({group})" in said
    assert "following @dpr_head" in said
    assert "nobody_there" in said
    assert "All is set up" in said
    assert "Test" in one.team.messages[-1].message
    assert one.env["PLACEWATCH_CHATS"] == str(group)
    assert stat.S_IMODE((one.folder / ".env").stat().st_mode) == 0o600
    assert all(secret not in said for secret in (BOT, "WRONGWRONG", one.server.api_hash, "12345", "38050"))

    sent = len(one.team.messages)
    said = await one.go(("Send a test alert", ""))  # again: nothing is missing
    assert said.count("✓") >= 7
    assert len(one.team.messages) == sent

    one.reader.revoke()
    one.team.remove(one.bot)
    other = one.server.add_supergroup("Other", members=[one.bot, one.olena], admins=[one.olena])
    with pytest.raises(click.Abort):  # Ctrl-C at a question leaves everything as it was
        await one.go()
    assert one.env["PLACEWATCH_CHATS"] == str(group)
    other.say(one.olena, "/start")
    said = await one.go(("Find the group anew", ""), ("Tell the group Other", ""), *one.account)
    assert "✗ chat" in said
    assert "signed out" in said.casefold() or "ended" in said
    assert one.env["PLACEWATCH_CHATS"] == str(get_peer_id(other.peer_for(one.bot)))
    assert "Test" in other.messages[-1].message


async def test_without_questions_settings_come_from_the_environment_and_stay_in_the_file(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = newcomer
    one.write(MIN_CONFIDENCE="0.6")
    monkeypatch.setenv("PLACEWATCH_TELEGRAM__API_ID", str(one.server.api_id))
    with pytest.raises(Mendable, match="API_HASH is missing"):
        await one.go(asks=False)
    monkeypatch.setenv("PLACEWATCH_TELEGRAM__API_HASH", one.server.api_hash)
    monkeypatch.setenv("PLACEWATCH_TELEGRAM__BOT_TOKEN", BOT)
    one.team.say(one.olena, "/start")
    with pytest.raises(Mendable, match="placewatch login"):
        await one.go(asks=False)
    kept = (one.folder / ".env").read_text()
    assert kept.startswith("# mine\nPLACEWATCH_MIN_CONFIDENCE=0.6\n")
    assert "PLACEWATCH_TELEGRAM__BOT_TOKEN" in one.env
    assert "PLACEWATCH_CHATS" in one.env


async def test_without_accounts_pages_are_read_and_alerts_come_to_the_terminal(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with PreviewServer() as pages:
        pages.add_channel("dpr_head", title="Head of DPR").post("text")
        monkeypatch.setenv("PLACEWATCH_PREVIEW__ADDRESS", pages.address)
        said = await newcomer.go(
            ("How should", "2"),
            ("Where should alerts", ""),
            ("Channels", "dpr_head"),
            ("Places", "Покровськ"),
        )
        assert "following @dpr_head" in said
        assert "All is set up" in said
        assert "this is no alert" in capsys.readouterr().out
        assert newcomer.env["PLACEWATCH_SOURCE"] == "preview"
        said = await newcomer.go()  # nothing to ask again
        assert "1 channel followed" in said
