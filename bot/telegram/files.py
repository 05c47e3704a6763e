"""A message's file: where Telegram keeps it, and its bytes, fetched into a file of ours piece by piece."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiolimiter import AsyncLimiter
from telethon.tl import functions, types

from bot.errors import Refused, Unavailable
from bot.telegram.connection import Connection

PIECE = (
    512 * 1024
)  # bytes; offset and limit must be multiples of 4 KB within one MB (core.telegram.org/api/files)
_PER_SECOND = 4  # pieces


class TooLarge(Exception):
    """The file is larger than the operator wants."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a file lies; the address holds for some hours and for one account."""

    file_id: int
    dc_id: int
    size: int | None  # bytes, where Telegram says so
    location: Any


def locate(message: Any) -> Located | None:
    """The photo in its largest size, or the document, that hangs on a message; None where there is none."""
    media = getattr(message, "media", None)
    if isinstance(media, types.MessageMediaPhoto) and isinstance(media.photo, types.Photo):
        return _photo(media.photo)
    if isinstance(media, types.MessageMediaDocument) and isinstance(media.document, types.Document):
        file = media.document
        location = types.InputDocumentFileLocation(file.id, file.access_hash, file.file_reference, "")
        return Located(file.id, file.dc_id, file.size, location)
    return None


def _photo(photo: Any) -> Located | None:
    sizes = [(_bytes_of(size), size.type) for size in photo.sizes if _bytes_of(size)]
    if not sizes:
        return None
    size, kind = max(sizes)
    location = types.InputPhotoFileLocation(photo.id, photo.access_hash, photo.file_reference, kind)
    return Located(photo.id, photo.dc_id, size, location)


def _bytes_of(size: Any) -> int:
    if isinstance(size, types.PhotoSize):
        return int(size.size)
    if isinstance(size, types.PhotoSizeProgressive):
        return max(size.sizes, default=0)
    return 0


class Files:
    """Fetches files, one piece at a time, so that posts are never kept waiting."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pace = AsyncLimiter(1, 1 / _PER_SECOND)

    @property
    def connected(self) -> bool:
        """Whether Telegram can be asked just now."""
        return self._connection.state.connected_since is not None

    async def fetch(self, file: Located, part: Path, most: int) -> None:
        """Bring `part` to the whole file, going on from what is there; Busy, Unavailable, Refused or TooLarge.

        Only whole pieces of what is there are trusted: the last one may have been cut by a crash.
        """
        at = await asyncio.to_thread(_cut, part)
        while file.size is None or at < file.size or at == 0:
            if at > most:
                raise TooLarge
            piece = await self._piece(file, at)
            if piece:
                await asyncio.to_thread(_append, part, piece)
            at += len(piece)
            if len(piece) < PIECE:
                break
        if at > most:
            raise TooLarge
        if file.size is not None and at != file.size:
            await asyncio.to_thread(part.unlink)
            raise Unavailable(f"Telegram gave {at} bytes of a file of {file.size}")

    async def _piece(self, file: Located, at: int) -> bytes:
        async with self._pace:
            answer = await self._connection.call_at(
                file.dc_id, functions.upload.GetFileRequest(file.location, offset=at, limit=PIECE)
            )
        if not isinstance(answer, types.upload.File):
            raise Refused("Telegram offers the file only at a delivery network, which is not read.")
        return bytes(answer.bytes)


def _cut(part: Path) -> int:
    """Make the file where it is missing, private; cut it to whole pieces."""
    handle = os.open(part, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(handle).st_size // PIECE * PIECE
        os.ftruncate(handle, size)
    finally:
        os.close(handle)
    return size


def _append(part: Path, piece: bytes) -> None:
    with part.open("ab") as file:
        file.write(piece)


def prepare(folder: Path, wanted: Collection[int]) -> Path:
    """Make the folder of files, private, and that of unfinished ones, which are kept only where they are wanted."""
    parts = folder / "part"
    for made in (folder, parts):
        made.mkdir(mode=0o700, exist_ok=True)
    for left in parts.glob("*.part"):
        if left.stem not in map(str, wanted):
            left.unlink()
    return parts


def settle(part: Path, place: Path) -> None:
    """Move a whole file to its place: on the disk before it has its name; one that is there already stays."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    if not place.parent.is_dir():
        place.parent.mkdir(mode=0o700)
        _sync(place.parent.parent)
    if place.exists():
        part.unlink()
        return
    part.rename(place)
    _sync(place.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(part: Path) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    with part.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return sha256, part.stat().st_size
