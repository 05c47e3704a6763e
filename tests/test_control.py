"""What the running service refuses can be said in any language by whoever has asked it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot import control
from bot.archive.query import QueryError
from bot.errors import Mendable, Refused
from bot.languages import N_, known


async def refused(folder: Path, problem: Exception) -> Mendable:
    """What asking for something ends in where the service answers with that problem."""

    async def fail() -> Any:
        raise problem

    async with control.serving(folder, {"fail": fail}):
        with pytest.raises(Mendable) as end:
            await control.ask(folder, "fail", {})
    return end.value


async def test_a_problem_crosses_the_socket_in_every_language(tmp_path: Path) -> None:
    told = await refused(tmp_path, QueryError("place:{Нет}", 0, N_("no letter or digit is in it")))
    assert str(told) == "I can't read the query at “place:{Нет}”: no letter or digit is in it"
    assert told.said(known("ru")) == (
        "Не могу прочитать запрос на «place:{Нет}»: здесь нет ни одной буквы или цифры"
    )


async def test_what_telegram_refuses_crosses_as_it_was_reported(tmp_path: Path) -> None:
    told = await refused(tmp_path, Refused("The channel is {gone}."))
    assert str(told) == told.said(known("ru")) == "The channel is {gone}."


async def test_a_service_that_tells_english_alone_is_understood(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(json.dumps({"problem": "There is {nothing}."}).encode() + b"\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(answer, tmp_path / "control.sock"):
        with pytest.raises(Mendable, match=r"There is \{nothing\}\.") as end:
            await control.ask(tmp_path, "anything", {})
    assert end.value.said(known("uk")) == "There is {nothing}."


async def test_what_the_service_does_not_know_is_said_too(tmp_path: Path) -> None:
    async with control.serving(tmp_path, {}):
        with pytest.raises(Mendable) as end:
            await control.ask(tmp_path, "nothing", {})
    assert "не знає такого запиту" in end.value.said(known("uk"))
