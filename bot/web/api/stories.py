"""Stories: a statement and those who repeat it; what the team decides about it; how posts are spread; who asks."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any, Final

from bot.web.api import making, shapes
from bot.web.api.asked import Assigning, Deciding, Noting, ReviewsQuery, StoriesQuery, Tagging, Wanted
from bot.web.api.call import Conflict, Given
from bot.web.api.posts import newest, wanted
from storage import channels, listing, places, reading, stories

_COUNTED: Final = 20_000  # posts
_NAMED: Final = 100  # values of each sort


async def page(given: Given) -> shapes.Stories:
    """The newest stories."""
    asked: StoriesQuery = given.query

    def read(db: sqlite3.Connection) -> shapes.Stories:
        found, after = listing.stories_page(db, place_id=asked.place, before=asked.after, limit=asked.limit)
        return shapes.Stories(stories=tuple(making.story(db, first) for first in found), next=after)

    return await given.site.store.read(read)


def _first(db: sqlite3.Connection, post_id: int) -> int:
    """The post with which a post's story began; KeyError where there is none."""
    if not reading.kept_by_ids(db, [post_id]):
        raise KeyError(post_id)
    return stories.first_of(db, post_id)


async def one(given: Given) -> shapes.Story:
    """The story to which a post belongs."""
    return await given.site.store.read(lambda db: making.story(db, _first(db, given.number)))


async def review(given: Given) -> shapes.Review:
    """How far the team has come with the story to which a post belongs."""
    return await given.site.store.read(lambda db: making.review_of(db, _first(db, given.number)))


async def decide(given: Given) -> shapes.Review:
    """Decide about a statement and its place."""
    asked: Deciding = given.body
    return await _change(given, "review.decide", asked.model_dump())


async def assign(given: Given) -> shapes.Review:
    """Say who sees to a statement."""
    asked: Assigning = given.body
    return await _change(given, "review.assign", asked.model_dump())


async def tag(given: Given) -> shapes.Review:
    """Put a word on a statement, or take one off."""
    asked: Tagging = given.body
    return await _change(given, "review.tag", asked.model_dump())


async def note(given: Given) -> shapes.Review:
    """Write something beside a statement."""
    asked: Noting = given.body
    return await _change(given, "review.note", asked.model_dump())


async def _change(given: Given, operation: str, what: dict[str, Any]) -> shapes.Review:
    await given.site.store.read(_first, given.number)  # what is not there is told as such
    done = await given.site.ask(operation, {"post": given.number, "actor": given.member.name, **what})
    if done["conflict"]:
        raise Conflict(done["version"])
    return await review(given)


async def reviews(given: Given) -> shapes.Reviews:
    """Decisions, the newest first."""
    asked: ReviewsQuery = given.query
    after = None if asked.after is None else listing.Key(*map(int, asked.after.split("-")))

    def read(db: sqlite3.Connection) -> shapes.Reviews:
        found = listing.decisions(
            db, place_id=asked.place, verdict=asked.verdict, after=after, limit=asked.limit
        )
        known = places.by_ids(db, {one.place_id for _, one in found})
        full = len(found) == asked.limit
        return shapes.Reviews(
            reviews=tuple(making.decision(one, known) for _, one in found),
            next="-".join(map(str, found[-1][0])) if full else None,
        )

    return await given.site.store.read(read)


async def stats(given: Given) -> shapes.Stats:
    """How the posts that a query finds are spread over channels, sides, places and days."""
    asked: Wanted = given.query
    site = given.site

    def read(db: sqlite3.Connection) -> shapes.Stats:
        ids = newest(db, wanted(db, site, asked), _COUNTED)
        capped = len(ids) > _COUNTED
        ids = ids[:_COUNTED]
        by_channel = listing.by_channel(db, ids)
        by_place = listing.by_place(db, ids, sure=site.sure)
        known = {one.id: one for one in channels.known(db)}
        named = places.by_ids(db, by_place)
        sides: Counter[str] = Counter()
        for channel_id, count in by_channel.items():
            sides[known[channel_id].side or ""] += count
        days = Counter(f"{at.astimezone(site.zone):%Y-%m-%d}" for at in listing.times(ids))
        return shapes.Stats(
            posts=len(ids),
            capped=capped,
            channels=_counts(Counter({known[i].name: n for i, n in by_channel.items()})),
            sides=_counts(sides),
            places=_counts(Counter({named[i].name: n for i, n in by_place.items() if i in named})),
            days=tuple(shapes.Count(value=day, posts=n) for day, n in sorted(days.items(), reverse=True)),
        )

    return await site.store.read(read)


def _counts(found: Counter[str]) -> tuple[shapes.Count, ...]:
    return tuple(shapes.Count(value=value, posts=n) for value, n in found.most_common(_NAMED))


async def me(given: Given) -> shapes.Me:
    """Who asks."""
    return shapes.Me(name=given.member.name, role=given.member.role.name.lower())
