"""Posts: found by a query page by page, one whole, and how many are new."""

from __future__ import annotations

import base64
import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from bot.archive import stream
from bot.archive.answer import told
from bot.archive.differences import differences
from bot.archive.finding import find, remarks
from bot.archive.here import Here, marker
from bot.archive.hits import Hit
from bot.archive.parser import parse
from bot.archive.query import CHOICES
from bot.archive.whole import whole
from bot.errors import Mendable
from bot.web.api import making, shapes
from bot.web.api.asked import FreshQuery, PostsQuery, Wanted
from bot.web.api.call import Given
from bot.web.filters import Filters, search_of
from bot.web.site import Site
from storage import reading, reviews
from storage import search as index
from storage.records import Kept, Order, Search
from storage.search import After

_COUNTED: Final = 50  # new statements
_ROW: Final = (1 << 63) - 1


def wanted(db: sqlite3.Connection, site: Site, asked: Wanted) -> Search:
    """The search that is asked for; QueryError where it can't be read."""
    unknown = sorted(set(asked.state) - CHOICES["is"])
    if unknown:
        raise Mendable(f"There is no state {unknown[0][:40]}; there are {', '.join(sorted(CHOICES['is']))}.")
    filters = Filters(
        query=asked.q.strip(),
        places=asked.place,
        channels=asked.channel,
        sides=asked.side,
        states=asked.state,
        since=asked.since,
        until=asked.until,
        everything=asked.all,
    )
    return search_of(db, filters, site)


async def page(given: Given) -> shapes.Posts:
    """A page of what a query finds."""
    asked: PostsQuery = given.query
    site = given.site
    after = None if asked.after is None else read_place(asked.after)

    def read(db: sqlite3.Connection) -> shapes.Posts:
        search = wanted(db, site, asked)
        found = find(db, search, site.claims, limit=asked.limit, after=after)
        kept = reading.kept_by_ids(db, [hit.post_id for hit in found.hits])
        by_id = {hit.post_id: hit for hit in found.hits}
        known = making.named(db, kept)
        mark = marker(Here.of(db), parse(asked.q).text) if asked.q.strip() else _nothing
        return shapes.Posts(
            posts=tuple(
                shapes.Found(
                    **dict(making.post(one, known)),
                    found_in_revision=by_id[one.id].version,
                    hits=tuple((hit.start, hit.end) for hit in mark(_text(one, by_id[one.id]))),
                )
                for one in kept
            ),
            next=written_place(found.hits[-1]) if len(found.hits) == asked.limit else None,
            remarks=tuple(remarks(db, search, found, site.zone)),
        )

    return await site.store.read(read)


def _nothing(_: str) -> Sequence[Hit]:
    return ()


def _text(kept: Kept, hit: After) -> str:
    return told(kept, hit).searchable


def written_place(hit: After) -> str:
    """Where a page ended, for the next one; nothing in it is secret."""
    return base64.urlsafe_b64encode(json.dumps([hit.post_id, hit.rank]).encode()).decode().rstrip("=")


def read_place(text: str) -> After:
    """Where the page before ended; Mendable where that is none of ours."""
    try:
        post_id, rank = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError):
        post_id = rank = None
    if (
        type(post_id) is not int
        or not 0 <= post_id <= _ROW
        or type(rank) not in (int, float)
        or not math.isfinite(rank)
    ):
        raise Mendable("`after` is not the `next` of a page before. Leave it out for the first page.")
    return After(post_id, float(rank))


async def fresh(given: Given) -> shapes.Fresh:
    """How many statements of a query are newer than the newest post that is known; one that is repeated counts once."""
    asked: FreshQuery = given.query
    site = given.site

    def read(db: sqlite3.Connection) -> shapes.Fresh:
        search = wanted(db, site, asked)
        count = stream.newer(db, search, site.claims, asked.newer, most=_COUNTED)
        newest = find(db, replace(search, order=Order.NEWEST), site.claims, limit=1).hits if count else ()
        return shapes.Fresh(
            count=count, capped=count >= _COUNTED, newest=newest[0].post_id if newest else None
        )

    return await site.store.read(read)


async def one(given: Given) -> shapes.WholePost:
    """A post with all that is known about it."""

    def read(db: sqlite3.Connection) -> shapes.WholePost:
        found = whole(db, given.number)
        kept, known = found.kept, found.places
        first = found.story[0].lead.id
        before = (None, *kept.revisions)
        return shapes.WholePost(
            **dict(making.post(kept, known)),
            history=tuple(
                shapes.Revision(
                    number=now.number,
                    seen_at=now.seen_at,
                    edited_at=now.edited_at,
                    text=now.text,
                    preview=now.preview or None,
                    mentions=making.mentions(now.mentions, known),
                    changed=None if then is None else _changed(then.text, now.text),
                )
                for then, now in zip(before, kept.revisions, strict=False)
            ),
            story=making.statements(found.story),
            alerts=tuple(
                shapes.Alert(chat_id=a.chat_id, chat=a.chat, at=a.at, message_id=a.message_id)
                for a in found.alerts
            ),
            review=making.review(reviews.handling(db, [first])[first], known),
            proof=None
            if found.proven is None
            else shapes.Proof(
                entries=found.proven.numbers, digest=found.proven.digest, head=str(found.proven.head)
            ),
            files=tuple(
                shapes.File(state=f.state, reason=f.reason, sha256=f.sha256, size=f.size) for f in found.files
            ),
        )

    return await given.site.store.read(read)


def _changed(before: str, after: str) -> tuple[tuple[str, str], ...] | None:
    pieces = differences(before, after)
    return None if pieces is None else tuple((str(piece.kind), piece.text) for piece in pieces)


def newest(db: sqlite3.Connection, search: Search, most: int) -> list[int]:
    """The newest posts that a search finds, one more than `most` where there are more."""
    by_time = replace(search, order=Order.NEWEST)
    return [hit.post_id for hit in islice(index.stream(db, by_time), most + 1)]
