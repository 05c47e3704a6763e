"""Files of posts, as they are kept: pictures are shown, everything else is only handed over."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.web import site
from storage import media

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
# How files of a kind begin; what else a file may be, browsers are not to guess.
_PICTURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


async def file(request: Request) -> Response:
    """The file whose content has that digest; 404 where none is kept."""
    digest = request.path_params["digest"]
    if not _DIGEST.fullmatch(digest):
        raise HTTPException(404)
    path = media.path(site.of(request).settings.data, digest)
    beginning = await asyncio.to_thread(_beginning, path)
    if beginning is None:
        raise HTTPException(404)
    kind = next((kind for start, kind in _PICTURES if beginning.startswith(start)), None)
    return FileResponse(
        path,
        media_type=kind or "application/octet-stream",
        filename=None if kind else digest,
        headers={"Cache-Control": "private, max-age=86400"},
    )


def _beginning(path: Path) -> bytes | None:
    try:
        with path.open("rb") as opened:
            return opened.read(16)
    except OSError:
        return None
