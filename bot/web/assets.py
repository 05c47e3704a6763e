"""Styles, scripts and pictures: the page's own, and Leaflet's as its package brings them. Nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_YEAR: Final = 31_536_000  # seconds
_LEAFLET: Final = ("leaflet.js", "leaflet.css")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that browsers fetch."""

    body: bytes
    kind: str
    version: str  # changes with what is in it


@cache
def every() -> dict[str, Asset]:
    """All of them by their names; whatever else is asked for does not exist."""
    return {name: _asset(name, file.read_bytes()) for name, file in _files()}


def _files() -> Iterator[tuple[str, Traversable]]:
    for file in resources.files("bot.web").joinpath("static").iterdir():
        yield file.name, file
    leaflet = resources.files("xstatic.pkg.leaflet").joinpath("data")
    for name in _LEAFLET:
        yield f"leaflet/{name}", leaflet / name
    for file in leaflet.joinpath("images").iterdir():
        yield f"leaflet/images/{file.name}", file


def _asset(name: str, body: bytes) -> Asset:
    kind = next(
        (kind for ending, kind in _KINDS.items() if name.endswith(ending)), "application/octet-stream"
    )
    return Asset(body, kind, hashlib.sha256(body).hexdigest()[:12])


def address(name: str) -> str:
    """Where a browser fetches it; another content has another address, so that it may be kept for long."""
    return f"/static/{name}?v={every()[name].version}"


async def serve(request: Request) -> Response:
    """One of them."""
    asset = every().get(request.path_params["path"])
    if asset is None:
        raise HTTPException(404)
    tag = f'"{asset.version}"'
    known = request.query_params.get("v") == asset.version
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={_YEAR}, immutable" if known else "public, no-cache",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, headers=headers, media_type=asset.kind)
