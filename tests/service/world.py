"""The real `placewatch`, as a process, against the local Telegram server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telethon.utils import get_peer_id

from bot.places.gazetteer import Gazetteer
from bot.places.resolve import resolve
from bot.process import carry_out, sign_in
from config.loading import load
from config.settings import Settings
from storage.records import READER
from tests.telegram_server import Supergroup, TelegramServer

REPO = Path(__file__).parents[2]


async def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until the condition holds; TimeoutError where it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)


class World:
    """A team, a channel, and a placewatch with its own data folder."""

    def __init__(self, server: TelegramServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.reader = server.add_user("Reader", phone="+380500000001", code="12345")
        self.bot = server.add_bot("placewatch_bot", token="1000:TESTTOKENTESTTOKENTESTTOKENTEST")
        self.olena = server.add_user("Olena", phone="+380500000002", code="12345")
        self.channel = server.add_channel("dpr_head", title="Head of DPR", members=[self.reader])
        self.team: Supergroup = server.add_supergroup(
            "Team", members=[self.bot, self.olena], admins=[self.olena]
        )
        self.settings: dict[str, str] = {
            "PLACEWATCH_TELEGRAM__API_ID": str(server.api_id),
            "PLACEWATCH_TELEGRAM__API_HASH": server.api_hash,
            "PLACEWATCH_TELEGRAM__BOT_TOKEN": str(self.bot.token),
            "PLACEWATCH_TELEGRAM__SERVER": f"{server.host}:{server.port}",
            "PLACEWATCH_TELEGRAM__SERVER_KEY": str(server.key_path),
            "PLACEWATCH_CHATS": str(get_peer_id(self.team.peer_for(self.bot))),
            "PLACEWATCH_DATA": str(folder / "data"),
            "PLACEWATCH_PACE__PER_CHAT_SECONDS": "0",
            "PLACEWATCH_PACE__GROUP_PER_MINUTE": "100000",
            "PLACEWATCH_PACE__PER_SECOND": "1000",
            "PLACEWATCH_PACE__EDIT_SECONDS": "0",
            "PLACEWATCH_PACE__SUMMARY_ABOVE": "100000",
            "PLACEWATCH_READING__HEARTBEAT_SECONDS": "2",
        }

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PLACEWATCH_")}
        return {**kept, "PYTHONPATH": str(REPO), "PYTHONWARNINGS": "error", "COLUMNS": "120", **self.settings}

    async def spawn(self, *arguments: str, answers: str | None = None) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=self.folder,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE if answers is not None else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        if answers is not None:
            assert process.stdin is not None
            process.stdin.write(answers.encode())
            process.stdin.close()
        return process

    async def type(self, *arguments: str, answers: str | None = None, status: int = 0) -> str:
        """Run a command to its end; what it printed, standard error last."""
        process = await self.spawn(*arguments, answers=answers)
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        printed = out.decode() + err.decode()
        assert process.returncode == status, f"{arguments} ended with {process.returncode}:\n{printed}"
        return printed

    async def json(self, *arguments: str) -> Any:
        process = await self.spawn(*arguments, "--json")
        out, err = await process.communicate()
        assert process.returncode in (0, 1), err.decode()
        return json.loads(out)

    async def type_login(self) -> str:
        return await self.type("login", answers=f"{self.reader.phone}\n{self.reader.code}\n")

    # What most tests begin with, by the commands' own functions: to start a process for each takes two seconds.

    @property
    def loaded(self) -> Settings:
        return load(None, self.settings)

    async def login(self) -> None:
        answers = iter([str(self.reader.phone), str(self.reader.code)])
        await sign_in(self.loaded, READER, lambda _, __: next(answers), lambda _: None)

    async def follow(self, *names: str) -> None:
        for name in names:
            given = {"link": name, "since": None, "label": None}
            await carry_out(self.loaded, "channels.add", given, telegram=True)

    async def track(self, name: str, *aliases: str) -> None:
        """A place that the gazetteer knows by that name, or one of these names alone."""
        found = resolve(Gazetteer.load(None, self.loaded.countries), name).sole
        given = {
            "name": name,
            "aliases": list(aliases),
            "geonames_id": found.settlement.geonames_id if found else None,
            "position": None,
        }
        await carry_out(self.loaded, "places.add", given, telegram=False)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        service = Service(self)
        await service.start()
        try:
            yield service
        except BaseException:
            await service.stop()
            print(service.log, "The group shows:", *(m.message for m in self.team.messages), sep="\n")
            raise
        await service.stop()

    @property
    def alerts(self) -> list[str]:
        """What the group shows from the bot that are alerts, in order."""
        return [m.message for m in self.team.messages if "A claim by the source; not verified." in m.message]

    @property
    def settled(self) -> bool:
        """Every chat shows what it is owed, and placewatch knows so."""
        db = sqlite3.connect(f"file:{self.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
        try:
            return not db.execute("SELECT 1 FROM owed WHERE due = 1 LIMIT 1").fetchone()
        finally:
            db.close()

    @property
    def kept(self) -> int:
        """How many posts are in the archive."""
        db = sqlite3.connect(f"file:{self.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
        try:
            return int(db.execute("SELECT count(*) FROM post").fetchone()[0])
        finally:
            db.close()

    def says(self, words: str) -> bool:
        return any(words in m.message for m in self.team.messages)


class Service:
    """`placewatch run` as a process; its log is kept for the failure message."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = ""
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._process = await self.world.spawn("run")
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.log += line.decode(errors="replace")

    async def ready(self) -> None:
        """Both accounts are connected and history has been read."""
        server, world = self.world.server, self.world
        await eventually(lambda: server.online(world.reader) and server.online(world.bot), 60)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def send(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        """End it at once, where it runs."""
        if self.running:
            self.send(signal.SIGKILL)
            await self.ended()

    async def ended(self) -> int:
        """Wait for its end; the status."""
        assert self._process is not None
        assert self._reading is not None
        status = await self._process.wait()
        await self._reading
        return status

    async def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """End the process, and return its status."""
        if self.running:
            self.send(number)
        async with asyncio.timeout(seconds):
            return await self.ended()
