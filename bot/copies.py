"""Which post of the last days a new one repeats: fingerprints in memory, kept beside the posts."""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime, timedelta

from bot.alerts.stories import Kind, Recent, fingerprint, reach
from bot.alerts.stories.fingerprint import Fingerprint
from storage import channels, mentions, stories
from storage.records import Joined, Post
from storage.stories import Joins
from storage.times import posted_at

log = logging.getLogger(__name__)

_WINDOW = timedelta(days=7)
_HOW = {Kind.SAME: Joined.COPY, Kind.COPY: Joined.NEAR_COPY}


class Copies:
    """Lives on the writer's thread, inside its transactions: two copies in one second can't both be first.

    A post whose transaction is rolled back may stay known here; storage joins only posts that it has.
    """

    def __init__(self) -> None:
        self._recent = Recent(_WINDOW)
        self._day = 0

    def load(self, db: sqlite3.Connection, *, now: datetime) -> None:
        """Remember the posts of the last days, as they were remembered before a restart."""
        for post_id, data in stories.fingerprints(db, now - _WINDOW):
            try:
                self._recent.add(post_id, Fingerprint.from_bytes(data), posted_at(post_id), data)
            except ValueError:  # written by another version; the text is still there
                (text,) = db.execute("SELECT text FROM post WHERE id = ?", (post_id,)).fetchone()
                self._recent.add(post_id, fingerprint(text), posted_at(post_id))
        log.info("recent statements remembered posts=%d", len(self._recent))

    def find(self, db: sqlite3.Connection, post_id: int, post: Post) -> Joins | None:
        """The post that this one is a copy of, if it is one; it is remembered for those to come."""
        self._forget(db, post.posted_at)
        signatures = channels.signatures(db, post.key.channel_id)
        text = fingerprint(post.text, mentions.surfaces(db, post_id), signatures)
        nearest = self._recent.nearest(text, post.posted_at)
        packed = text.to_bytes()
        self._recent.add(post_id, text, post.posted_at, packed)
        stories.keep_fingerprint(db, post_id, packed)
        if nearest is None or not stories.exists(db, nearest[0]):
            return None
        other, likeness = nearest
        # Alarms in the same words every hour are not one endless statement.
        if abs(post.posted_at - posted_at(stories.first_of(db, other))) > reach(text):
            return None
        return Joins(other, _HOW[likeness.kind], likeness.reason)

    def _forget(self, db: sqlite3.Connection, at: datetime) -> None:
        """Once a day, what is too old to be repeated."""
        day = int(at.timestamp()) // 86_400
        if day > self._day:
            self._day = day
            self._recent.expire(at - _WINDOW)
            stories.forget_fingerprints(db, at - _WINDOW)
