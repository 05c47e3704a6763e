"""Session files that are sealed with a passphrase: whoever takes the disk does not have the account.

A file is a header (what it is, scrypt's cost, the salt), a nonce, and the session's SQLite image under AES-256-GCM,
with the header as additional data. It is replaced as a whole: written beside, made durable, then given its name, so
that a crash leaves the old one or the new one. The plain image is only ever in memory.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import secrets
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from bot.errors import Mendable

_MAGIC: Final = b"placewatch sealed session 1\n"
_COST: Final = (
    15  # scrypt's N is 2 to that: 32 MB and about a tenth of a second for each guess (RFC 7914: r=8, p=1)
)
_MOST: Final = 20  # a file that asks for more would take the machine's memory
_SALT, _NONCE = 16, 12  # bytes
_HEADER: Final = len(_MAGIC) + 1 + _SALT


def is_sealed(path: Path) -> bool:
    """Whether the file is a sealed session; a plain one, an empty one and none are not."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False


class Vault:
    """Seals and opens one session file."""

    def __init__(self, path: Path, passphrase: SecretStr) -> None:
        """Mendable where the library is not installed."""
        self._path = path
        self._passphrase = passphrase
        self._library = _library()
        self._header: bytes | None = None

    def read(self) -> bytes:
        """The session's SQLite image; nothing where there is no session yet. Mendable where it can't be opened."""
        content = self._path.read_bytes() if self._path.exists() else b""
        if not content:
            return b""
        header, nonce, body = content[:_HEADER], content[_HEADER:][:_NONCE], content[_HEADER + _NONCE :]
        if not header.startswith(_MAGIC) or len(nonce) < _NONCE or header[len(_MAGIC)] > _MOST:
            raise Mendable(f"{self._path} is not a sealed session. Move it away and sign in again.")
        try:
            image: bytes = self._library.AESGCM(self._key(header)).decrypt(nonce, body, header)
        except self._library.InvalidTag:
            raise Mendable(
                f"PLACEWATCH_PASSPHRASE does not open {self._path}: it is another one, or the file is damaged. "
                "Nothing was changed. Without the passphrase: move the file away and sign in again."
            ) from None
        self._header = header
        return image

    def write(self, image: bytes) -> None:
        """Put the sealed image in the file's place, durably; OSError leaves the old one."""
        if self._header is None:
            self._header = _MAGIC + bytes([_COST]) + secrets.token_bytes(_SALT)
        nonce = secrets.token_bytes(_NONCE)
        body = self._library.AESGCM(self._key(self._header)).encrypt(nonce, image, self._header)
        replace(self._path, self._header + nonce + body)

    def seal(self) -> None:
        """Seal a plain file; an empty one is sealed when something is written."""
        if self._path.stat().st_size:
            self.write(_image(self._path))
            self.read()

    def unseal(self) -> None:
        """Put the plain session in the file's place."""
        replace(self._path, self.read())

    def _key(self, header: bytes) -> bytes:
        return _derived(
            self._passphrase.get_secret_value().encode(), header[len(_MAGIC) + 1 :], header[len(_MAGIC)]
        )


def replace(path: Path, content: bytes) -> None:
    """Put a file in another one's place, durably, for its owner alone."""
    part = path.with_name(f"{path.name}.part")
    try:
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _image(path: Path) -> bytes:
    """A plain session as one piece, with what a crash may have left in its journal undone."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return bytes(db.serialize())


@lru_cache(maxsize=32)
def _derived(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(passphrase, salt=salt, n=1 << cost, r=8, p=1, maxmem=2 << (cost + 10), dklen=32)


class _Library:
    """The parts of `cryptography` that are used."""

    def __init__(self, aead: Any, exceptions: Any) -> None:
        self.AESGCM = aead.AESGCM
        self.InvalidTag: type[Exception] = exceptions.InvalidTag


def _library() -> _Library:
    try:
        return _Library(
            importlib.import_module("cryptography.hazmat.primitives.ciphers.aead"),
            importlib.import_module("cryptography.exceptions"),
        )
    except ModuleNotFoundError:
        raise Mendable(
            "PLACEWATCH_PASSPHRASE needs cryptography, which is not installed: pip install 'placewatch[passphrase]'"
        ) from None
