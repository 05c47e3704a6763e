"""The port and the command tell what the service is like; figures have the names that the dashboard asks for."""

from __future__ import annotations

import asyncio
import importlib
import socket
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.clock import now
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.health.counted import Counted
from bot.health.figures import METRICS, PREFIX
from bot.health.look import Health
from bot.health.port import Port
from bot.supervision import Supervision
from bot.telegram.connection import Connection
from config.sections import Health as Chosen
from config.sections import Telegram
from storage import chats, owed, pulse
from storage.records import Message, Wanted
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, follow, keep, post, track


class Carrier:
    """Carries, or raises what it was given."""

    trouble: Exception | None = None

    async def send(self, _: int, __: Message, ___: int) -> int | None:
        if self.trouble is not None:
            raise self.trouble
        return 7

    async def edit(self, _: int, __: int, ___: Message) -> None:
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield opened
    await opened.close()


async def nobody(_: str, __: Exception) -> None:
    """Nobody is told."""


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
def counted(carrier: Carrier) -> Counted:
    return Counted(carrier, now)


@pytest.fixture
def health(store: Store, counted: Counted, tmp_path: Path) -> Health:
    account = Connection(Telegram(), tmp_path / "reader.session", token=None, heartbeat=30)
    account.floods["GetHistory"] = 2
    return Health(
        store, Supervision(now, nobody), [account], counted, data=tmp_path, poll_seconds=60, now=now
    )  # fmt: skip


class Listening:
    """The port, and a way to ask it."""

    def __init__(self, port: Port) -> None:
        self.address = f"http://127.0.0.1:{port.number}"

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            return await client.get(self.address + path)


@pytest.fixture
async def listening(health: Health) -> AsyncIterator[Listening]:
    port = Port(Chosen.model_construct(enabled=True, host="127.0.0.1", port=0, metrics=True))
    task = asyncio.create_task(port.run(health))
    yield Listening(port)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    port.close()


async def fill(store: Store) -> None:
    def write(db: Any) -> None:
        pokrovsk = track(db, "Покровск")
        channel = follow(db)
        keep(db, post(channel, 1, "Покровск"), tracked=[pokrovsk])
        chats.welcome(db, CHAT, now=now())
        owed.owe(db, Wanted(chat_id=CHAT, subject='a"b\\c\n', html="x"), now=now() - timedelta(hours=1))
        pulse.beat(db, now())

    await store.write(write)


async def test_health_is_200_where_all_is_well_and_503_with_what_is_wrong(
    listening: Listening, store: Store
) -> None:
    await store.write(pulse.beat, now())
    well = await listening.get("/healthz")
    assert well.status_code == 200
    assert well.json()["status"] == "ok"
    assert well.json()["last_write_seconds"] < 60
    assert well.json()["last_delivery_seconds"] is None
    await store.write(chats.welcome, CHAT, now=now())
    await store.write(lambda db: db.execute("UPDATE chat SET problem = 'kicked'"))
    unwell = await listening.get("/healthz")
    assert unwell.status_code == 503
    assert unwell.json()["problems"] == [f"chat {CHAT}: refuses: kicked"]


async def test_the_port_answers_also_where_the_archive_hangs(listening: Listening, store: Store) -> None:
    answered = threading.Event()
    reading = [asyncio.create_task(store.read(lambda _: answered.wait(60))) for _ in range(4)]
    await asyncio.sleep(0.1)
    answer = await listening.get("/healthz")
    answered.set()
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["archive: it did not answer within 3 s"]
    await asyncio.gather(*reading)


async def test_figures_are_those_that_are_declared(
    listening: Listening, store: Store, counted: Counted, carrier: Carrier
) -> None:
    parser = importlib.import_module("prometheus_client.parser")
    await fill(store)
    await counted.send(CHAT, Message(html="x"), 1)
    for trouble in (Busy("SendMessage", 3), Refused("no"), Unavailable("away")):
        carrier.trouble = trouble
        with pytest.raises(type(trouble)):
            await counted.edit(CHAT, 7, Message(html="x"))
    page = await listening.get("/metrics")
    assert page.status_code == 200
    found = {s.name: s for family in parser.text_string_to_metric_families(page.text) for s in family.samples}
    assert {name.removeprefix(PREFIX) for name in found} <= set(METRICS)
    assert found["placewatch_posts"].value == 1
    assert found["placewatch_mentions"].value == 1
    assert found["placewatch_queue_messages"].labels == {"chat": str(CHAT)}
    assert found["placewatch_floods_total"].labels == {"account": "reader", "method": "GetHistory"}
    every = [s for f in parser.text_string_to_metric_families(page.text) for s in f.samples]
    deliveries = {
        (s.labels["what"], s.labels["outcome"]): s.value for s in every if "deliveries_total" in s.name
    }
    assert deliveries == {
        ("send", "arrived"): 1, ("edit", "held"): 1, ("edit", "refused"): 1, ("edit", "failed"): 1
    }  # fmt: skip


async def test_nothing_else_is_there_and_nothing_can_be_changed(listening: Listening) -> None:
    assert (await listening.get("/")).status_code == 404
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        assert (await client.post(listening.address + "/healthz")).status_code == 405


def test_a_port_that_is_taken_is_told_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Mendable, match="PLACEWATCH_HEALTH__PORT"):
            Port(Chosen(enabled=True, port=other.getsockname()[1]))


def test_figures_that_are_asked_for_without_their_library_are_told_with_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(Mendable, match=r"pip install 'placewatch\[metrics\]'"):
        Port(Chosen(enabled=True, metrics=True))
