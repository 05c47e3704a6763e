"""Secrets that are shown once: a link's, a session's, a token's. Only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

TOKEN: Final = "pw_"  # noqa: S105 - how one begins
"""How the token of a program begins, so that it is known for one where it leaks."""

_BYTES: Final = 32


def new(prefix: str = "") -> str:
    """A secret that nobody can guess: 256 random bits."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> bytes:
    """What is kept of it. It is random enough that a plain hash can't be turned back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
