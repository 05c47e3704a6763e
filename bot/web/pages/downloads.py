"""What was found as a file to download, and feeds at their secret addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot import feeds as documents
from bot.archive.export.formats import FORMATS, Format
from bot.archive.export.selection import Archive, Selection, connected, selected
from bot.web import site
from bot.web.site import Site
from storage import feeds

_PIECE: Final = 1 << 16  # bytes that are sent together
_FRESH: Final = 60  # seconds in which a reader need not ask again


async def export(request: Request) -> Response:
    """What a query finds in a format, sent as it is read: the whole is never in memory."""
    form = FORMATS.get(request.path_params["form"])
    if form is None:
        raise HTTPException(404)
    query, here = request.query_params.get("q", ""), site.of(request)
    # On a connection of its own: a slow reader of the answer must not keep the page's readers waiting.
    archive, selection = await asyncio.to_thread(_selected, here, query)
    name = f"placewatch-{selection.heading.made_at.astimezone(here.zone):%Y-%m-%d}{form.suffixes[0]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_sent(archive, selection, form), media_type=form.mime, headers=headers)


def _selected(here: Site, query: str) -> tuple[Archive, Selection]:
    archive = connected(here.store.path)
    try:
        selection = archive.read(
            selected,
            query,
            now=here.now(),
            zone=here.zone,
            min_confidence=here.sure,
            table=here.claims,
        )
    except BaseException:
        archive.close()
        raise
    return archive, selection


def _sent(archive: Archive, selection: Selection, form: Format) -> Iterator[bytes]:
    """The pieces of a file, put together: each is a journey to another thread."""
    try:
        waiting = bytearray()
        for piece in form.written(archive, selection, lambda _, __: None):
            waiting += piece
            if len(waiting) >= _PIECE:
                yield bytes(waiting)
                waiting.clear()
        yield bytes(waiting)
    finally:
        archive.close()


async def feed(request: Request) -> Response:
    """The newest statements of a feed; nothing but a nod where the reader has them already."""
    form = request.path_params["form"]
    here = site.of(request)
    known = await here.store.read(feeds.by_secret, request.path_params["secret"])
    if known is None or form not in documents.MADE:
        raise HTTPException(404)
    body, changed = await here.store.read(
        documents.document,
        known.query,
        form,
        now=here.now(),
        zone=here.zone,
        sure=here.sure,
        table=here.claims,
    )
    headers = {
        "ETag": f'"{sha256(body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(changed.replace(microsecond=0), usegmt=True),
        "Cache-Control": f"private, max-age={_FRESH}",
    }
    if _has_it(request, headers["ETag"], changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=documents.MADE[form][1], headers=headers)


def _has_it(request: Request, tag: str, changed: datetime) -> bool:
    """Whether the reader has this state: by its tag, and only without one by its time (RFC 9110, 13.1.3)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tag in [one.strip().removeprefix("W/") for one in tags.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return changed.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
