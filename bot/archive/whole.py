"""Everything that the archive knows about one post."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from storage import media, owed, places, proof, reading, reviews, stories
from storage.records import AlertSent, Kept, Member, Place, PostFile, Proven, Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A post, what it repeats and what repeats it, and what came of it."""

    kept: Kept
    places: dict[
        int, Place
    ]  # that any revision mentions, that were taken for less likely, or that were reviewed
    proven: Proven | None
    story: tuple[Member, ...]  # the first post, then the others by time; alone, only itself
    alerts: Sequence[AlertSent]  # about any post of the story
    reviews: Sequence[Review]  # of the story
    files: Sequence[PostFile]  # that hang on it


def whole(db: sqlite3.Connection, post_id: int) -> Whole:
    """All about the post of that row id; KeyError where there is none."""
    kept = next(iter(reading.kept_by_ids(db, [post_id])), None)
    if kept is None:
        raise KeyError(post_id)
    first = stories.first_of(db, post_id)
    members = stories.members(db, first)
    decided = reviews.of_post(db, first)
    every = [m for revision in kept.revisions for m in revision.mentions]
    named = {m.place_id for m in every} | {r.place_id for m in every for r in m.rivals}
    return Whole(
        kept=kept,
        places=places.by_ids(db, named | {review.place_id for review in decided}),
        proven=proof.of_posts(db, [post_id]).get(post_id),
        story=members,
        alerts=owed.alerts_sent(db, {member.lead.post.subject for member in members}),
        reviews=decided,
        files=media.of_post(db, post_id),
    )
