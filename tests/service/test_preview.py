"""Public channels without any account: the real program against a local server of their pages."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from tests.elsewhere import Webhook, needs_apprise
from tests.preview_server import PreviewServer
from tests.service import world
from tests.service.world import REPO


async def eventually(condition: Callable[[], object]) -> None:
    await world.eventually(condition, 40)


class Terminal:
    """A person at a prompt, with a data folder and no account."""

    def __init__(self, server: PreviewServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.printed = ""
        self.log = ""
        self.settings = {
            "PLACEWATCH_SOURCE": "preview",
            "PLACEWATCH_PREVIEW__ADDRESS": server.address,
            "PLACEWATCH_PREVIEW__PAGE_SECONDS": "0.01",
            "PLACEWATCH_READING__POLL_SECONDS": "1",
            "PLACEWATCH_DATA": str(folder / "data"),
        }

    async def spawn(self, *arguments: str) -> asyncio.subprocess.Process:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PLACEWATCH_")}
        more = {"PYTHONPATH": str(REPO), "PYTHONWARNINGS": "error", "COLUMNS": "120", **self.settings}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=self.folder, env={**kept, **more},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def type(self, *arguments: str, status: int = 0) -> str:
        process = await self.spawn(*arguments)
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode == status, (arguments, out.decode(), err.decode())
        return " ".join((out.decode() + err.decode()).split())

    async def json(self, *arguments: str) -> Any:
        process = await self.spawn(*arguments, "--json")
        out, _ = await process.communicate()
        return json.loads(out)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await self.spawn("run")
        assert process.stdout is not None
        assert process.stderr is not None

        async def read(stream: asyncio.StreamReader, where: str) -> None:
            async for line in stream:
                setattr(self, where, getattr(self, where) + line.decode())

        reading = [
            asyncio.create_task(read(process.stdout, "printed")),
            asyncio.create_task(read(process.stderr, "log")),
        ]
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                await process.wait()
            await asyncio.gather(*reading)

    @property
    def alerts(self) -> int:
        return self.printed.count("not verified")


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    async with PreviewServer() as server:
        yield Terminal(server, tmp_path)


async def test_from_nothing_to_an_alert_on_standard_output_once_with_a_restart_and_what_was_missed(
    terminal: Terminal,
) -> None:
    channel = terminal.server.add_channel("dpr_head", title="Head of DPR")
    channel.post("Бои в Покровске: до того, как мы спросили")
    added = await terminal.type("channels", "add", "https://t.me/dpr_head", "--label", "DPR head")
    assert "Following @dpr_head, Head of DPR" in added
    assert "account" not in added
    await terminal.type("places", "add", "Pokrovsk", "--alias", "Покровск")

    async with terminal.running() as process:
        await eventually(lambda: len(terminal.server.requests) > 1)
        number = channel.post("Доброе утро. Идут бои в Покровске.")
        await eventually(lambda: terminal.alerts == 1)
        assert "Идут бои в Покровске" in terminal.printed
        assert "DPR head (@dpr_head)" in terminal.printed
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0, terminal.log

    for n in range(70):
        channel.post(f"Сводка {n}: в Покровске тихо" if n % 30 == 0 else f"Сводка {n}")
        channel.skip(n % 3)
    async with terminal.running():
        await eventually(lambda: terminal.alerts == 4)
        channel.edit(number + 1, "Сводка 0: в Покровске бои")
        await asyncio.sleep(1.5)
    assert terminal.printed.count("Идут бои в Покровске") == 1
    assert [f"Сводка {n}:" in terminal.printed for n in (0, 30, 60)] == [True] * 3
    assert "Traceback" not in terminal.log

    async with terminal.running():
        await asyncio.sleep(2)
    assert terminal.printed.count("Идут бои в Покровске") == 1
    (followed,) = await terminal.json("channels", "list")
    assert followed["cursor"] >= channel.posts[-1].id
    assert followed["problem"] is None
    with closing(sqlite3.connect(terminal.folder / "data" / "placewatch.db")) as db:
        kept = [row[0] for row in db.execute("SELECT message_id FROM post ORDER BY message_id")]
        ranges = db.execute("SELECT low, high FROM known").fetchall()
    assert kept == [p.id for p in channel.posts[1:]]
    assert ranges == [(2, channel.posts[-1].id)]


async def test_alerts_that_were_not_printed_before_a_kill_are_printed_after_it(terminal: Terminal) -> None:
    channel = terminal.server.add_channel("dpr_head", title="Head of DPR")
    await terminal.type("channels", "add", "@dpr_head")
    await terminal.type("places", "add", "Pokrovsk", "--alias", "Покровск")
    for n in range(6):
        channel.post(f"Бои в Покровске {n}")
    async with terminal.running() as process:
        await eventually(lambda: terminal.alerts >= 1)
        process.kill()
        await process.wait()
    async with terminal.running():
        await eventually(lambda: all(f"Покровске {n}" in terminal.printed for n in range(6)))


async def test_a_name_without_public_posts_is_refused_with_what_to_do(terminal: Terminal) -> None:
    said = await terminal.type("channels", "add", "https://t.me/nobody_here", status=1)
    assert "shows no posts to the public" in said
    assert "https://t.me/nobody_here in a browser" in said


async def test_trouble_of_a_channel_and_its_pages_is_shown(terminal: Terminal) -> None:
    channel = terminal.server.add_channel("dpr_head", title="Head of DPR")
    channel.post("x")
    await terminal.type("channels", "add", "@dpr_head")
    doctor = await terminal.type("doctor")
    assert "✓ settings: complete" in doctor
    assert "✓ public pages: that of @dpr_head can be read" in doctor
    assert "prints alerts to standard output" in doctor
    terminal.server.fail("form")
    async with terminal.running():
        await eventually(lambda: "has changed" in terminal.log)
        doctor = await terminal.type("doctor", status=1)
    assert "✗ channel @dpr_head: the form of its public page has changed" in doctor
    assert "✓ public pages: 1 channel, asked every 1 s" in doctor
    assert "has changed" in (await terminal.json("channels", "list"))[0]["problem"]


async def test_chats_need_the_bot_and_are_asked_for_by_name(terminal: Terminal) -> None:
    terminal.settings["PLACEWATCH_CHATS"] = "-1001"
    said = await terminal.type("run", status=2)
    assert "PLACEWATCH_TELEGRAM__BOT_TOKEN" in said
    assert "PLACEWATCH_TELEGRAM__API_ID" in said


@needs_apprise
async def test_alerts_go_to_an_output_without_any_account(terminal: Terminal) -> None:
    async with Webhook() as hook:
        terminal.settings["PLACEWATCH_OUTPUTS"] = f"desk=json://127.0.0.1:{hook.port}/x"
        channel = terminal.server.add_channel("dpr_head", title="Head of DPR")
        await terminal.type("channels", "add", "@dpr_head")
        await terminal.type("places", "add", "Pokrovsk", "--alias", "Покровск")
        channel.album("Бои в Покровске", 3)
        async with terminal.running():
            await eventually(lambda: hook.texts)
            await asyncio.sleep(1.5)
        assert len(hook.texts) == 1
        assert "Бои в Покровске" in hook.texts[0]
        assert terminal.printed == ""


async def test_what_only_an_account_can_do_is_said(terminal: Terminal) -> None:
    terminal.server.add_channel("dpr_head").post("one")
    assert "Only an account can join" in await terminal.type(
        "channels", "add", "@dpr_head", "--join", status=1
    )
    await terminal.type("channels", "add", "@dpr_head")
    said = await terminal.type("channels", "set", "@dpr_head", "--join", "yes", status=1)
    assert "Only an account can join" in said
    terminal.settings["PLACEWATCH_MEDIA"] = "photos"
    assert "PLACEWATCH_MEDIA has no effect" in await terminal.type("doctor")
