"""A proxy's address is taken whole or refused; its secret is never quoted."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from config.loading import load
from config.problems import SettingsError
from config.proxies import Proxy

SECRET = "00112233445566778899aabbccddeeff"


def of(text: str) -> Proxy:
    return Proxy.of(SecretStr(text))


def test_a_socks_proxy_has_a_user_and_a_password_or_neither() -> None:
    bare = of("socks5://127.0.0.1:1080")
    assert (bare.kind, bare.host, bare.port, bare.user, bare.secret) == (
        "socks5",
        "127.0.0.1",
        1080,
        None,
        None,
    )
    known = of("socks5://anna:p%40ss%3A@[::1]:9050")
    assert known.host == "::1"
    assert known.user == "anna"
    assert known.secret is not None
    assert known.secret.get_secret_value() == "p@ss:"
    assert known.place == "socks5://[::1]:9050"
    assert known.url == "socks5://anna:p%40ss%3A@[::1]:9050"


@pytest.mark.parametrize("secret", [SECRET, f"dd{SECRET}", "ABEiM0RVZneImaq7zN3u_w"])
def test_an_mtproto_proxys_secret_is_16_bytes_however_written(secret: str) -> None:
    found = of(f"mtproxy://{secret}@proxy.example:443")
    assert (found.kind, found.host, found.port) == ("mtproxy", "proxy.example", 443)
    assert found.secret is not None
    assert found.secret.get_secret_value() == SECRET


@pytest.mark.parametrize(
    "text",
    [
        "hunter2", "http://hunter2@host:1", "socks4://hunter2:x@host:1", "socks5://host", "socks5://hunter2@host:1",
        "socks5://u:hunter2@host:99999", "socks5://u:hunter2@host:1/path", "socks5://u:hunter2@host:1?x=1",
        "socks5://:1", "mtproxy://host:1", "mtproxy://hunter2@host:1", f"mtproxy://ee{SECRET}676f@host:1",
        f"mtproxy://{SECRET}:x@host:1", "mtproxy://a=b@host:1",
    ],
)  # fmt: skip
def test_anything_else_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(SettingsError) as told:
        load(None, {"PLACEWATCH_PROXY": text})
    assert "PLACEWATCH_PROXY" in str(told.value)
    assert "hunter2" not in str(told.value).replace("user:password@host", "")


def test_no_secret_is_shown_by_the_settings() -> None:
    settings = load(
        None,
        {"PLACEWATCH_PROXY": "socks5://anna:hunter2x@host:1", "PLACEWATCH_PASSPHRASE": "hunter2x hunter2x"},
    )
    assert "hunter2x" not in repr(settings) + str(settings) + repr(settings.guard)
