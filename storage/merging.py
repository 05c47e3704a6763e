"""One post from several sources: which of two states of it counts, and what becomes of the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage import index, mentions, proof
from storage.records import Mention, Post, Source
from storage.times import from_ms, posted_at, to_ms

_RANK = {Source.PREVIEW: 0, Source.EXPORT: 1, Source.TELEGRAM: 2}

# A public page may be this much older than the moment at which it was fetched, and clocks this far apart.
_PAGE_AGE = timedelta(minutes=2)


class Verdict(StrEnum):
    """What a state that came is, next to the one that is kept."""

    NOTHING = "nothing"  # it says what is known
    ENRICHED = "enriched"  # the same words from a fuller source: the row is filled in, and nothing is told
    REVISED = "revised"  # other words, or another form of them: the post says this now
    EARLIER = "earlier"  # other words, from before: kept as an earlier revision


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a source showed of a post, in the forms in which the row keeps it."""

    source: Source
    text: str
    preview: str
    entities: str
    media: str | None
    posted_at: datetime
    changed_at: datetime | None  # of a public page: when it was fetched

    @property
    def words(self) -> str:
        """The words, whatever white space a source puts between them."""
        return " ".join(self.text.split())

    @property
    def as_of(self) -> datetime:
        """Since when, at least, the post said so."""
        if self.changed_at is None:
            return self.posted_at
        if self.source is Source.PREVIEW:
            return max(self.posted_at, self.changed_at - _PAGE_AGE)
        return self.changed_at


def weigh(kept: State, came: State) -> Verdict:
    """What a state is that came for a post which is kept.

    States of one source are told apart by their dates of change alone, as Telegram gives them. Between sources
    the words count: where they agree, the fuller source's form of them is kept; where a poorer source shows no
    words at all (it can't show every kind of post), the fuller one's count as known. Where they differ, the later
    state is what the post says now, and of two of one moment the fuller source's.
    """
    same_form = (came.text, came.entities, came.media) == (kept.text, kept.entities, kept.media)
    if came.source is kept.source:
        if same_form and came.preview == kept.preview:
            return Verdict.NOTHING
        if kept.changed_at is None or (came.changed_at is not None and came.changed_at >= kept.changed_at):
            return Verdict.REVISED
        return Verdict.NOTHING if came.words == kept.words else Verdict.EARLIER
    fuller = _RANK[came.source] > _RANK[kept.source]
    poorer = kept if fuller else came
    if came.words == kept.words or not poorer.words:
        return Verdict.ENRICHED if fuller else Verdict.NOTHING
    later = (came.as_of, _RANK[came.source]) > (kept.as_of, _RANK[kept.source])
    return Verdict.REVISED if later else Verdict.EARLIER


def state_kept(db: sqlite3.Connection, post_id: int) -> State:
    """What the row of a post says now."""
    source, text, preview, entities, media, changed = db.execute(
        "SELECT source, text, preview, entities, media, changed_at FROM post WHERE id = ?", (post_id,)
    ).fetchone()
    return State(
        source=Source(source),
        text=text,
        preview=preview,
        entities=entities,
        media=media,
        posted_at=posted_at(post_id),
        changed_at=from_ms(changed),
    )


def is_known_album(db: sqlite3.Connection, post_id: int, came: State) -> bool:
    """Whether a public page's one block for an album says what the album's kept parts say together."""
    if came.source is not Source.PREVIEW:
        return False
    rows = db.execute(
        "SELECT o.text FROM post p JOIN post o ON o.channel_id = p.channel_id AND o.grouped_id = p.grouped_id "
        "WHERE p.id = ? ORDER BY o.message_id",
        (post_id,),
    ).fetchall()
    return bool(rows) and " ".join(" ".join(text for (text,) in rows).split()) == came.words


def enrich(
    db: sqlite3.Connection,
    post_id: int,
    post: Post,
    came: State,
    found: Iterable[Mention],
    *,
    now: datetime,
) -> bool:
    """Fill a row in from a fuller source, in place; True where the row had no words, so that they are news.

    An album's part without words keeps those that the public page showed under it for the whole album. The alert
    that was owed for the post is from now on the one for its album.
    """
    rev, text, preview, grouped_id = db.execute(
        "SELECT rev, text, preview, grouped_id FROM post WHERE id = ?", (post_id,)
    ).fetchone()
    forward = post.forward
    keeps_words = not came.words and bool(text.strip())
    if not keeps_words:
        _index(db, post_id, f"{text}\n{preview}" if preview else text, post.searchable)
        mentions.write(db, post_id, rev, found)
        db.execute(
            "UPDATE post SET text = ?, preview = ?, entities = ? WHERE id = ?",
            (post.text, post.preview, came.entities, post_id),
        )
    # The date of a fetch goes with the page's state: an edit that Telegram dates is compared with Telegram's dates.
    db.execute(
        "UPDATE post SET source = ?, media = ?, changed_at = ?, edited_at = coalesce(?, edited_at), author = ?, "
        "forward_telegram_id = ?, forward_message_id = ?, forward_name = ?, forward_posted_at = ?, "
        "reply_to = coalesce(?, reply_to), grouped_id = coalesce(?, grouped_id), protected = ? WHERE id = ?",
        (
            post.source,
            came.media,
            to_ms(came.changed_at),
            to_ms(post.edited_at),
            post.author,
            forward.telegram_id if forward else None,
            forward.message_id if forward else None,
            forward.name if forward else None,
            to_ms(forward.posted_at) if forward else None,
            post.reply_to,
            post.grouped_id,
            post.protected,
            post_id,
        ),
    )
    proof.enriched(db, post_id, now=now, fuller=True)
    if grouped_id is None and post.grouped_id is not None:
        _told_as_album(db, post)
    return not text.strip() and bool(came.words)


def _told_as_album(db: sqlite3.Connection, post: Post) -> None:
    """What was owed about the first part, as a post of its own, is owed about the album."""
    alone = f"post:{post.key.channel_id}:{post.key.message_id}"
    db.execute(
        "UPDATE OR IGNORE owed SET subject = ? || substr(subject, ?) WHERE subject = ? OR "
        "(subject >= ? AND subject < ?)",
        (post.subject, len(alone) + 1, alone, f"{alone}#", f"{alone}$"),
    )


def _index(db: sqlite3.Connection, post_id: int, before: str, after: str) -> None:
    if before != after:
        index.take_out(db, post_id, before)
        index.add(db, post_id, after)


def keep_earlier(
    db: sqlite3.Connection,
    post_id: int,
    post: Post,
    came: State,
    found: Iterable[Mention],
    *,
    now: datetime,
) -> bool:
    """Keep what a post said before it came to us, before its other revisions; False where those words are kept.

    Its number is below all others, which so stay what alerts and updates call them; its time is the state's own.
    """
    said = db.execute("SELECT text FROM revision WHERE post_id = ?", (post_id,)).fetchall()
    if any(" ".join(text.split()) == came.words for (text,) in said):
        return False
    (lowest,) = db.execute(
        "SELECT min(0, coalesce(min(number), 0)) FROM revision WHERE post_id = ?", (post_id,)
    ).fetchone()
    db.execute(
        "INSERT INTO revision(post_id, number, seen_at, edited_at, text, preview, entities, media) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            post_id,
            lowest - 1,
            to_ms(came.as_of),
            to_ms(post.edited_at),
            post.text,
            post.preview,
            came.entities,
            came.media,
        ),
    )
    mentions.write(db, post_id, lowest - 1, found)
    proof.earlier(db, post_id, lowest - 1, now=now)
    return True
