"""What systemd hears, through a real datagram socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.systemd import Systemd


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(address)
        heard.settimeout(5)
        yield address, heard


def test_each_message_is_one_datagram_of_lines(listener: tuple[str, socket.socket]) -> None:
    address, heard = listener
    Systemd(address).tell(READY="1", STATUS="two\nlines")
    assert heard.recv(1000) == b"READY=1\nSTATUS=two lines"


def test_an_abstract_name_begins_with_an_at_sign() -> None:
    name = f"placewatch-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("\0" + name)
        heard.settimeout(5)
        Systemd(f"@{name}").tell(STOPPING="1")
        assert heard.recv(1000) == b"STOPPING=1"


def test_nobody_who_listens_is_no_reason_to_stop(tmp_path: Path) -> None:
    Systemd().tell(READY="1")
    Systemd(str(tmp_path / "nobody")).tell(READY="1")


@pytest.mark.parametrize(
    ("environ", "watchdog"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": "@x"}, None),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "30000000"}, 30.0),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "0"}, None),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "30000000"}, None),
    ],
)
def test_a_watchdog_is_fed_only_where_systemd_asks_us(
    environ: dict[str, str], watchdog: float | None
) -> None:
    assert Systemd.from_environment(environ).watchdog == watchdog
