"""`placewatch init` typed at a terminal, as the README's first minutes show it."""

from __future__ import annotations

import sys

import pytest

from tests.service.first_minutes import PASSWORD, Minutes, environment, play
from tests.service.keyboard import at_terminal
from tests.service.world import REPO, World

PROGRAM = [sys.executable, "-m", "bot"]


async def test_from_an_empty_folder_to_the_first_alert_in_the_group(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPO))
    world.reader.password, world.reader.code = PASSWORD, "86420"
    said: list[str] = []
    shown = await play(world.folder, PROGRAM, Minutes(said.append), world)
    assert "first alert" in said[-1]
    assert "Покровска" in world.alerts[0]
    secrets = (PASSWORD, str(world.bot.token), world.server.api_hash, str(world.reader.code))
    assert [one for one in secrets if one in shown] == []


async def test_beside_a_running_service_the_test_alert_is_sent_by_that_one(world: World) -> None:
    await world.login()
    await world.follow("@dpr_head")
    await world.track("Pokrovsk")
    async with world.running() as service:
        await service.ready()
        async with at_terminal(
            *PROGRAM, "init", folder=world.folder, environment=world.environment
        ) as terminal:
            await terminal.until("a test alert was sent to 1 chat")
            assert await terminal.ended() == 0, terminal.shown
    assert "Test" in world.team.messages[-1].message


async def test_ctrl_c_stops_and_says_how_to_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPO))
    async with at_terminal(*PROGRAM, "init", folder=world.folder, environment=environment(world)) as terminal:
        await terminal.answer("How should channels be read?", "1")
        await terminal.until("App api_id:")
        terminal.interrupt()
        assert await terminal.ended() == 130
        assert "Go on with: placewatch init" in terminal.shown
        assert "Traceback" not in terminal.shown
    assert "PLACEWATCH_SOURCE=telegram" in (world.folder / ".env").read_text()
