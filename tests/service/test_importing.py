"""An export, taken in by the real program: beside a running service, twice, and with what goes wrong."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.exports.writing import chat, many, message, written
from tests.service.world import World, eventually


def _export(world: World, messages: list[Any], **fields: Any) -> Path:
    folder = world.folder / "ChatExport_2025-11-02"
    folder.mkdir(exist_ok=True)
    head = {"id": 777, "name": "Archive of 2024", **fields}
    (folder / "result.json").write_text(written(chat(messages, **head)), encoding="utf-8")
    return folder


def _held(world: World) -> int:
    """How many posts the archive has; 0 where there is none yet."""
    try:
        db = sqlite3.connect(f"file:{world.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(db.execute("SELECT count(*) FROM post").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        db.close()


async def test_an_export_beside_a_running_service_is_taken_once_found_and_silent(world: World) -> None:
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk")
    folder = _export(world, many(300, text="В Покровске тихо, сутки"))
    async with world.running() as service:
        await service.ready()
        printed = await world.type("import", str(folder))
        assert "Archive of 2024: 300 posts taken, 0 already known" in printed
        assert "300 already known" in await world.type("import", str(folder / "result.json"))
        found = await world.json("search", "Покровском", "300")
        assert [post["text"] for post in found] == ["В Покровске тихо, сутки 300"]
        assert found[0]["link"] == "https://t.me/c/777/300"
        world.channel.post("Обстрел Покровска")
        await eventually(lambda: world.alerts)
        assert len(world.alerts) == 1  # of the live post alone
        assert "Archive of 2024" not in await world.type("doctor", status=0)


async def test_without_a_service_it_is_taken_by_the_command_itself(world: World) -> None:
    folder = _export(world, many(3, text="В Покровске"))
    would = await world.json("import", str(folder), "--dry-run")
    assert (would["posts"], would["dry_run"]) == (3, True)
    assert "Nothing found" in await world.type("search", "Покровск")
    assert (await world.json("import", str(folder)))["posts"] == 3
    assert len(await world.json("search", "Покровск")) == 3


async def test_ctrl_c_keeps_what_was_taken_and_the_same_command_goes_on(world: World) -> None:
    folder = _export(world, many(8_000, text="Спокойно"))
    process = await world.spawn("import", str(folder))
    await eventually(lambda: _held(world) > 0, 30)
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(20):
        out, err = await process.communicate()
    assert process.returncode == 130, err.decode()
    assert "Traceback" not in err.decode()
    assert "goes on from there" in out.decode() + err.decode()
    again = await world.json("import", str(folder))
    assert again["posts"] + again["known"] == 8_000
    assert again["known"] > 0
    assert again["posts"] > 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("messages.html", "<html>", "as HTML"),
        ("result.json", "<!DOCTYPE html>", "web page"),
        ("result.json", "", "no export of Telegram Desktop"),
        ("result.json", json.dumps(chat([], type="personal_chat")), "no public channel"),
        ("result.json", json.dumps(chat([], id=None)), "--channel @NAME"),
        ("other.txt", "", "no result.json"),
    ],
)
async def test_what_can_not_be_imported_is_told_in_words(
    world: World, name: str, content: str, words: str
) -> None:
    (world.folder / "export").mkdir()
    (world.folder / "export" / name).write_text(content)
    printed = await world.type("import", "export", status=1)
    assert words in printed
    assert "Traceback" not in printed


async def test_a_file_that_is_cut_off_is_taken_as_far_as_it_goes(world: World) -> None:
    folder = _export(world, [*many(5), message(6, "x")])
    file = folder / "result.json"
    file.write_text(file.read_text()[:-60])
    printed = await world.type("import", str(folder), status=1)
    assert "5 posts taken" in printed
    assert "The file can't be read from character" in printed
