"""How often somebody may fail, and who counts as one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.web.access.attempts import Attempts, client, network
from tests.making import NOW, minutes


def test_after_so_many_failures_an_address_waits_until_the_first_is_old() -> None:
    attempts = Attempts(each=3, together=100, within=timedelta(minutes=10))
    for n in range(3):
        assert not attempts.wait("198.51.100.7", minutes(n))
        attempts.failed("198.51.100.7", minutes(n))
    assert attempts.wait("198.51.100.7", minutes(3)) == timedelta(minutes=7)
    assert not attempts.wait("203.0.113.9", minutes(3))
    assert not attempts.wait("198.51.100.7", minutes(10))


def test_all_together_wait_where_very_many_fail() -> None:
    attempts = Attempts(each=3, together=50, within=timedelta(minutes=10))
    for n in range(50):
        attempts.failed(f"198.51.100.{n}", NOW)
    assert attempts.wait("203.0.113.9", NOW) == timedelta(minutes=10)
    assert not attempts.wait("203.0.113.9", minutes(10))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8::1", "2001:db8::ffff:1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_addresses_of_one_household_are_one(one: str, other: str) -> None:
    assert network(one) == network(other)


def test_a_forwarded_address_counts_only_where_a_near_proxy_names_it() -> None:
    assert client("127.0.0.1", "198.51.100.7, 203.0.113.9") == "203.0.113.9"
    assert client("8.8.8.8", "198.51.100.7") == "8.8.8.8"
    assert client("127.0.0.1", None) == "127.0.0.1"
