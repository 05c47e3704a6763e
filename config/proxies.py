"""The proxy through which everything goes that leaves this machine."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr

_FORM: Final = "neither socks5://[user:password@]host:port nor mtproxy://secret@host:port"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A SOCKS5 proxy, to which names are left to look up, or an MTProto proxy, which speaks with Telegram only."""

    kind: Literal["socks5", "mtproxy"]
    host: str
    port: int
    user: str | None = None
    secret: SecretStr | None = None  # the password, or an MTProto proxy's secret

    @classmethod
    def of(cls, address: SecretStr) -> Proxy:
        """The proxy of an address; ValueError says what is wrong with it, as the end of "found …, which is …"."""
        text = address.get_secret_value()
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise ValueError(_FORM) from None
        rest = parts.path.strip("/") or parts.query or parts.fragment
        if not parts.hostname or not port or rest or re.search(r"\s", text):
            raise ValueError(_FORM)
        user = None if parts.username is None else unquote(parts.username)
        password = None if parts.password is None else SecretStr(unquote(parts.password))
        if parts.scheme == "socks5":
            if (user is None) != (password is None):
                raise ValueError("without a password for its user")
            return cls("socks5", parts.hostname, port, user, password)
        if parts.scheme == "mtproxy":
            if not user or password is not None:
                raise ValueError("without the MTProto proxy's secret before the @")
            return cls("mtproxy", parts.hostname, port, None, SecretStr(_mtproto_secret(user)))
        raise ValueError(_FORM)

    @property
    def place(self) -> str:
        """Kind, host and port, without a secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address of a SOCKS5 proxy with its password, for those who connect."""
        if self.user is None or self.secret is None:
            return self.place
        login = f"{quote(self.user, safe='')}:{quote(self.secret.get_secret_value(), safe='')}"
        return self.place.replace("://", f"://{login}@")


def checked(value: SecretStr | None) -> SecretStr | None:
    """The address of a proxy, as it was typed."""
    if value is not None:
        Proxy.of(value)
    return value


def _mtproto_secret(text: str) -> str:
    """The 16 bytes of a secret in hexadecimal; 17 with dd before them (random padding), as core.telegram.org has it."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        try:
            found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            raise ValueError("with a secret that is neither hexadecimal nor base64") from None
    if found[:1] == b"\xee":
        raise ValueError(
            "an MTProto proxy that pretends to be a web server (secret ee…), which Telethon can't use"
        )
    if len(found) == 17 and found[:1] == b"\xdd":
        found = found[1:]
    if len(found) != 16:
        raise ValueError("with a secret that is not 16 bytes long")
    return found.hex()
