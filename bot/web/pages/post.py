"""One post: its words then and now, the places with their why, its story, what came of it, and its proof."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.archive import stream
from bot.archive.differences import Kind, Piece, differences
from bot.archive.here import Here, marker
from bot.archive.hits import Hit
from bot.archive.parser import parse
from bot.archive.query import QueryError
from bot.archive.whole import Whole, whole
from bot.languages import N_, Said
from bot.web import marking, site
from bot.web.declined import Declined
from bot.web.rendering import show
from bot.web.views import side_colours, views
from storage import audit, channels, reading, reviews, stories
from storage.records import Kept, Member, Revision

_AROUND = 12  # words that are shown beside a change


@dataclass(frozen=True, slots=True)
class Edit:
    """What one edit changed."""

    after: Revision
    pieces: list[Piece] | None  # None: too long to compare
    before: Revision

    @property
    def only_form(self) -> bool:
        """Whether the words are the same."""
        return self.pieces is not None and all(piece.kind is Kind.KEPT for piece in self.pieces)


async def page(request: Request) -> Response:
    """The post of an address; 404 where the archive has none."""
    here = site.of(request)
    channel, message = request.path_params["channel"], request.path_params["message"]
    query = request.query_params.get("q", "")

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        kept = reading.by_link(db, channel, message) if message < 1 << 31 else None
        if kept is None:
            raise Declined(404, Said(N_("The archive has no such post.")))
        every = whole(db, kept.id)
        hits = _hits(db, query, kept) if query else []
        known = {one.id: one for one in channels.known(db)}
        told = kept.revisions[-1]
        (view,) = views(db, [stream.shown(db, kept.id)], lambda _: hits, known, sure=here.sure)
        return {
            "view": view,
            "whole": every,
            "text": marking.marked(
                told.text, hits, [m for m in told.mentions if m.end <= len(told.text)], sure=here.sure
            ),
            "preview": marking.of_preview(told, hits, sure=here.sure) if told.preview else [],
            "edits": list(edits(kept)),
            "origin": _origin(every),
            "subject": stories.subject(db, view.shown.first),
            "history": audit.about(db, stories.subject(db, view.shown.first)),
            "people": reviews.people(db),
            "words": reviews.words(db),
            "earlier": _earlier(kept, every),
            "sides": side_colours(known.values()),
        }

    return await show(request, "post.html", look)


def _hits(db: sqlite3.Connection, query: str, kept: Kept) -> list[Hit]:
    """Where the words that led here stand."""
    try:
        return marker(Here.of(db), parse(query).text)(kept.post.searchable)
    except QueryError:  # they only help to find the place
        return []


def edits(kept: Kept) -> Iterator[Edit]:
    """What each edit changed, the newest first; of the words that stayed those beside a change."""
    pairs = list(zip(kept.revisions, kept.revisions[1:], strict=False))
    for before, after in reversed(pairs):
        yield Edit(after, _short(differences(before.text, after.text)), before)


def _short(pieces: Sequence[Piece] | None) -> list[Piece] | None:
    if pieces is None:
        return None
    found = []
    for number, piece in enumerate(pieces):
        words = piece.words
        if piece.kind is Kind.KEPT and len(pieces) > 1 and len(words) > 2 * _AROUND:
            head = () if number == 0 else words[:_AROUND]
            tail = () if number == len(pieces) - 1 else words[-_AROUND:]
            words = (*head, " … ", *tail)
        found.append(Piece(piece.kind, words))
    return found


def _origin(every: Whole) -> Member | None:
    """The statement of the story that this one is, with where it comes from."""
    return next((m for m in every.story if every.kept.id in [part.id for part in m.parts]), None)


def _earlier(kept: Kept, every: Whole) -> list[tuple[Revision, Any]]:
    """Places that an earlier version named and the present one does not."""
    now = {m.place_id for m in kept.mentions}
    return [
        (revision, every.places[m.place_id])
        for revision in kept.revisions[:-1]
        for m in revision.mentions
        if m.place_id not in now and m.place_id in every.places
    ]
