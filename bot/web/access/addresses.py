"""By which names the page is asked for, and which forms are its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - only compared
_USUAL: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the page is: on this machine, and at its public address."""

    host: str  # on which it listens
    public_url: str | None = None

    def knows(self, host: str) -> bool:
        """Whether a request's Host is the page's own. Any other name was pointed here by a stranger (DNS rebinding)."""
        if self.is_public(host):
            return True
        name = _name(host)
        return name in LOOPBACK or (name == self.host.casefold() and name not in _EVERYWHERE)

    def is_public(self, host: str) -> bool:
        """Whether that is the public address."""
        if self.public_url is None:
            return False
        public = urlsplit(self.public_url)
        return _end(public.scheme, host) == _end(public.scheme, public.netloc)

    def is_secure(self, host: str) -> bool:
        """Whether browsers speak HTTPS with that address."""
        return self.is_public(host) and (self.public_url or "").startswith("https:")

    def is_own(self, host: str, origin: str | None, fetched: str | None) -> bool:
        """Whether a form or script that writes is a page of ours: by its Origin, and by Sec-Fetch-Site where it is sent.

        Every browser of today sends an Origin with what writes; "null", and none at all, is a stranger's.
        """
        if fetched is not None and fetched != "same-origin":
            return False
        if origin is None or origin == "null":
            return False
        sent = urlsplit(origin)
        scheme = "https" if self.is_secure(host) else "http"
        return sent.scheme == scheme and _end(scheme, sent.netloc) == _end(scheme, host)


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").casefold()
    except ValueError:
        return ""


def _end(scheme: str, host: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "").casefold(), parts.port or _USUAL.get(scheme)
    except ValueError:
        return "", None
