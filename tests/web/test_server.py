"""The page at an address: beside the service, and as a part of it."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bot import stops
from bot.errors import Mendable
from bot.web.server import listen, run
from config.settings import Settings
from storage import lock
from storage.database import connect_writer
from tests.blank import blank
from tests.making import CHAT, NOW, follow, keep, post, track
from tests.web.signing_in import COOKIE, owner


def test_no_answer_waits_for_the_readers_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        taken, _ = listening.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def _unasked(_: str, __: dict[str, Any]) -> None:
    """Nothing is written here."""


def _settings(folder: Path, **web: Any) -> Settings:
    return Settings.model_validate({"data": folder, "web": {"port": 0, **web}})


def _archive(folder: Path) -> None:
    db = connect_writer(blank(folder / lock.DATABASE))
    try:
        db.execute("BEGIN")
        track(db, "Покровск")
        keep(db, post(follow(db), 1, "В Покровске открыли школу"))
        owner(db, datetime.now(UTC))
        db.execute("COMMIT")
    finally:
        db.close()


async def test_the_page_is_served_until_it_is_stopped(tmp_path: Path) -> None:
    await asyncio.to_thread(_archive, tmp_path)
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def ready(where: str) -> None:
        address.set_result(where)

    serving = asyncio.create_task(run(_settings(tmp_path), _unasked, ready))
    async with httpx2.AsyncClient(headers=COOKIE) as client:
        answer = await client.get(await address)
        assert "открыли школу" in answer.text
        assert "server" not in answer.headers
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    async with httpx2.AsyncClient() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(address.result())


async def test_an_address_that_is_taken_can_be_mended(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Mendable, match=r"another program does.*PLACEWATCH_WEB__PORT"):
            await run(_settings(tmp_path, port=port), _unasked)


async def test_an_address_of_another_machine_can_be_mended(tmp_path: Path) -> None:
    with pytest.raises(Mendable, match="PLACEWATCH_WEB__HOST"):
        await run(_settings(tmp_path, host="192.0.2.1"), _unasked)


def test_the_chats_are_told_that_the_page_alone_has_stopped(tmp_path: Path) -> None:
    db: sqlite3.Connection = connect_writer(blank(tmp_path / lock.DATABASE))
    try:
        db.execute("BEGIN")
        track(db)
        stops.tell(db, "web", "The port is taken.", [CHAT], now=NOW)
        (told,) = db.execute("SELECT wanted FROM owed").fetchone()
        assert "The review page is not served, all else goes on. The port is taken." in told
        db.execute("COMMIT")
    finally:
        db.close()


def test_without_an_archive_the_command_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "web", "--port", "0"],
        env={"PLACEWATCH_DATA": str(tmp_path), "PATH": "/usr/bin"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("placewatch: ")
    assert "Traceback" not in done.stderr
