"""Posts: kept as they were said, with every revision, and with what each statement owes.

`keep` decides within its own transaction, through the pure function that it is handed: so two copies in one
second can't both be first, and a post is never kept without what it owes.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from storage import chats, examination, index, media, mentions, merging, owed, places, proof, reviews, stories
from storage.merging import State, Verdict
from storage.reading import kept_by_ids
from storage.records import Examination, Examined, Mention, Post, Situation, Source, Wanted
from storage.stories import FindCopy
from storage.times import NUMBER_BITS, first_id, to_ms

log = logging.getLogger(__name__)

Decide = Callable[[Situation], Sequence[Wanted]]

# Seen alive this long after we heard of its deletion, a post was not deleted: a page of history that was
# on its way is younger than that.
_RESURRECTION = timedelta(minutes=1)

_COLUMNS = ("id", "channel_id", "message_id", "changed_at", "examined", *proof.FRAME, *proof.WORDS)
# The first number of its second that is free, found in passing: a statement of its own costs more than the search.
_INSERT = (
    f"INSERT INTO post({', '.join(_COLUMNS)}) VALUES ("
    "(SELECT coalesce(max(id) + 1, ?) FROM post WHERE id >= ? AND id < ?), "
    f"{', '.join('?' * (len(_COLUMNS) - 1))})"
)


def keep(
    db: sqlite3.Connection,
    post: Post,
    looked: Examination,
    *,
    now: datetime,
    decide: Decide,
    find_copy: FindCopy,
    late: bool = False,
    with_file: bool = False,
) -> bool:
    """Keep a post as it is said now; True where that is news, and then what it owes is settled too.

    The same post again changes nothing. What it said before (a page of history that was overtaken by an edit, an
    old export) is kept as an earlier revision where its words are new, and owes nothing. A post that came from
    two sources is one post, by the rule of `storage.merging`. A post from before its channel was followed is
    `late`: it is shown, and owes no alert. A post that was forgotten stays so, though its channel still shows it;
    only a file that a person has imported brings it back. `with_file`: the file that it carries is to be fetched.
    """
    row = db.execute(
        "SELECT id, rev, deleted_at FROM post WHERE channel_id = ? AND message_id = ?",
        (post.key.channel_id, post.key.message_id),
    ).fetchone()
    if row is None:
        key = post.key
        if post.source is not Source.EXPORT and proof.was_pruned(db, key.channel_id, key.message_id):
            return False
        post_id, rev = _insert(db, post, looked.state, now), 0
    else:
        post_id, rev, deleted = row
        merged = _merge(db, post_id, rev, deleted, post, looked, now, with_file)
        if merged is None:
            return False
        rev = merged
        mentions.clear(db, post_id, rev)
    _sample(db, post_id, post, now)
    if with_file:
        _want_file(db, post_id, post, now)
    mentions.add(db, post_id, rev, mentions.late(looked.mentions) if late else looked.mentions)
    if looked.state is Examined.FAILED:
        examination.note(db, post_id, "failed", now=now, late=late)
    elif looked.generation < examination.generation_wanted(db):
        examination.note(db, post_id, "overtaken", now=now, late=late)
    elif row is not None:
        examination.settled(db, post_id)
    if looked.mentions:
        stories.join(db, post_id, post, find_copy)
    elif row is None and post.grouped_id is None:
        return True  # most posts: new, of one part, and about no tracked place; they can owe nothing
    settle(db, post_id, now, decide)
    return True


def _insert(db: sqlite3.Connection, post: Post, examined: Examined, now: datetime) -> int:
    low = first_id(post.posted_at)
    forward, ms = post.forward, to_ms(now)
    # In the order in which the ledger names them.
    frame = (
        ms,
        post.author,
        forward.telegram_id if forward else None,
        forward.message_id if forward else None,
        forward.name if forward else None,
        to_ms(forward.posted_at) if forward else None,
        post.reply_to,
        post.grouped_id,
        int(post.protected),
        post.source,
    )
    words = (ms, to_ms(post.edited_at), post.text, post.preview, _entities(post), _media(post))
    key = (post.key.channel_id, post.key.message_id)
    changed = to_ms(_changed(post))
    post_id = db.execute(
        _INSERT, (low, low, low + (1 << NUMBER_BITS), *key, changed, examined, *frame, *words)
    ).lastrowid
    assert post_id is not None  # noqa: S101 - a row was inserted
    index.add(db, post_id, post.searchable)
    proof.kept(db, post_id, *key, frame, words, now=now)
    return post_id


def _merge(
    db: sqlite3.Connection,
    post_id: int,
    rev: int,
    deleted_ms: int | None,
    post: Post,
    looked: Examination,
    now: datetime,
    with_file: bool,
) -> int | None:
    """Bring a kept post to what came; the number of its revision where that is news, or None."""
    # Only the account sees a post alive: a file and a page may show what is gone by now.
    back = post.source is Source.TELEGRAM and _resurrect(db, post_id, deleted_ms, now)
    kept, came = merging.state_kept(db, post_id), _state(post)
    verdict = merging.weigh(kept, came)
    if verdict in (Verdict.REVISED, Verdict.EARLIER) and merging.is_known_album(db, post_id, came):
        verdict = Verdict.NOTHING
    if verdict is Verdict.REVISED:
        return _revise(db, post_id, rev, kept, post, came, looked.state, now)
    if verdict is Verdict.EARLIER:
        merging.keep_earlier(db, post_id, post, came, looked.mentions, now=now)
        return None
    if verdict is Verdict.ENRICHED:
        _sample(db, post_id, post, now)
        if with_file:  # a page or a file that brought the words did not bring this
            _want_file(db, post_id, post, now)
        if merging.enrich(db, post_id, post, came, looked.mentions, now=now):
            db.execute("UPDATE post SET examined = ? WHERE id = ?", (looked.state, post_id))
            return rev
    return rev if back else None


def _revise(
    db: sqlite3.Connection,
    post_id: int,
    rev: int,
    kept: State,
    post: Post,
    came: State,
    examined: Examined,
    now: datetime,
) -> int:
    """Make the row say what the post says now; the number of the revision."""
    said_anew = (came.text, came.entities, came.media) != (kept.text, kept.entities, kept.media)
    if said_anew:
        # A preview that loads late is no edit of the author's: only what is said makes a revision.
        db.execute(
            "INSERT INTO revision(post_id, number, seen_at, edited_at, text, preview, entities, media) "
            "SELECT id, rev, seen_at, edited_at, text, preview, entities, media FROM post WHERE id = ?",
            (post_id,),
        )
        rev += 1
        db.execute(
            "UPDATE post SET seen_at = ?, edited_at = ? WHERE id = ?",
            (to_ms(now), to_ms(post.edited_at or now), post_id),
        )
    index.take_out(db, post_id, f"{kept.text}\n{kept.preview}" if kept.preview else kept.text)
    db.execute(
        "UPDATE post SET rev = ?, changed_at = ?, text = ?, preview = ?, entities = ?, media = ?, examined = ?, "
        "source = ? WHERE id = ?",
        (
            rev,
            to_ms(came.changed_at),
            post.text,
            post.preview,
            came.entities,
            came.media,
            examined,
            post.source,
            post_id,
        ),
    )
    index.add(db, post_id, post.searchable)
    if said_anew:
        proof.revised(db, post_id, now=now)
    if not said_anew or came.source is not kept.source:  # the source stands with every revision
        proof.enriched(db, post_id, now=now)
    return rev


def _state(post: Post) -> State:
    return State(
        source=post.source,
        text=post.text,
        preview=post.preview,
        entities=_entities(post),
        media=_media(post),
        posted_at=post.posted_at,
        changed_at=_changed(post),
    )


def _changed(post: Post) -> datetime | None:
    """When the post came to be as it is; an edit that Telegram hides has no `edited_at`."""
    return post.changed_at or post.edited_at


def _resurrect(db: sqlite3.Connection, post_id: int, deleted_ms: int | None, now: datetime) -> bool:
    if deleted_ms is None or to_ms(now - _RESURRECTION) < deleted_ms:
        return False
    db.execute("UPDATE post SET deleted_at = NULL WHERE id = ?", (post_id,))
    proof.returned(db, post_id, now=now)
    log.warning("deleted post seen again post_id=%d", post_id)
    return True


def _entities(post: Post) -> str:
    if not post.entities:
        return "[]"
    return json.dumps([[e.kind, e.offset, e.length, e.url] for e in post.entities], ensure_ascii=False)


def _media(post: Post) -> str | None:
    if post.media is None:
        return None
    return json.dumps({k: v for k, v in asdict(post.media).items() if v is not None}, ensure_ascii=False)


def _want_file(db: sqlite3.Connection, post_id: int, post: Post, now: datetime) -> None:
    if post.media is not None and post.media.id is not None:
        media.want(db, post_id, post.media.id, now=now)


def _sample(db: sqlite3.Connection, post_id: int, post: Post, now: datetime) -> None:
    if post.views is None and post.forwards is None:
        return
    db.execute(
        "INSERT INTO post_stat(post_id, views, forwards, sampled_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET views = excluded.views, forwards = excluded.forwards, sampled_at = excluded.sampled_at",
        (post_id, post.views, post.forwards, to_ms(now)),
    )


def examined_alone(
    db: sqlite3.Connection,
    post_id: int,
    found: Mapping[int, Sequence[Mention]],
    state: Examined,
    *,
    now: datetime,
    decide: Decide,
    find_copy: FindCopy,
) -> None:
    """Keep what a second look at one post gave (revision -> mentions); it owes what it would have owed at once."""
    db.execute("UPDATE post SET examined = ? WHERE id = ?", (state, post_id))
    if examination.is_late(db, post_id):
        found = {rev: mentions.late(looked) for rev, looked in found.items()}
    mentions.rewrite(db, post_id, found)
    examination.settled(db, post_id)
    if any(found.values()):
        (kept,) = kept_by_ids(db, [post_id])
        stories.join(db, post_id, kept.post, find_copy)
    settle(db, post_id, now, decide)


def delete(
    db: sqlite3.Connection, channel_id: int, message_ids: Iterable[int], *, now: datetime, decide: Decide
) -> int:
    """Mark posts as deleted; their words stay. The number that was not marked before."""
    marked: list[int] = []
    for message_id in message_ids:
        row = db.execute(
            "UPDATE post SET deleted_at = ? WHERE channel_id = ? AND message_id = ? AND deleted_at IS NULL RETURNING id",
            (to_ms(now), channel_id, message_id),
        ).fetchone()
        if row is not None:
            proof.deleted(db, row[0], now=now)
            marked.append(row[0])
    for post_id in marked:  # once all are marked: the parts of an album are deleted together
        settle(db, post_id, now, decide)
    return len(marked)


def settle(db: sqlite3.Connection, post_id: int, now: datetime, decide: Decide) -> None:
    """Ask what the story of a post owes now, and owe it."""
    first = stories.first_of(db, post_id)
    statements = stories.outline(db, first)
    ids = [part for statement in statements for part in statement.parts]
    marks = ",".join("?" * len(ids))
    mentioned = {
        row[0] for row in db.execute(f"SELECT DISTINCT place_id FROM mention WHERE post_id IN ({marks})", ids)
    }
    if not mentioned:
        return
    watches = places.watches(db, mentioned)
    told = owed.told(db, stories.subject(db, first))
    if not watches and not told:
        return
    wanted = {watch.chat_id for watch in watches} | told.keys()
    situation = Situation(
        members=stories.filled(db, statements),
        places=places.by_ids(db, mentioned),
        watches=tuple(watches),
        chats={chat.id: chat for chat in chats.every(db) if chat.id in wanted},
        told=told,
        reviews=reviews.of_post(db, first),
        at=now,
    )
    for one in decide(situation):
        owed.owe(db, one, now=now)
